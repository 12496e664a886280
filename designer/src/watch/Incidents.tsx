/** Who is parked, by cause, with what to do about it. */

import { Alert, Anchor, Badge, Button, Checkbox, Drawer, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { request, type Schemas } from "../api/client";
import { addressOf } from "../router";
import { incidentsQuery, type Incident } from "./requests";
import { causeInWords, count, people } from "./words";

interface IncidentsDrawerProps {
  /** Of one journey; of all where it is not given. */
  readonly journey?: string;
  readonly opened: boolean;
  readonly close: () => void;
}

export function IncidentsDrawer({ journey, opened, close }: IncidentsDrawerProps) {
  const { data, error } = useQuery({ ...incidentsQuery(journey), enabled: opened });
  return (
    <Drawer opened={opened} onClose={close} position="right" size="lg" title={<Title order={2} size="h4">Parked, because a person must act</Title>} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm" c="dimmed">Nothing is lost: who is parked goes on at the same node. What was done before is not done again.</Text>
        {error && <Alert color="red" title="The causes cannot be shown">{error.message}</Alert>}
        {data?.items.length === 0 && <Alert color="green" title="Nobody is parked">Everybody is under way.</Alert>}
        {data?.items.map((one) => <Cause key={one.id} one={one} named={journey === undefined} />)}
      </Stack>
    </Drawer>
  );
}

function Cause({ one, named }: { readonly one: Incident; readonly named: boolean }) {
  const [asking, setAsking] = useState(false);
  return (
    <Stack gap={6} p="sm" style={{ border: "1px solid var(--mantine-color-default-border)", borderRadius: 8 }}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          {named && <Anchor size="sm" href={addressOf({ page: "journey", journey: one.journey, mode: "watch" })}>{one.journey_name}</Anchor>}
          <Text fw={600}>{one.label} <Text span c="dimmed" fw={400}>version {one.version}</Text></Text>
        </div>
        <Badge color="red" size="lg">{count(one.count)}</Badge>
      </Group>
      <Text size="sm">{causeInWords(one.reason)}</Text>
      <Group><Button size="xs" variant="light" onClick={() => setAsking(true)}>Retry all…</Button></Group>
      {asking && <RetryAll one={one} close={() => setAsking(false)} />}
    </Stack>
  );
}

function RetryAll({ one, close }: { readonly one: Incident; readonly close: () => void }) {
  const [newest, setNewest] = useState(false);
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => request<Schemas["Retried"]>("POST", `/incidents/${encodeURIComponent(one.id)}/retry?newest=${String(newest)}`),
    onSuccess: async ({ enrolments }) => {
      notifications.show({ color: "green", message: `${people(enrolments)} on the way again.` });
      close();
      await Promise.all([client.invalidateQueries({ queryKey: ["incidents"] }), client.invalidateQueries({ queryKey: ["behind"] })]);
    },
  });
  return (
    <Modal opened onClose={close} title="Try them again?" closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm">{people(one.count)} will try “{one.label}” again. Whoever meets the same cause is parked again.</Text>
        <Checkbox label="On the newest version, with its templates and settings" description="Where that version still has this node." checked={newest} onChange={(event) => setNewest(event.currentTarget.checked)} />
        {retry.error && <Alert color="red" title="Not tried again">{retry.error.message}</Alert>}
        <Group justify="end">
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button loading={retry.isPending} onClick={() => retry.mutate()}>Retry {people(one.count)}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
