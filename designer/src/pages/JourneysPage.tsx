/** The journeys: what state each is in, who entered, who is inside, who is parked. */

import { ActionIcon, Alert, Anchor, Badge, Button, FileButton, Group, Menu, Skeleton, Stack, Table, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, ChevronDown, EllipsisVertical, FileUp, LayoutTemplate, Plus, Search } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";

import type { Journey } from "../api/client";
import { fetchDraft, journeysQuery, postCopy, postJourney } from "../api/queries";
import { DeleteDialog } from "../editor/DeleteDialog";
import { EMPTY, readDocument, type Flowchart } from "../graph/document";
import { EndOfList } from "../lists/EndOfList";
import { addressOf, goTo } from "../router";
import { pressed, sorted, type Key, type Sorting } from "./sorting";
import { usePeopleIn } from "./usePeopleIn";

const IncidentsDrawer = lazy(async () => ({ default: (await import("../watch/Incidents")).IncidentsDrawer }));

const COLOURS: Readonly<Record<Journey["state"], string>> = { draft: "gray", running: "green", paused: "orange", stopped: "red" };
const COLUMNS: readonly { readonly key: Key; readonly label: string; readonly number: boolean }[] = [
  { key: "name", label: "Name", number: false },
  { key: "state", label: "State", number: false },
  { key: "version", label: "Version", number: true },
  { key: "entered", label: "Entered", number: true },
  { key: "inside", label: "Inside", number: true },
  { key: "problems", label: "Problems", number: true },
];
const count = new Intl.NumberFormat("en");

const Welcome = lazy(async () => ({ default: (await import("../tour/Welcome")).Welcome }));

export function JourneysPage() {
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search.trim(), 200);
  const [sorting, setSorting] = useState<Sorting>({ key: "name", down: false });
  const [incidents, setIncidents] = useState<{ readonly journey: string | undefined }>();
  const [deleting, setDeleting] = useState<Deleting>();
  const title = useRef<HTMLHeadingElement>(null);
  const list = useInfiniteQuery(journeysQuery(asked));
  const { error } = list;
  const journeys = list.data?.pages.flatMap((page) => page.items);
  const parked = list.data?.pages[0]?.parked ?? 0;
  // The menu's item, to which a dialog would give the focus back, is gone with the menu.
  const leave = (next: HTMLElement | null): void => {
    setDeleting(undefined);
    setTimeout(() => next?.focus());
  };
  const make = useMake();
  const problem = error ?? make.error;
  return (
    <Stack p="lg" maw={1200} mx="auto">
      <Group justify="space-between">
        <Title order={1} size="h2" ref={title} tabIndex={-1} style={{ outline: "none" }}>Journeys</Title>
        <Group gap="sm">
          {parked > 0 && <Button color="red" variant="light" onClick={() => setIncidents({ journey: undefined })}>{count.format(parked)} parked</Button>}
          <TextInput className="page-search" aria-label="Search by name" placeholder="Search" leftSection={<Search size={16} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
          <NewJourney busy={make.isPending} make={make.mutate} />
        </Group>
      </Group>
      {problem && <Alert color="red" title="That did not work">{problem.message}</Alert>}
      {!journeys && !error && <Skeleton height={160} />}
      {journeys?.length === 0 && (asked ? <Text c="dimmed" py="xl" ta="center">No journey has such a name. Search for something else.</Text> : <Suspense><Welcome draw={() => make.mutate(BLANK)} /></Suspense>)}
      {journeys && journeys.length > 0 && (
        <Table.ScrollContainer type="native" minWidth={680} className="cards-room">
          <Table className="cards" verticalSpacing="sm" highlightOnHover>
            <Table.Thead><Table.Tr>{COLUMNS.map((one) => <Column key={one.key} label={one.label} number={one.number} column={one.key} sorting={sorting} sort={setSorting} />)}<Table.Th aria-label="More" /></Table.Tr></Table.Thead>
            <Table.Tbody>{sorted(journeys, sorting).map((one) => <JourneyRow key={one.id} journey={one} problems={() => setIncidents({ journey: one.id })} duplicate={() => make.mutate(() => copyOf(one))} remove={(more) => setDeleting({ journey: one, more })} />)}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {list.hasNextPage && (sorting.key !== "name" || sorting.down) && <Text size="sm" c="dimmed" ta="center">Those that are shown are sorted, not all.</Text>}
      <EndOfList more={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} shown={journeys?.length ?? 0} total={list.data?.pages[0]?.total} />
      {deleting && <DeleteOne journey={deleting.journey} close={() => leave(deleting.more)} deleted={() => leave(title.current)} />}
      {incidents && <Suspense fallback={null}><IncidentsDrawer opened close={() => setIncidents(undefined)} {...(incidents.journey === undefined ? {} : { journey: incidents.journey })} /></Suspense>}
    </Stack>
  );
}

/** Which journey is asked about, and the button whose menu asked. */
interface Deleting {
  readonly journey: Journey;
  readonly more: HTMLElement | null;
}

interface DeleteOneProps {
  readonly journey: Journey;
  readonly close: () => void;
  readonly deleted: () => void;
}

function DeleteOne({ journey, close, deleted }: DeleteOneProps) {
  const others = usePeopleIn(journey.id, journey.revision);
  return <DeleteDialog journey={journey.id} name={journey.name} others={others} close={close} deleted={deleted} />;
}

/** Makes a journey. */
type Make = () => Promise<Journey>;

const BLANK: Make = () => postJourney({ ...EMPTY, name: "New journey" });

function useMake() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (make: Make) => make(),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ["journeys"] });
      goTo({ page: "journey", journey: id, mode: "draw" });
    },
  });
}

