/** One segment: what it takes in, who is in it; of a list, people put in and taken out; renamed or removed. */

import { ActionIcon, Alert, Anchor, Button, Drawer, Group, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserMinus } from "lucide-react";
import { useState } from "react";

import { request } from "../api/client";
import { describeCondition } from "../graph/conditionWords";
import { EndOfList } from "../lists/EndOfList";
import { nameOf } from "../people/words";
import { addressOf } from "../router";
import { ContactSelect } from "../people/ContactSelect";
import { membersQuery, segmentQuery, type SegmentDetail } from "./requests";

interface SegmentDrawerProps {
  readonly segment: string;
  readonly close: () => void;
}

export function SegmentDrawer({ segment, close }: SegmentDrawerProps) {
  const { data, error } = useQuery(segmentQuery(segment));
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={<Title order={2} size="h3">{data?.name ?? "Segment"}</Title>} closeButtonProps={{ "aria-label": "Close" }}>
      {error && <Alert color="red">{error.message}</Alert>}
      {data && <Inside segment={data} close={close} />}
    </Drawer>
  );
}

function Inside({ segment, close }: { readonly segment: SegmentDetail; readonly close: () => void }) {
  const client = useQueryClient();
  const [adding, setAdding] = useState("");
  const [name, setName] = useState(segment.name);
  const list = useInfiniteQuery(membersQuery(segment.id));
  const refresh = async (): Promise<void> => {
    for (const key of ["members", "segment", "segments", "contact"]) await client.invalidateQueries({ queryKey: [key] });
  };
  const add = useMutation({ mutationFn: (contact: string) => request("POST", `/segments/${segment.id}/members`, { contacts: [contact] }), onSuccess: () => { setAdding(""); return refresh(); } });
  const remove = useMutation({ mutationFn: (contact: string) => request("DELETE", `/segments/${segment.id}/members/${contact}`), onSuccess: refresh });
  const rename = useMutation({ mutationFn: () => request("PATCH", `/segments/${segment.id}`, { name: name.trim() }), onSuccess: refresh });
  const gone = useMutation({ mutationFn: () => request("DELETE", `/segments/${segment.id}`), onSuccess: async () => { close(); await client.invalidateQueries({ queryKey: ["segments"] }); } });
  const problem = add.error ?? remove.error ?? rename.error ?? gone.error ?? list.error;
  const members = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack>
      <Text size="sm">{segment.kind === "list" ? "A list: who is put in stays in until taken out." : segment.kind === "tag" ? `Whoever carries the tag “${segment.tag ?? ""}”.` : `Whoever ${describeCondition(segment.condition) ?? "fits a condition"}.`} {segment.count !== null && <b>{segment.count} contacts now.</b>}</Text>
      {problem && <Alert color="red" title="That did not work">{problem.message}</Alert>}
      <Group align="flex-end">
        <TextInput label="Name" value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} style={{ flex: 1 }} />
        <Button variant="default" disabled={!name.trim() || name.trim() === segment.name} loading={rename.isPending} onClick={() => rename.mutate()}>Rename</Button>
        <Button variant="subtle" color="red" loading={gone.isPending} onClick={() => gone.mutate()}>Remove</Button>
      </Group>
      {segment.kind === "list" && (
        <Group>
          <ContactSelect aria-label="Who to put in" placeholder="Choose a contact" w={260} contact={adding} clearable clearButtonProps={{ "aria-label": "Nobody" }} onContact={setAdding} />
          <Button variant="light" disabled={!adding} loading={add.isPending} onClick={() => add.mutate(adding)}>Put in</Button>
          <Anchor size="sm" href={addressOf({ page: "contacts" })}>Import a file into it</Anchor>
        </Group>
      )}
      <Table>
        <Table.Thead><Table.Tr><Table.Th>Who is in it</Table.Th><Table.Th>Email or phone</Table.Th>{segment.kind === "list" && <Table.Th w={50} />}</Table.Tr></Table.Thead>
        <Table.Tbody>
          {members.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td><Anchor size="sm" href={addressOf({ page: "person", contact: one.id })}>{nameOf(one)}</Anchor></Table.Td>
              <Table.Td>{one.email ?? one.phone ?? "–"}</Table.Td>
              {segment.kind === "list" && <Table.Td><ActionIcon variant="subtle" color="gray" aria-label={`Take ${nameOf(one)} out`} onClick={() => remove.mutate(one.id)}><UserMinus size={16} /></ActionIcon></Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {list.data && members.length === 0 && <Text c="dimmed" ta="center">Nobody is in it now.</Text>}
      <EndOfList more={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} shown={members.length} total={segment.count} />
    </Stack>
  );
}
