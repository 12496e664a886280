/** The versions of a journey: who published which, who is inside; two of them side by side; one of them as the draft again. */

import { Alert, Badge, Button, Center, Group, Loader, Modal, ScrollArea, Select, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useStore } from "zustand";

import { journeyQuery } from "../api/queries";
import { useEditorRoom } from "../editor/room";
import type { Flowchart } from "../graph/document";
import { difference } from "../graph/patch";
import { momentOf } from "../people/words";
import { goTo, useAddressParts } from "../router";
import { planQuery, plansQuery, type Plan } from "../watch/requests";
import { people } from "../watch/words";
import { Compare } from "./Compare";
import "./versions.css";

const DRAFT = "draft";

export default function VersionsMode() {
  const { journey } = useEditorRoom();
  const { data, error } = useQuery(plansQuery(journey));
  if (error) return <Alert m="lg" color="red" title="The versions cannot be shown">{error.message}</Alert>;
  if (!data) return <Center h="100%"><Loader aria-label="The versions are loading" /></Center>;
  if (data.length === 0) {
    return (
      <Center h="100%" p="lg">
        <Stack align="center" gap="xs" maw={420}>
          <Title order={2} size="h3">There is no version yet</Title>
          <Text ta="center" c="dimmed">Each time the journey is published, a version is kept here as it was, to compare with and to go back to.</Text>
          <Button mt="sm" onClick={() => goTo({ page: "journey", journey, mode: "draw" })}>Go on drawing</Button>
        </Stack>
      </Center>
    );
  }
  return <Versions plans={data} />;
}

function Versions({ plans }: { readonly plans: readonly Plan[] }) {
  const { journey, editor } = useEditorRoom();
  const parts = useAddressParts();
  const known = new Set([DRAFT, ...plans.map((one) => String(one.number))]);
  const asked = (name: string, otherwise: string): string => { const value = parts.get(name) ?? ""; return known.has(value) ? value : otherwise; };
  const current = String(plans.find((one) => one.current)?.number ?? plans[0]?.number ?? "");
  const from = asked("from", current);
  const to = asked("to", DRAFT);
  const go = (next: { readonly from: string; readonly to: string }): void => goTo({ page: "journey", journey, mode: "versions" }, next);
  const draft = useStore(editor, (state) => state.history.document);
  const before = useDocument(journey, from, draft);
  const after = useDocument(journey, to, draft);
  const choices = [{ value: DRAFT, label: "The draft" }, ...plans.map((one) => ({ value: String(one.number), label: `Version ${String(one.number)}${one.current ? ", current" : ""}` }))];
  return (
    <div className="versions">
      <aside className="versions-list" aria-label="Versions">
        <ScrollArea h="100%">
          <Stack gap="xs" p="md">
            <Title order={2} size="h5">Versions</Title>
            {plans.map((one) => <VersionCard key={one.id} plan={one} shown={from === String(one.number) || to === String(one.number)} compare={() => go({ from: String(one.number), to: DRAFT })} before={plans.some((other) => other.number === one.number - 1) ? () => go({ from: String(one.number - 1), to: String(one.number) }) : undefined} />)}
          </Stack>
        </ScrollArea>
      </aside>
      <section className="versions-main" aria-label="What is different">
        <Group gap="xs" p="xs" px="md" className="versions-bar">
          <Select size="xs" w={165} label="From" allowDeselect={false} data={choices} value={from} onChange={(value) => go({ from: value ?? from, to })} />
          <Select size="xs" w={165} label="To" allowDeselect={false} data={choices} value={to} onChange={(value) => go({ from, to: value ?? to })} />
          <Button size="xs" variant="subtle" mt="auto" onClick={() => go({ from: to, to: from })}>Swap</Button>
        </Group>
        {before && after
          ? <Compare key={`${from} ${to}`} journey={journey} from={from} to={to} before={before} after={after} nameOf={(one) => choices.find(({ value }) => value === one)?.label ?? one} />
          : <Center h={200}><Loader aria-label="The versions are loading" /></Center>}
      </section>
    </div>
  );
}

function useDocument(journey: string, version: string, draft: Flowchart): Flowchart | undefined {
  const { data } = useQuery({ ...planQuery(journey, Number(version)), enabled: version !== DRAFT });
  return version === DRAFT ? draft : data;
}

interface VersionCardProps {
  readonly plan: Plan;
  readonly shown: boolean;
  readonly compare: () => void;
  readonly before: (() => void) | undefined;
}

function VersionCard({ plan, shown, compare, before }: VersionCardProps) {
  const { journey } = useEditorRoom();
  const [restoring, setRestoring] = useState(false);
  const number = String(plan.number);
  return (
    <Stack gap={4} p="sm" className={shown ? "version-card is-shown" : "version-card"}>
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600}>Version {number}</Text>
        {plan.current && <Badge color="green" variant="light">current</Badge>}
      </Group>
      <Text size="sm" c="dimmed">{momentOf(plan.published_at)}{plan.published_by ? `, by ${plan.published_by}` : ""}</Text>
      <Text size="sm">{plan.inside === 0 ? "Nobody inside" : `${people(plan.inside)} inside`}</Text>
      <Group gap={6}>
        <Button size="compact-xs" variant="light" onClick={compare} aria-label={`Compare version ${number} with the draft`}>With the draft</Button>
        {before && <Button size="compact-xs" variant="light" onClick={before} aria-label={`What version ${number} changed`}>What it changed</Button>}
        <Button size="compact-xs" variant="subtle" onClick={() => goTo({ page: "journey", journey, mode: "watch" }, { version: number })} aria-label={`Watch version ${number}`}>Watch</Button>
        <Button size="compact-xs" variant="subtle" onClick={() => setRestoring(true)} aria-label={`Restore version ${number}`}>Restore…</Button>
      </Group>
      {restoring && <Restore number={plan.number} close={() => setRestoring(false)} />}
    </Stack>
  );
}

function Restore({ number, close }: { readonly number: number; readonly close: () => void }) {
  const { journey, editor } = useEditorRoom();
  const { data, error } = useQuery(planQuery(journey, number));
  const { data: about } = useQuery(journeyQuery(journey));
  const restore = (): void => {
    if (!data) return;
    const { history, record } = editor.getState();
    record(`Restore version ${String(number)}`, difference(history.document, { ...data, name: history.document.name }));
    notifications.show({ color: "green", message: `The draft is version ${String(number)} again. Undo brings back what it was.` });
    close();
    goTo({ page: "journey", journey, mode: "draw" });
  };
  return (
    <Modal opened onClose={close} title={`Restore version ${String(number)}?`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm">The draft becomes what version {number} was, in one step that can be undone. Nobody inside notices anything{about?.state === "running" ? "; contacts enter as before until you publish" : ""}.</Text>
        {error && <Alert color="red" title="The version cannot be read">{error.message}</Alert>}
        <Group justify="end"><Button variant="default" onClick={close}>Cancel</Button><Button disabled={!data} onClick={restore}>Restore it</Button></Group>
      </Stack>
    </Modal>
  );
}