async function copyOf(journey: Journey): Promise<Journey> {
  const { document } = await fetchDraft(journey.id);
  return postCopy(document);
}

async function fromFile(file: File): Promise<Flowchart> {
  let raw: unknown;
  try {
    raw = JSON.parse(await file.text());
  } catch (error) {
    throw new Error(`“${file.name}” is no JSON. Choose the file of a journey, as it was exported.`, { cause: error });
  }
  const document = readDocument(raw);
  return { ...document, name: document.name.trim() || "Imported journey" };
}

function NewJourney({ busy, make }: { readonly busy: boolean; readonly make: (how: Make) => void }) {
  return (
    <Group gap={0} wrap="nowrap">
      <Button leftSection={<Plus size={16} />} loading={busy} onClick={() => make(BLANK)} style={{ borderTopRightRadius: 0, borderBottomRightRadius: 0 }}>New journey</Button>
      <FileButton accept="application/json,.json" onChange={(file) => { if (file) make(async () => postJourney(await fromFile(file))); }}>
        {({ onClick }) => (
          <Menu position="bottom-end">
            <Menu.Target><ActionIcon size={36} variant="filled" aria-label="Other ways to begin" style={{ borderTopLeftRadius: 0, borderBottomLeftRadius: 0, borderLeft: "1px solid rgb(255 255 255 / 40%)" }}><ChevronDown size={16} /></ActionIcon></Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<LayoutTemplate size={16} />} component="a" href={addressOf({ page: "gallery" })}>From an example</Menu.Item>
              <Menu.Item leftSection={<FileUp size={16} />} onClick={onClick}>Import JSON…</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </FileButton>
    </Group>
  );
}

interface ColumnProps {
  readonly column: Key;
  readonly label: string;
  readonly number: boolean;
  readonly sorting: Sorting;
  readonly sort: (sorting: Sorting) => void;
}

function Column({ column, label, number, sorting, sort }: ColumnProps) {
  const here = sorting.key === column;
  const Arrow = sorting.down ? ArrowDown : ArrowUp;
  return (
    <Table.Th ta={number ? "right" : "left"} aria-sort={here ? (sorting.down ? "descending" : "ascending") : "none"}>
      <UnstyledButton fz="sm" fw={700} onClick={() => sort(pressed(sorting, column))}>{label}{here && <Arrow size={12} aria-hidden style={{ marginLeft: 4 }} />}</UnstyledButton>
    </Table.Th>
  );
}

interface JourneyRowProps {
  readonly journey: Journey;
  readonly problems: () => void;
  readonly duplicate: () => void;
  readonly remove: (more: HTMLElement | null) => void;
}

function JourneyRow({ journey, problems, duplicate, remove }: JourneyRowProps) {
  const { id, name, plan } = journey;
  const more = useRef<HTMLButtonElement>(null);
  const figure = (value: number): string => (plan === null ? "–" : count.format(value));
  return (
    <Table.Tr>
      <Table.Td className="card-title"><Anchor href={addressOf({ page: "journey", journey: id, mode: "draw" })} fw={500}>{name}</Anchor></Table.Td>
      <Table.Td data-label="State">
        <Badge color={COLOURS[journey.state]} variant="light" miw="max-content">{journey.state}</Badge>
        {!journey.sending && <Badge color="red" ml="xs">Sending is off</Badge>}
      </Table.Td>
      <Table.Td ta="right" data-label="Version" className={plan ? "" : "is-nothing"}>{plan?.number ?? "–"}</Table.Td>
      <Table.Td ta="right" data-label="Entered" className={plan ? "" : "is-nothing"}>{figure(journey.entered)}</Table.Td>
      <Table.Td ta="right" data-label="Inside" className={plan ? "" : "is-nothing"}>{plan === null ? "–" : <Anchor href={addressOf({ page: "journey", journey: id, mode: "watch" })} aria-label={`${count.format(journey.inside)} inside ${name}. Watch them.`}>{count.format(journey.inside)}</Anchor>}</Table.Td>
      <Table.Td ta="right" data-label="Problems" className={journey.problems > 0 ? "" : "is-nothing"}>{journey.problems > 0 ? <Button size="compact-xs" color="red" onClick={problems} aria-label={`${count.format(journey.problems)} parked in ${name}. Show why.`}>{count.format(journey.problems)}</Button> : figure(0)}</Table.Td>
      <Table.Td ta="right" className="card-acts">
        <Menu position="bottom-end">
          <Menu.Target><ActionIcon ref={more} variant="subtle" color="gray" aria-label={`More for ${name}`}><EllipsisVertical size={16} /></ActionIcon></Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component="a" href={addressOf({ page: "journey", journey: id, mode: "watch" })}>Watch</Menu.Item>
            <Menu.Item component="a" href={addressOf({ page: "journey", journey: id, mode: "versions" })}>Versions</Menu.Item>
            <Menu.Item onClick={duplicate}>Duplicate</Menu.Item>
            <Menu.Divider />
            <Menu.Item color="var(--mantine-color-error)" onClick={() => remove(more.current)}>Delete…</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  );
}
