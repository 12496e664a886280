/** What would happen, before it does: who enters, who is kept out and why, who cannot be written to. */

import { Alert, Group, Loader, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Mail, MessageSquare, Smartphone } from "lucide-react";
import { createElement } from "react";

import { request } from "../api/client";
import type { Check } from "../watch/requests";
import { count, people } from "../watch/words";

const CHANNELS: Readonly<Record<string, { readonly name: string; readonly icon: typeof Mail }>> = {
  email: { name: "Email", icon: Mail },
  sms: { name: "SMS", icon: MessageSquare },
  push: { name: "Push", icon: Smartphone },
};

export interface Who {
  readonly journey: string;
  readonly segment?: string;
  readonly contact?: string;
}

export function useCheck(who: Who | undefined) {
  return useQuery({
    queryKey: ["check", who],
    queryFn: () => request<Check>("POST", "/campaigns/check", who),
    enabled: who !== undefined,
    staleTime: 0,
    refetchInterval: 15_000,
    retry: false,
  });
}

export function CheckResult({ check }: { readonly check: ReturnType<typeof useCheck> }) {
  const { data, error, isLoading } = check;
  if (error) return <Alert color="red" title="This cannot start">{error.message}</Alert>;
  if (isLoading) return <Group gap="xs"><Loader size="xs" /><Text size="sm" c="dimmed">Counting…</Text></Group>;
  if (!data) return null;
  return (
    <Stack gap="xs" p="md" style={{ border: "1px solid var(--mantine-color-default-border)", borderRadius: 8 }} role="status" aria-label="What would happen">
      <Text fw={600} size="lg">{people(data.enter)} would enter version {data.version}</Text>
      {data.members > data.enter && <KeptOut check={data} />}
      {data.state !== "running" && <Alert color="orange" title={`The journey is ${data.state}`}>Nobody enters until it runs. {data.state === "paused" ? "Resume it first, or start now and resume later." : "Publish it again first."}</Alert>}
      {!data.sending && <Alert color="orange" title="Sending is off">They would enter, and nothing would be sent. Turn sending on in “Control”.</Alert>}
      {data.enter > 0 && data.channels.length > 0 && <Channels check={data} />}
    </Stack>
  );
}

const RULES: Readonly<Record<string, string>> = {
  once: "a contact enters this journey once ever",
  after_end: "a contact enters again only after the end",
  after_time: "a contact enters again only after some time",
};

function KeptOut({ check }: { readonly check: Check }) {
  const parts = [
    ...(check.inside > 0 ? [`${count(check.inside)} ${check.inside === 1 ? "is" : "are"} inside already`] : []),
    ...(check.before > 0 ? [`${count(check.before)} ${check.before === 1 ? "was" : "were"} here before`] : []),
  ];
  return <Text size="sm">{people(check.members - check.enter)} of {count(check.members)} would be kept out: {parts.join(", ")}. The rule: {RULES[check.reentry] ?? check.reentry}.</Text>;
}

function Channels({ check }: { readonly check: Check }) {
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={4} aria-label="Who can be written to">
        <Table.Thead>
          <Table.Tr><Table.Th>Sends by</Table.Th><Table.Th ta="right">Reachable</Table.Th><Table.Th ta="right">No address</Table.Th><Table.Th ta="right">Refused</Table.Th><Table.Th ta="right">Blocked</Table.Th></Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {check.channels.map((one) => (
            <Table.Tr key={one.channel}>
              <Table.Td>
                <Group gap={6} wrap="nowrap">{createElement(CHANNELS[one.channel]?.icon ?? Mail, { size: 15, "aria-hidden": true })}<Text size="sm" title={one.nodes.map((node) => node.label).join(", ")}>{CHANNELS[one.channel]?.name ?? one.channel}</Text></Group>
              </Table.Td>
              {[one.reachable, one.no_address, one.refused, one.suppressed].map((value, at) => (
                <Table.Td key={at} ta="right" {...(at > 0 && value > 0 ? { c: "orange", fw: 600 } : {})} style={{ fontVariantNumeric: "tabular-nums" }}>{count(value)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
