/** Letting one contact enter, found by name or address. */

import { Alert, Button, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useState } from "react";

import { Problem, request, type Schemas } from "../api/client";
import { contactsQuery } from "../people/requests";
import { inLocalTime, nameOf } from "../people/words";
import { CheckResult, useCheck } from "./CheckResult";

const MOST_SHOWN = 6;

export function ContactStart({ journey, close }: { readonly journey: string; readonly close: () => void }) {
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search.trim(), 250);
  const [contact, setContact] = useState<string>();
  const found = useInfiniteQuery({ ...contactsQuery(asked), enabled: asked !== "" });
  const check = useCheck(contact === undefined ? undefined : { journey, contact });
  const enter = useMutation({
    mutationFn: () => letIn(journey, contact ?? ""),
    onSuccess: (refused) => {
      if (refused !== null) return;
      notifications.show({ color: "green", message: "Entered." });
      close();
    },
  });
  const shown = asked === "" ? [] : (found.data?.pages[0]?.items ?? []).slice(0, MOST_SHOWN);
  return (
    <Stack>
      <TextInput label="Contact" placeholder="Name, email, phone or id" leftSection={<Search size={16} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} data-autofocus />
      {shown.length > 0 && (
        <Radio.Group aria-label="Contacts found" value={contact ?? null} onChange={(one) => { setContact(one); enter.reset(); }}>
          <Stack gap={6}>{shown.map((one) => <Radio key={one.id} value={one.id} label={nameOf(one)} description={[one.email, one.phone].filter(Boolean).join(", ")} />)}</Stack>
        </Radio.Group>
      )}
      {asked !== "" && found.data && shown.length === 0 && <Text size="sm" c="dimmed">Nobody is found. Search for the beginning of a name or address.</Text>}
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
