/** The journeys: what state each is in, who entered, who is parked. */

import { Alert, Anchor, Badge, Button, Group, Skeleton, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Search } from "lucide-react";
import { useState } from "react";

import type { Journey } from "../api/client";
import { journeysQuery, postJourney } from "../api/queries";
import { EMPTY } from "../graph/document";
import { addressOf } from "../router";

const COLOURS: Readonly<Record<Journey["state"], string>> = { draft: "gray", running: "green", paused: "orange", stopped: "red" };
const count = new Intl.NumberFormat("en");

export function JourneysPage() {
  const [search, setSearch] = useState("");
  const { data, error } = useQuery(journeysQuery(search));
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () => postJourney({ ...EMPTY, name: freeName(data?.items ?? []) }),
    onSuccess: async (journey) => {
      await client.invalidateQueries({ queryKey: ["journeys"] });
      window.location.hash = addressOf({ page: "journey", journey: journey.id, mode: "draw" });
    },
  });
  const problem = error ?? create.error;
  return (
    <Stack p="lg" maw={1100} mx="auto">
      <Group justify="space-between">
        <Title order={1} size="h2">Journeys</Title>
        <Group>
          <TextInput aria-label="Search by name" placeholder="Search" leftSection={<Search size={16} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
          <Button leftSection={<Plus size={16} />} loading={create.isPending} onClick={() => create.mutate()}>New journey</Button>
        </Group>
      </Group>
      {problem && <Alert color="red" title="That did not work">{problem.message}</Alert>}
      {!data && !error && <Skeleton height={160} />}
      {data?.items.length === 0 && <Text c="dimmed">{search ? "No journey has such a name. Search for something else." : "There is no journey yet. Make the first one."}</Text>}
      {data && data.items.length > 0 && (
        <Table.ScrollContainer minWidth={520}>
          <Table verticalSpacing="sm" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th ta="right">Version</Table.Th>
                <Table.Th ta="right">Entered</Table.Th>
                <Table.Th ta="right">Inside</Table.Th>
                <Table.Th ta="right">Parked</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>{data.items.map((journey) => <JourneyRow key={journey.id} journey={journey} />)}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

function JourneyRow({ journey }: { readonly journey: Journey }) {
  return (
    <Table.Tr>
      <Table.Td><Anchor href={addressOf({ page: "journey", journey: journey.id, mode: "draw" })} fw={500}>{journey.name}</Anchor></Table.Td>
      <Table.Td>
        <Badge color={COLOURS[journey.state]} variant="light">{journey.state}</Badge>
        {!journey.sending && <Badge color="red" ml="xs">Sending is off</Badge>}
      </Table.Td>
      <Table.Td ta="right">{journey.plan?.number ?? "–"}</Table.Td>
      <Table.Td ta="right">{journey.plan ? count.format(journey.entered) : "–"}</Table.Td>
      <Table.Td ta="right">{journey.plan ? count.format(journey.inside) : "–"}</Table.Td>
      <Table.Td ta="right">
        {journey.problems > 0 ? <Badge color="red">{count.format(journey.problems)}</Badge> : journey.plan ? "0" : "–"}
      </Table.Td>
    </Table.Tr>
  );
}

function freeName(journeys: readonly Journey[]): string {
  const taken = new Set(journeys.map((journey) => journey.name));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? "New journey" : `New journey ${String(number)}`;
    if (!taken.has(name)) return name;
  }
}
