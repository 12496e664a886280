/** Who is behind a number: by name, since when, with the way to each; the parked ones with their cause and a retry. */

import { Alert, Anchor, Button, Drawer, Group, SegmentedControl, Skeleton, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { request, type Schemas } from "../api/client";
import { EndOfList } from "../people/EndOfList";
import { momentOf, preciseMoment } from "../people/words";
import { addressOf } from "../router";
import { ReplayDialog } from "./ReplayDialog";
import { behindQuery } from "./requests";
import { causeInWords, count, people } from "./words";

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
  const found = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.error) return <Alert color="red" title="They cannot be shown">{list.error.message}</Alert>;
  if (list.isPending) return <Stack gap="xs">{[1, 2, 3].map((row) => <Skeleton key={row} height={48} />)}</Stack>;
  if (found.length === 0 && !list.hasNextPage) return <Text c="dimmed" size="sm">Nobody, just now. Whoever was here has gone on.</Text>;
  return (
    <Stack gap={0} role="list">
      {found.map((one) => <Person key={one.id} one={one} />)}
      <EndOfList more={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
    </Stack>
  );
}

function Person({ one }: { readonly one: Schemas["EnrolmentOut"] }) {
  const since = one.ended_at ?? one.entered_at;
  return (
    <Group role="listitem" justify="space-between" align="flex-start" wrap="nowrap" py={8} style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
      <div style={{ minWidth: 0 }}>
        <Anchor href={addressOf({ page: "person", contact: one.contact })} fw={500}>{one.contact_name}</Anchor>
        <Text size="sm" c="dimmed" title={preciseMoment(since)}>{standingWords(one)}</Text>
        {one.place === "parked" && <Text size="sm">{causeInWords(one.reason ?? "")}</Text>}
      </div>
      {one.place === "parked" && <Group gap={4} wrap="nowrap"><RetryOne enrolment={one.id} /><OtherWays one={one} /></Group>}
    </Group>
  );
}

function standingWords(one: Schemas["EnrolmentOut"]): string {
  const entered = `entered version ${String(one.version)} on ${momentOf(one.entered_at)}`;
  if (one.ended_at) return `ended as “${one.result ?? ""}” on ${momentOf(one.ended_at)}`;
  const until = one.wake_at && one.place === "resting" ? `, waits until ${momentOf(one.wake_at)}` : "";
  return `${entered}${until}`;
}

function RetryOne({ enrolment }: { readonly enrolment: string }) {
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => request<Schemas["Retried"]>("POST", `/enrolments/${enrolment}/retry`),
    onSuccess: async ({ enrolments }) => {
      notifications.show({ color: "green", message: `${people(enrolments)} on the way again.` });
      await Promise.all([client.invalidateQueries({ queryKey: ["behind"] }), client.invalidateQueries({ queryKey: ["incidents"] })]);
    },
    onError: (error) => notifications.show({ color: "red", title: "Not tried again", message: error.message }),
  });
  return <Button size="compact-sm" variant="light" loading={retry.isPending} onClick={() => retry.mutate()}>Retry</Button>;
}

/** Whatever else than a retry may become of one who is parked. */
function OtherWays({ one }: { readonly one: Schemas["EnrolmentOut"] }) {
  const [asking, setAsking] = useState(false);
  const address = `/enrolments/${one.id}`;
  const { data } = useQuery({ queryKey: ["enrolment", one.id], queryFn: () => request<Schemas["EnrolmentDetail"]>("GET", address), enabled: asking });
  return (
    <>
      <Button size="compact-sm" variant="subtle" aria-label={`More for ${one.contact_name}`} onClick={() => setAsking(true)}>More…</Button>
      {asking && data && <ReplayDialog address={address} label={one.label} count={1} ways={data.ways} undecided={data.undecided} close={() => setAsking(false)} />}
    </>
  );
}
