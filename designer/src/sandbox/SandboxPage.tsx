/** The sandbox: the mailbox and the phone of a contact, side by side. What is done here is what really happens. */

import { Alert, Anchor, Grid, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ContactSelect } from "../people/ContactSelect";
import { contactQuery } from "../people/requests";
import { nameOf } from "../people/words";
import { addressOf, goTo, useAddressParts } from "../router";
import { AccountSwitches } from "./AccountSwitches";
import { AfterClick } from "./AfterClick";
import { Mailbox } from "./Mailbox";
import { PhoneBox } from "./PhoneBox";
import { useMessages } from "./useMessages";

export function SandboxPage() {
  const contact = useAddressParts().get("contact") ?? "";
  const { messages, earlier, error } = useMessages(contact);
  const person = useQuery({ ...contactQuery(contact), enabled: contact !== "" });
  const [clicked, setClicked] = useState<{ readonly contact: string; readonly url: string } | null>(null);
  const owner = contact && person.data ? nameOf(person.data).split(" ")[0] ?? null : null;
  const follow = (message: { readonly contact: string | null }, url: string): void => {
    if (message.contact !== null) setClicked({ contact: message.contact, url });
  };
  return (
    <Stack p="lg" maw={1280} mx="auto">
      <Group justify="space-between" align="flex-end">
        <div>
          <Title order={1} size="h2">Sandbox</Title>
          <Text c="dimmed" size="sm">What was sent by the sandbox accounts arrives here and goes nowhere else. Opening, clicking and answering are real events.</Text>
        </div>
        <Group gap="sm">
          {contact && <Anchor size="sm" href={addressOf({ page: "person", contact })}>{owner ?? "The contact"}'s page</Anchor>}
          <ContactSelect aria-label="Whose mailbox and phone" placeholder="Everybody" w={260} contact={contact} clearable clearButtonProps={{ "aria-label": "Everybody" }} onContact={(chosen) => goTo({ page: "sandbox" }, chosen ? { contact: chosen } : {})} />
        </Group>
      </Group>
      {error && <Alert color="red" title="The sandbox cannot be shown">{error.message}</Alert>}
      <Grid gap="lg" key={contact}>
        <Grid.Col span={{ base: 12, md: 7 }}><Mailbox owner={owner} earlier={earlier} messages={messages.filter((one) => one.channel === "email")} onClicked={follow} /></Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}><PhoneBox owner={owner} earlier={earlier} messages={messages.filter((one) => one.channel !== "email")} onClicked={follow} /></Grid.Col>
      </Grid>
      <AccountSwitches />
      {clicked && <AfterClick url={clicked.url} contact={clicked.contact} close={() => setClicked(null)} />}
    </Stack>
  );
}
