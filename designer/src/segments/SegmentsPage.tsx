/** The segments: what kind each is of, how many are in it, and who. */

import { Alert, Badge, Button, Group, Skeleton, Stack, Table, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Plus, Search } from "lucide-react";
import { useState } from "react";

import { EndOfList } from "../lists/EndOfList";
import { momentOf } from "../people/words";
import { NewSegment } from "./NewSegment";
import { segmentQuery, segmentsQuery, type Segment } from "./requests";
import { SegmentDrawer } from "./SegmentDrawer";

const count = new Intl.NumberFormat("en");
const KINDS: Readonly<Record<Segment["kind"], readonly [string, string]>> = { list: ["List", "blue"], tag: ["By a tag", "grape"], condition: ["By a condition", "teal"] };

export function SegmentsPage() {
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search.trim(), 250);
  const [open, setOpen] = useState<string | null>(null);
  const [making, form] = useDisclosure(false);
  const list = useInfiniteQuery({ ...segmentsQuery(asked), placeholderData: keepPreviousData });
  const segments = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack p="lg" maw={1200} mx="auto">
      <Group justify="space-between">
        <Title order={1} size="h2">Segments</Title>
        <Group gap="sm">
          <TextInput className="page-search" aria-label="Search segments" placeholder="Part of the name" leftSection={<Search size={16} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
          <Button leftSection={<Plus size={16} />} onClick={form.open}>New segment</Button>
        </Group>
      </Group>
      {list.error && <Alert color="red" title="The segments cannot be shown">{list.error.message}</Alert>}
      {list.isPending && <Skeleton h={120} />}
      {list.data && segments.length === 0 && <Text c="dimmed" ta="center" py="xl">{asked ? "No segment has such a name." : "There is no segment yet. Make one by a condition or a tag, or import a file of contacts into a list."}</Text>}
      {segments.length > 0 && (
        <Table.ScrollContainer type="native" minWidth={520} className="cards-room">
          <Table className="cards" verticalSpacing="sm" highlightOnHover>
            <Table.Thead><Table.Tr><Table.Th>Name</Table.Th><Table.Th>Kind</Table.Th><Table.Th ta="right">Contacts</Table.Th><Table.Th>Made</Table.Th></Table.Tr></Table.Thead>
            <Table.Tbody>{segments.map((segment) => <SegmentRow key={segment.id} segment={segment} open={() => setOpen(segment.id)} />)}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <EndOfList more={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} shown={segments.length} total={list.data?.pages[0]?.total} />
      <NewSegment opened={making} close={form.close} made={setOpen} />
      {open !== null && <SegmentDrawer segment={open} close={() => setOpen(null)} />}
    </Stack>
  );
}

function SegmentRow({ segment, open }: { readonly segment: Segment; readonly open: () => void }) {
  const { data } = useQuery(segmentQuery(segment.id));
  const [kind, colour] = KINDS[segment.kind];
  return (
    <Table.Tr>
      <Table.Td className="card-title"><UnstyledButton onClick={open} fw={500} c="var(--mantine-color-anchor)" style={{ fontSize: "var(--mantine-font-size-sm)" }}>{segment.name}</UnstyledButton></Table.Td>
      <Table.Td data-label="Kind"><Badge variant="light" color={colour} tt="none">{kind}{segment.tag ? `: ${segment.tag}` : ""}</Badge></Table.Td>
      <Table.Td ta="right" data-label="Contacts">{data ? data.count === null ? <Text span c="orange" size="sm">names a segment that is gone</Text> : count.format(data.count) : "…"}</Table.Td>
      <Table.Td data-label="Made">{momentOf(segment.created_at)}</Table.Td>
    </Table.Tr>
  );
}
