/** Watching: the published version with its numbers on top, as they change; who is behind each of them; start and control. */

import { Alert, Button, Center, Group, Loader, SegmentedControl, Select, Stack, Text, Title } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Play, TriangleAlert } from "lucide-react";
import { useEffect, useMemo, useState, type MouseEvent } from "react";
import { useStore } from "zustand";

import type { Journey, Numbers } from "../api/client";
import { makeDecorations, type DecorationsStore } from "../canvas/decorations";
import { FlowView } from "../canvas/FlowView";
import { useEditorRoom } from "../editor/room";
import type { Flowchart } from "../graph/document";
import { labelOf, portsOfNode } from "../graph/ports";
import { goTo, useAddressParts } from "../router";
import { JourneyControls, StateBadge } from "../start/JourneyControls";
import { StartDialog } from "../start/StartDialog";
import { useFollowed, type Line } from "./follow";
import { IncidentsDrawer } from "./Incidents";
import { NumbersList } from "./NumbersList";
import { edgeCounts, edgesWith, nodeCounts, nodesWith, roomy } from "./overlay";
import { PeopleDrawer, type Behind, type Standing } from "./PeopleDrawer";
import { askedOf, partsOf, PERIODS, watchedOf, type Watched } from "./period";
import { clockQuery, liveJourneyQuery, planQuery, plansQuery, type Plan } from "./requests";
import { Running } from "./Running";
import { Totals } from "./Totals";
import { count } from "./words";
import "./watch.css";

export default function WatchMode() {
  const { journey } = useEditorRoom();
  const { data: about, error } = useQuery(liveJourneyQuery(journey));
  const { data: plans } = useQuery(plansQuery(journey));
  if (error) return <Alert m="lg" color="red" title="The journey cannot be watched">{error.message}</Alert>;
  if (!about || !plans) return <Center h="100%"><Loader aria-label="The numbers are loading" /></Center>;
  if (about.plan === null) return <NotPublished journey={journey} />;
  return <Watching about={about} current={about.plan.number} plans={plans} />;
}

function NotPublished({ journey }: { readonly journey: string }) {
  return (
    <Center h="100%" p="lg">
      <Stack align="center" gap="xs" maw={420}>
        <Title order={2} size="h3">Nothing to watch yet</Title>
        <Text ta="center" c="dimmed">Nobody can enter before the journey is published. Draw it, publish it, and let contacts enter: then their numbers are here, as they change.</Text>
        <Button mt="sm" onClick={() => goTo({ page: "journey", journey, mode: "draw" })}>Go on drawing</Button>
      </Stack>
    </Center>
  );
}

interface WatchingProps {
  readonly about: Journey;
  readonly current: number;
  readonly plans: readonly Plan[];
}

function Watching({ about, current, plans }: WatchingProps) {
  const { journey, editor } = useEditorRoom();
  const catalog = useStore(editor, (state) => state.catalog);
  const parts = useAddressParts();
  const watched = watchedOf(parts);
  const shown = watched.version ?? current;
  const { data: document, error } = useQuery(planQuery(journey, shown));
  const whole = watched.period === "all";
  // Asked once for each choice: a period that slides would open the line anew at every second.
  const clock = useQuery({ ...clockQuery(watched.period), enabled: !whole });
  const now = whole ? 0 : clock.data;
  const { numbers, line } = useFollowed(now === undefined ? undefined : `/v1/journeys/${journey}/numbers/stream${askedOf(watched, now)}`);
  const [behind, setBehind] = useState<Behind>();
  const [starting, start] = useDisclosure(false);
  const [incidents, causes] = useDisclosure(false);
  const wide = useMediaQuery("(min-width: 700px)", true, { getInitialValueInEffect: false });
  const [view, setView] = useState<"canvas" | "list">(wide ? "canvas" : "list");
  const drawing = useMemo(() => document && roomy(document), [document]);
  const decorations = useOverlay(document, numbers);
  const counts = document && numbers && nodeCounts(document, numbers);
  const inside = numbers ? numbers.admitted + numbers.moving + numbers.resting + numbers.parked : 0;

  const version: Record<string, string> = watched.version === undefined ? {} : { version: String(watched.version) };
  const openNode = (node: string, standing: Standing): void => {
    const known = document?.nodes[node];
    if (!known) return;
    setBehind({ title: labelOf(known, catalog), standing, asked: { journey, ...version, node, ...(standing === "parked" ? { place: "parked" } : {}) } });
  };
  const openPort = (node: string, port: string): void => {
    const known = document?.nodes[node];
    if (!known) return;
    const label = portsOfNode(document, catalog, node).find((one) => one.key === port)?.label ?? port;
    setBehind({ title: `Left “${labelOf(known, catalog)}” by “${label}”`, asked: { journey, ...version, node, port } });
  };
  const openNumber = (event: MouseEvent): void => {
    const found = document && numberAt(event.target, document);
    if (!found) return;
    event.stopPropagation();
    if (found.port === undefined) openNode(found.node, "parked");
    else openPort(found.node, found.port);
  };
  return (
    <div className="watch">
      <div className="watch-bar">
        <Group gap="xs" className="watch-group">
          <StateBadge journey={about} />
          <Selectors journey={journey} watched={watched} current={current} plans={plans} />
          <LineState line={line} />
        </Group>
        <Group gap="xs" className="watch-group">
          {numbers && numbers.parked > 0 && <Button size="xs" color="red" variant="light" leftSection={<TriangleAlert size={14} />} aria-label={`${count(numbers.parked)} parked. Show why, and what to do.`} onClick={causes.open}>{count(numbers.parked)} parked</Button>}
          <SegmentedControl size="xs" aria-label="How the numbers are shown" value={view} onChange={(value) => setView(value)} data={[{ value: "canvas", label: "Drawing" }, { value: "list", label: "List" }]} />
          <JourneyControls journey={about} inside={inside} />
          <Button size="xs" leftSection={<Play size={14} />} onClick={start.open}>Start</Button>
        </Group>
      </div>
      <Totals numbers={numbers} open={(title, more) => setBehind({ title, asked: { journey, ...version, ...more } })} />
      <Running journey={journey} />
      {error && <Alert color="red" title="This version cannot be shown">{error.message}</Alert>}
      <div className="watch-view" onClickCapture={openNumber}>
        {drawing && view === "canvas" && <FlowView key={shown} document={drawing} catalog={catalog} decorations={decorations} onSelect={(node) => { if (node) openNode(node, "here"); }} />}
        {document && view === "list" && <NumbersList document={document} catalog={catalog} numbers={numbers} open={openNode} openPort={openPort} />}
      </div>
      <PeopleDrawer behind={behind} numbers={counts && behind?.standing ? counts[behind.asked["node"] ?? ""] : undefined} close={() => setBehind(undefined)} change={(standing) => { const node = behind?.asked["node"]; if (node) openNode(node, standing); }} />
      <IncidentsDrawer journey={journey} opened={incidents} close={causes.close} />
      {starting && <StartDialog journey={journey} close={start.close} />}
    </div>
  );
}

