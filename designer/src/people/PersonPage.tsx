/** One contact: who she is, what she allows, where she stands, and all that happened. */

import { Alert, Anchor, Avatar, Badge, Box, Button, Center, CopyButton, Grid, Group, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, Inbox, Pencil } from "lucide-react";
import type { ReactNode } from "react";

import { addressOf, goTo } from "../router";
import { Consents } from "./Consents";
import { ContactForm } from "./ContactForm";
import { PersonJourneys } from "./PersonJourneys";
import { contactQuery, type ContactDetail } from "./requests";
import { Tags } from "./Tags";
import { Timeline } from "./Timeline";
import { initialsOf, momentOf, nameOf, valueOf } from "./words";

const KINDS: Readonly<Record<string, string>> = { external_id: "Id in your shop", email: "Email", phone: "Phone", anonymous_id: "Visitor", push_token: "Device" };

export function PersonPage({ contact }: { readonly contact: string }) {
  const { data, error } = useQuery(contactQuery(contact));
  const [editing, form] = useDisclosure(false);
  if (error) return <Alert m="lg" color="red" title="The contact cannot be shown">{error.message} <Anchor href={addressOf({ page: "contacts" })}>To the contacts</Anchor></Alert>;
  if (!data) return <Center h="60vh"><Loader aria-label="The contact is loading" /></Center>;
  const name = nameOf(data);
  return (
    <Stack p="lg" maw={1280} mx="auto">
      <Anchor href={addressOf({ page: "contacts" })} size="sm"><Group gap={2} component="span"><ChevronLeft size={14} /> Contacts</Group></Anchor>
      <Group justify="space-between" align="flex-start">
        <Group wrap="nowrap">
          <Avatar size={52} radius="xl" color="blue" aria-hidden>{initialsOf(name)}</Avatar>
          <Box>
            <Title order={1} size="h2">{name}</Title>
            <Text size="sm" c="dimmed">{[data.email, data.phone].filter(Boolean).join(" · ") || "No email and no phone"}</Text>
          </Box>
        </Group>
        <Group gap="xs">
          <Button variant="default" leftSection={<Inbox size={16} />} onClick={() => goTo({ page: "sandbox" }, { contact })}>Mailbox and phone</Button>
          <Button variant="default" leftSection={<Pencil size={16} />} onClick={form.open}>Edit</Button>
        </Group>
      </Group>
      {data.merged_into && <Alert color="orange" title="This contact is another one, too">It was found to be the same person as <Anchor href={addressOf({ page: "person", contact: data.merged_into })}>this contact</Anchor>, which goes on with all that is here.</Alert>}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <PersonJourneys contact={contact} />
            <Part title="May be written to by"><Consents contact={data} /></Part>
            <Part title="Tags"><Tags contact={data} /></Part>
            <Part title="Segments">
              {data.segments.length === 0 ? <Text size="sm" c="dimmed">In no list, and in none by a tag. Segments by a condition are not told here.</Text> : <Group gap={6}>{data.segments.map((segment) => <Badge key={segment} variant="outline" tt="none">{segment}</Badge>)}</Group>}
            </Part>
            <Profile contact={data} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}><Timeline contact={contact} /></Grid.Col>
      </Grid>
      <ContactForm opened={editing} close={form.close} contact={data} saved={() => undefined} />
    </Stack>
  );
}

export function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Paper withBorder p="md" radius="md" component="section" aria-label={title}>
      <Title order={2} size="h5" mb="xs">{title}</Title>
      {children}
    </Paper>
  );
}

function Profile({ contact }: { readonly contact: ContactDetail }) {
  const rows: (readonly [string, string])[] = [
    ...(contact.timezone ? [["Time zone", contact.timezone] as const] : []),
    ...(contact.locale ? [["Language", contact.locale] as const] : []),
    ...Object.entries(contact.attributes).map(([name, value]) => [name, valueOf(value)] as const),
    ["Known since", momentOf(contact.created_at)],
  ];
  return (
    <Part title="Profile">
      <Rows rows={rows} />
      <Title order={3} size="h6" mt="md" mb={4}>Recognised by</Title>
      {contact.identities.length === 0 && <Text size="sm" c="dimmed">Nothing: no call and no file can name this contact.</Text>}
      {contact.identities.map((one) => (
        <Group key={`${one.kind}/${one.value}`} justify="space-between" wrap="nowrap" gap="xs">
          <Text size="sm" c="dimmed">{KINDS[one.kind] ?? one.kind}</Text>
          <CopyButton value={one.value}>{({ copied, copy }) => <Anchor component="button" type="button" size="sm" ta="right" style={{ overflowWrap: "anywhere" }} onClick={copy} title="Copy">{copied ? "Copied" : one.value}</Anchor>}</CopyButton>
        </Group>
      ))}
    </Part>
  );
}

function Rows({ rows }: { readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <Box component="dl" m={0} style={{ display: "grid", gridTemplateColumns: "minmax(90px, auto) 1fr", gap: "4px 12px" }}>
      {rows.map(([name, value]) => [
        <Text component="dt" key={`${name}.`} size="sm" c="dimmed">{name}</Text>,
        <Text component="dd" key={name} size="sm" m={0} ta="right" style={{ overflowWrap: "anywhere" }}>{value}</Text>,
      ])}
    </Box>
  );
}
