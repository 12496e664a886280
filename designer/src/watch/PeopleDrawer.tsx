/** Who is behind a number: by name, since when, with the way to each; the parked ones with their cause and a retry. */

import { Alert, Anchor, Drawer, SegmentedControl, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Schemas } from "../api/client";
import { EndOfList } from "../lists/EndOfList";
import { momentOf, preciseMoment } from "../people/words";
import { addressOf } from "../router";
import { OtherWays, ParkedActs } from "./ParkedActs";
import { behindQuery } from "./requests";
import { count } from "./words";

export type Standing = "here" | "parked";

export interface Behind {
  readonly title: string;
  readonly asked: Readonly<Record<string, string>>;
  /** Where the number is one of a node: who is here, or parked. */
  readonly standing?: Standing;
}

interface PeopleDrawerProps {
  readonly behind: Behind | undefined;
  /** Those of the node, as they are now. */
  readonly numbers: Readonly<Record<Standing, number>> | undefined;
  readonly close: () => void;
  readonly change: (standing: Standing) => void;
}

export function PeopleDrawer({ behind, numbers, close, change }: PeopleDrawerProps) {
  return (
    <Drawer opened={behind !== undefined} onClose={close} position="right" size="md" title={<Title order={2} size="h4">{behind?.title}</Title>} closeButtonProps={{ "aria-label": "Close" }}>
      {behind && (
        <Stack>
          {behind.standing && numbers && (
            <SegmentedControl
              aria-label="Who is shown"
              value={behind.standing}
              onChange={(value) => change(value)}
              data={[{ value: "here", label: `Here now: ${count(numbers.here)}` }, { value: "parked", label: `Parked: ${count(numbers.parked)}` }]}
            />
          )}
          <PeopleList asked={behind.asked} />
        </Stack>
      )}
    </Drawer>
  );
}

function PeopleList({ asked }: { readonly asked: Readonly<Record<string, string>> }) {
  const list = useInfiniteQuery({ ...behindQuery(asked), refetchInterval: 10_000 });
  // Kept here: whoever goes on leaves the list, and the dialog about them stays.
  const [other, setOther] = useState<Schemas["EnrolmentOut"]>();
  const found = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.isPending) return <Stack gap="xs">{[1, 2, 3].map((row) => <Skeleton key={row} height={48} />)}</Stack>;
  return (
    <>
      {list.error && <Alert color="red" title="They cannot be shown">{list.error.message}</Alert>}
      {!list.error && found.length === 0 && !list.hasNextPage && <Text c="dimmed" size="sm">Nobody, just now. Whoever was here has gone on.</Text>}
      {!list.error && (found.length > 0 || list.hasNextPage) && (
        <Stack gap={0} role="list">
          {found.map((one) => <Person key={one.id} one={one} more={() => setOther(one)} />)}
          <EndOfList more={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
        </Stack>
      )}
      {other && <OtherWays one={other} close={() => setOther(undefined)} />}
    </>
  );
}

function Person({ one, more }: { readonly one: Schemas["EnrolmentOut"]; readonly more: () => void }) {
  const since = one.ended_at ?? one.entered_at;
  return (
    <Stack role="listitem" gap={4} py={8} style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
      <div>
        <Anchor href={addressOf({ page: "person", contact: one.contact })} fw={500}>{one.contact_name}</Anchor>
        <Text size="sm" c="dimmed" title={preciseMoment(since)}>{standingWords(one)}</Text>
      </div>
      <ParkedActs one={one} more={more} />
    </Stack>
  );
}

function standingWords(one: Schemas["EnrolmentOut"]): string {
  const entered = `entered version ${String(one.version)} on ${momentOf(one.entered_at)}`;
  if (one.ended_at) return `ended as “${one.result ?? ""}” on ${momentOf(one.ended_at)}`;
  const until = one.wake_at && one.place === "resting" ? `, waits until ${momentOf(one.wake_at)}` : "";
  return `${entered}${until}`;
}