/** Whose number stands where somebody clicked: of the parked ones of a node, of a port, of the edge that leads on from it. */
function numberAt(target: EventTarget, document: Flowchart): { readonly node: string; readonly port?: string } | undefined {
  if (!(target instanceof Element)) return undefined;
  const edge = document.edges[target.closest(".flow-edge-count")?.closest(".react-flow__edge")?.getAttribute("data-id") ?? ""];
  if (edge) return { node: edge.from, port: edge.port };
  const node = target.closest(".react-flow__node")?.getAttribute("data-id");
  if (!node) return undefined;
  if (target.closest(".is-parked")) return { node };
  const port = target.closest(".port-left")?.closest(".port")?.querySelector(".react-flow__handle")?.getAttribute("data-handleid");
  return port ? { node, port } : undefined;
}

/** The store in which the numbers stand: new ones change only the nodes and edges whose numbers are others. */
function useOverlay(document: Flowchart | undefined, numbers: Numbers | undefined): DecorationsStore {
  const [store] = useState(() => makeDecorations());
  useEffect(() => {
    if (!document || !numbers) return;
    const { nodes, edges } = store.getState();
    store.setState({ nodes: nodesWith(nodes, nodeCounts(document, numbers)), edges: edgesWith(edges, edgeCounts(document, numbers)) });
  }, [store, document, numbers]);
  return store;
}

interface SelectorsProps {
  readonly journey: string;
  readonly watched: Watched;
  readonly current: number;
  readonly plans: readonly Plan[];
}

const ALL = "all";

function Selectors({ journey, watched, current, plans }: SelectorsProps) {
  const go = (next: Watched): void => goTo({ page: "journey", journey, mode: "watch" }, partsOf(next));
  const versions = plans.map((one) => ({ value: String(one.number), label: `Version ${String(one.number)}${one.number === current ? ", current" : ""}` }));
  return (
    <>
      <Select size="xs" className="watch-choice" aria-label="Version" allowDeselect={false} data={[{ value: ALL, label: "All versions" }, ...versions]} value={watched.version === undefined ? ALL : String(watched.version)} onChange={(value) => go({ ...watched, version: value === ALL || value === null ? undefined : Number(value) })} />
      <Select size="xs" className="watch-choice" aria-label="Period" allowDeselect={false} data={PERIODS.map(({ value, label }) => ({ value, label }))} value={watched.period} onChange={(value) => go({ ...watched, period: (value ?? "all") })} />
    </>
  );
}

const LINES: Readonly<Record<Line, { readonly words: string; readonly colour: string }>> = {
  joining: { words: "Joining…", colour: "var(--mantine-color-gray-6)" },
  live: { words: "Live", colour: "var(--mantine-color-green-7)" },
  lost: { words: "Connection lost. These are the last numbers; it is tried again by itself.", colour: "var(--mantine-color-red-7)" },
};

function LineState({ line }: { readonly line: Line }) {
  const { words, colour } = LINES[line];
  return <Group gap={6} wrap="nowrap" role="status"><span className="watch-line" style={{ background: colour }} aria-hidden /><Text size="xs">{words}</Text></Group>;
}
