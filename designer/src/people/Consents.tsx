/** A contact's word on each channel: allowed or refused. */

import { Alert, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "../api/client";
import type { ContactDetail } from "./requests";

type Consent = ContactDetail["consents"][number];
const CHANNELS: Readonly<Record<Consent["channel"], string>> = { email: "Email", sms: "SMS", push: "Push" };
const WORDS = [{ value: "allowed", label: "Allowed" }, { value: "refused", label: "Refused" }];

export function Consents({ contact }: { readonly contact: ContactDetail }) {
  const client = useQueryClient();
  const say = useMutation({
    mutationFn: ({ channel, state }: Pick<Consent, "channel" | "state">) => request<ContactDetail>("PUT", `/contacts/${contact.id}/consents/${channel}`, { state }),
    onSuccess: (written) => client.setQueryData(["contact", contact.id], written),
  });
  return (
    <Stack gap={6}>
      {contact.consents.map((one) => (
        <div key={one.channel}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm">{CHANNELS[one.channel]}</Text>
            <SegmentedControl size="xs" aria-label={`${CHANNELS[one.channel]}: allowed or refused`} data={WORDS} value={one.state} color={one.state === "refused" ? "red.9" : "teal.9"} disabled={say.isPending} onChange={(state) => say.mutate({ channel: one.channel, state: state === "refused" ? "refused" : "allowed" })} />
          </Group>
          {one.suppressed && <Text size="xs" c="orange.8">Nothing is sent to this address: {one.suppressed}.</Text>}
        </div>
      ))}
      {say.error && <Alert color="red" p="xs">{say.error.message}</Alert>}
    </Stack>
  );
}
