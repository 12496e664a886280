/** All that happened to a contact, the newest first: filtered by what it is and by journey, read on as one scrolls. */

import { Alert, Anchor, Box, Button, Group, MultiSelect, Paper, Select, Skeleton, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ArrowRight, Flag, Hourglass, LogIn, Mail, Zap, type LucideIcon } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { addressOf } from "../router";
import { EndOfList } from "../lists/EndOfList";
import { enrolmentsQuery, timelineQuery, type TimelineLine } from "./requests";
import { dayOf, inLocalTime, preciseMoment, timeOf } from "./words";

const KINDS: Readonly<Record<TimelineLine["kind"], { readonly name: string; readonly icon: LucideIcon; readonly colour: string }>> = {
  message: { name: "Messages", icon: Mail, colour: "blue" },
  event: { name: "Events", icon: Zap, colour: "yellow" },
  passed: { name: "Steps in journeys", icon: ArrowRight, colour: "gray" },
  entered: { name: "Entries", icon: LogIn, colour: "teal" },
  ended: { name: "Ends", icon: Flag, colour: "grape" },
  standing: { name: "Where she stands", icon: Hourglass, colour: "orange" },
};
const CHOICES = Object.entries(KINDS).map(([value, { name }]) => ({ value, label: name }));
const MessageDrawer = lazy(async () => ({ default: (await import("./MessageDrawer")).MessageDrawer }));

export function Timeline({ contact }: { readonly contact: string }) {
  const [kinds, setKinds] = useState<string[]>([]);
  const [message, setMessage] = useState<string | null>(null);
  const [journey, setJourney] = useState<string | null>(null);
  const journeys = useInfiniteQuery(enrolmentsQuery(contact));
  const story = useInfiniteQuery({ ...timelineQuery(contact, kinds, journey), refetchInterval: 4_000 });
  const lines = story.data?.pages.flatMap((page) => page.items) ?? [];
  const names = new Map(journeys.data?.pages.flatMap((page) => page.items).map((one) => [one.journey, one.journey_name]));
  // The journeys beside are read on as one scrolls them, and this list with them.
  const more = journeys.hasNextPage ? [{ value: "\u0000more", label: "More: scroll the journeys beside", disabled: true }] : [];
  return (
    <Paper withBorder p="md" radius="md">
      <Group justify="space-between" mb="md">
        <Title order={2} size="h4">Timeline</Title>
        <Group gap="xs">
          <MultiSelect aria-label="Only these" placeholder={kinds.length === 0 ? "Everything" : ""} size="xs" miw={170} maw={360} data={CHOICES} value={kinds} onChange={setKinds} clearable clearButtonProps={{ "aria-label": "Show everything" }} />
          <Select aria-label="Only this journey" placeholder="All journeys" size="xs" w={190} data={[...[...names].map(([value, label]) => ({ value, label })), ...more]} value={journey} onChange={setJourney} clearable clearButtonProps={{ "aria-label": "All journeys" }} />
        </Group>
      </Group>
      {story.error && <Alert color="red">{story.error.message}</Alert>}
      {story.isPending && <Stack gap="xs">{[1, 2, 3].map((row) => <Skeleton key={row} h={28} />)}</Stack>}
      {story.data && lines.length === 0 && <Text c="dimmed" ta="center" py="xl">{kinds.length > 0 || journey ? "Nothing of that kind has happened." : "Nothing has happened yet."}</Text>}
      <Box component="ol" m={0} p={0} style={{ listStyle: "none" }}>
        {lines.map((line, index) => <Line key={`${line.at}/${line.words}/${String(index)}`} line={line} day={dayOf(line.at) === (lines[index - 1] ? dayOf(lines[index - 1]?.at ?? "") : "") ? null : dayOf(line.at)} open={setMessage} />)}
      </Box>
      {message !== null && <Suspense><MessageDrawer message={message} close={() => setMessage(null)} /></Suspense>}
      <EndOfList more={story.hasNextPage} loading={story.isFetchingNextPage} load={() => void story.fetchNextPage()} />
    </Paper>
  );
}

interface LineProps {
  readonly line: TimelineLine;
  readonly day: string | null;
  readonly open: (message: string) => void;
}

function Line({ line, day, open }: LineProps) {
  const { icon: Icon, colour } = KINDS[line.kind];
  const { message } = line;
  return (
    <li>
      {day && <Text size="xs" fw={700} c="dimmed" tt="uppercase" mt="md" mb={6}>{day}</Text>}
      <Group gap="sm" wrap="nowrap" align="flex-start" py={5}>
        <ThemeIcon size={24} radius="xl" variant="light" color={colour} aria-hidden><Icon size={14} /></ThemeIcon>
        <Box style={{ flex: 1, minWidth: 0 }}>
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>{inLocalTime(line.words)}</Text>
          <Group gap="sm">
            {line.journey && line.journey_id && <Anchor size="xs" href={`${addressOf({ page: "journey", journey: line.journey_id, mode: "watch" })}${line.node ? `?node=${encodeURIComponent(line.node)}` : ""}`}>{line.journey}</Anchor>}
            {message !== null && line.kind === "message" && <Button size="compact-xs" variant="light" onClick={() => open(message)}>Open it, and why she got it</Button>}
          </Group>
        </Box>
        <Text component="time" dateTime={line.at} title={preciseMoment(line.at)} size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>{timeOf(line.at)}</Text>
      </Group>
    </li>
  );
}
