/** The journeys a contact is in or was in, with where she stands and since when; where she is parked, why, and what may be done. */

import { Alert, Anchor, Badge, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { EndOfList } from "../lists/EndOfList";
import { addressOf } from "../router";
import { placesOf } from "../watch/outcome";
import { OtherWays, ParkedActs } from "../watch/ParkedActs";
import { Part } from "./PersonPage";
import { enrolmentsQuery, type Enrolment } from "./requests";
import { momentOf } from "./words";

const COLOURS: Readonly<Record<Enrolment["place"], string>> = { admitted: "blue", moving: "blue", resting: "teal", parked: "red", ended: "gray" };

export function PersonJourneys({ contact }: { readonly contact: string }) {
  const list = useInfiniteQuery(enrolmentsQuery(contact));
  const { data, error } = list;
  const enrolments = data?.pages.flatMap((page) => page.items);
  const [other, setOther] = useState<Enrolment>();
  return (
    <Part title="Journeys">
      {error && <Alert color="red" p="xs">{error.message}</Alert>}
      {!data && !error && <Skeleton h={40} />}
      {enrolments?.length === 0 && <Text size="sm" c="dimmed">In none, and never was.</Text>}
      <Stack gap="sm">{enrolments?.map((one) => <Passage key={one.id} one={one} more={() => setOther(one)} />)}</Stack>
      <EndOfList more={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} />
      {other && <OtherWays one={other} close={() => setOther(undefined)} />}
    </Part>
  );
}

function Passage({ one, more }: { readonly one: Enrolment; readonly more: () => void }) {
  const address = `${addressOf({ page: "journey", journey: one.journey, mode: "watch" })}?node=${encodeURIComponent(one.node)}`;
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Anchor href={address} size="sm" fw={600}>{one.journey_name}</Anchor>
        <Badge color={one.parked.length > 0 ? COLOURS.parked : COLOURS[one.place]} variant="light">{one.parked.length > 0 ? "parked" : one.place}</Badge>
      </Group>
      <Text size="sm">{standing(one)}</Text>
      <ParkedActs one={one} more={more} />
      <Text size="xs" c="dimmed">Version {one.version}, entered {momentOf(one.entered_at)}</Text>
    </div>
  );
}

/** Where an enrolment stands, in words. */
function standing(one: Enrolment): string {
  if (one.place === "ended") return `Ended with “${one.result ?? ""}”${one.ended_at ? `, ${momentOf(one.ended_at)}` : ""}.`;
  if (one.parked.length > 0) return `Parked at ${placesOf({ at: one.parked })}.`;
  if (one.place !== "resting") return `On the way to “${one.label}”.`;
  return `Waits at “${one.label}”${one.wake_at ? `, at most until ${momentOf(one.wake_at)}` : ""}.`;
}
