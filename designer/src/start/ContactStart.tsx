/** Letting one contact enter, found by name or address. */

import { Alert, Button, Group, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { Problem, request, type Schemas } from "../api/client";
import { ContactSelect } from "../people/ContactSelect";
import { inLocalTime } from "../people/words";
import { CheckResult, useCheck } from "./CheckResult";

export function ContactStart({ journey, close }: { readonly journey: string; readonly close: () => void }) {
  const [contact, setContact] = useState<string>();
  const check = useCheck(contact === undefined ? undefined : { journey, contact });
  const enter = useMutation({
    mutationFn: () => letIn(journey, contact ?? ""),
    onSuccess: (refused) => {
      if (refused !== null) return;
      notifications.show({ color: "green", message: "Entered." });
      close();
    },
  });
  return (
    <Stack>
      <ContactSelect label="Contact" contact={contact ?? ""} onContact={(chosen) => { setContact(chosen || undefined); enter.reset(); }} openOnFocus={false} data-autofocus />
      <CheckResult check={check} />
      {enter.data && <Alert color="orange" title="The contact did not enter">{inLocalTime(enter.data.words)}</Alert>}
      {enter.error && <Alert color="red" title="The contact did not enter">{enter.error.message}</Alert>}
      <Group justify="end">
        <Button variant="default" onClick={close}>Cancel</Button>
        <Button disabled={contact === undefined || check.data?.enter !== 1} loading={enter.isPending} onClick={() => enter.mutate()}>Let them enter</Button>
      </Group>
    </Stack>
  );
}

/** By the API trigger; a journey without one gets a list of this contact alone, and a campaign. Gives what kept it out, if anything did. */
async function letIn(journey: string, contact: string): Promise<Schemas["EntryOut"]["refused"]> {
  const key = `designer:${crypto.randomUUID()}`;
  try {
    return (await request<Schemas["EntryOut"]>("POST", `/journeys/${journey}/entries`, { key, contact })).refused;
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== "no-api-trigger") throw error;
  }
  const name = `One contact, ${new Date().toISOString()}`;
  await request("POST", "/segments", { name, contacts: [contact] });
  await request("POST", "/campaigns", { journey, segment: name, name: "One contact" });
  return null;
}
