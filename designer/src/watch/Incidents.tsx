/** Who is parked, by cause, with what to do about it. */

import { Alert, Anchor, Badge, Button, Drawer, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { EndOfList } from "../lists/EndOfList";
import { addressOf } from "../router";
import type { Parked } from "./outcome";
import { ReplayDialog } from "./ReplayDialog";
import { incidentsQuery, type Incident } from "./requests";
import { count, people } from "./words";

interface IncidentsDrawerProps {
  /** Of one journey; of all where it is not given. */
  readonly journey?: string;
  readonly opened: boolean;
  readonly close: () => void;
}

export function IncidentsDrawer({ journey, opened, close }: IncidentsDrawerProps) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({ ...incidentsQuery(journey), enabled: opened });
  // Part by part, so that nothing that is read already moves when the next part comes.
  const causes = data?.pages.flatMap(({ items }) => largestFirst(items));
  // Kept here: a cause for which nobody is parked any more leaves the list, and the dialog about it stays.
  const [asked, setAsked] = useState<Incident>();
  return (
    <Drawer opened={opened} onClose={close} position="right" size="lg" title={<Title order={2} size="h4">Parked, because a person must act</Title>} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm" c="dimmed">Nothing is lost: who is parked goes on at the same node. What was done before is not done again.</Text>
        {error && <Alert color="red" title="The causes cannot be shown">{error.message}</Alert>}
        {causes?.length === 0 && <Alert color="green" title="Nobody is parked">Everybody is under way.</Alert>}
        {causes?.map((one) => <Cause key={one.id} one={one} named={journey === undefined} ask={() => setAsked(one)} />)}
        <EndOfList more={hasNextPage} loading={isFetchingNextPage} load={() => void fetchNextPage()} />
        {asked && <ReplayDialog parked={parkedOf(asked)} ways={asked.ways} undecided={asked.undecided} close={() => setAsked(undefined)} />}
      </Stack>
    </Drawer>
  );
}

const largestFirst = (causes: readonly Incident[]) => [...causes].sort((one, other) => other.count - one.count);

const parkedOf = (one: Incident): Parked => ({ address: `/incidents/${encodeURIComponent(one.id)}`, at: [{ label: one.label, words: one.words }], count: one.count });

interface CauseProps {
  readonly one: Incident;
  readonly named: boolean;
  readonly ask: () => void;
}

function Cause({ one, named, ask }: CauseProps) {
  return (
    <Stack gap={6} p="sm" style={{ border: "1px solid var(--mantine-color-default-border)", borderRadius: 8 }}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          {named && <Anchor size="sm" href={addressOf({ page: "journey", journey: one.journey, mode: "watch" })}>{one.journey_name}</Anchor>}
          <Text fw={600}>{one.label} <Text span c="dimmed" fw={400}>version {one.version}</Text></Text>
        </div>
        <Badge color="red" size="lg">{count(one.count)}</Badge>
      </Group>
      <Text size="sm">{one.words}</Text>
      <Group><Button size="xs" variant="light" aria-label={`Retry or let go on: ${people(one.count)} at “${one.label}”, version ${String(one.version)}`} onClick={ask}>Retry or let go on…</Button></Group>
    </Stack>
  );
}
