/** The contacts: searched, made, and brought in as files. */

import { Alert, Anchor, Avatar, Badge, Button, Group, Skeleton, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Search, Upload, UserPlus } from "lucide-react";
import { useState } from "react";

import { addressOf, goTo } from "../router";
import { ContactForm } from "./ContactForm";
import { EndOfList } from "../lists/EndOfList";
import { FileDrop } from "./FileDrop";
import { ImportDrawer } from "./ImportDrawer";
import { contactsQuery, type ContactListed } from "./requests";
import { initialsOf, momentOf, nameOf, preciseMoment } from "./words";

const MOST_TAGS = 3;

export function ContactsPage() {
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search.trim(), 250);
  const list = useInfiniteQuery({ ...contactsQuery(asked), placeholderData: keepPreviousData, refetchInterval: 15_000 });
  const [making, form] = useDisclosure(false);
  const [importing, drawer] = useDisclosure(false);
  const [file, setFile] = useState<File | null>(null);
  const contacts = list.data?.pages.flatMap((page) => page.items) ?? [];
  const take = (dropped: File): void => {
    setFile(dropped);
    drawer.open();
  };
  return (
    <FileDrop onFile={take}>
      <Stack p="lg" maw={1200} mx="auto">
        <Group justify="space-between">
          <Title order={1} size="h2">Contacts</Title>
          <Group gap="sm">
            <TextInput className="page-search" aria-label="Search contacts" placeholder="Name, email, phone or id" leftSection={<Search size={16} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} w={230} />
            <Button variant="default" leftSection={<Upload size={16} />} onClick={drawer.open}>Import a file</Button>
            <Button leftSection={<UserPlus size={16} />} onClick={form.open}>New contact</Button>
          </Group>
        </Group>
        {list.error && <Alert color="red" title="The contacts cannot be shown">{list.error.message}</Alert>}
        {list.isPending && <Stack gap="xs">{[1, 2, 3, 4].map((row) => <Skeleton key={row} height={44} />)}</Stack>}
        {list.data && contacts.length === 0 && <NobodyHere search={asked} importFile={drawer.open} />}
        {contacts.length > 0 && <ContactsTable contacts={contacts} />}
        <EndOfList more={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} shown={contacts.length} total={list.data?.pages[0]?.total} />
      </Stack>
      <ContactForm opened={making} close={form.close} saved={(contact) => goTo({ page: "person", contact: contact.id })} />
      <ImportDrawer opened={importing} close={drawer.close} file={file} setFile={setFile} />
    </FileDrop>
  );
}

function NobodyHere({ search, importFile }: { readonly search: string; readonly importFile: () => void }) {
  if (search) return <Text c="dimmed" py="xl" ta="center">Nobody's name or email begins with “{search}”, and no id or phone is exactly that.</Text>;
  return (
    <Stack align="center" py={60} gap="xs" style={{ border: "2px dashed var(--mantine-color-default-border)", borderRadius: 12 }}>
      <Upload size={32} aria-hidden />
      <Text fw={600}>There is nobody here yet</Text>
      <Text c="dimmed" ta="center" maw={440}>Drop a CSV file here. Its first line names the columns; one of them is external_id, email or phone.</Text>
      <Button mt="sm" variant="light" onClick={importFile}>Import a file</Button>
    </Stack>
  );
}

function ContactsTable({ contacts }: { readonly contacts: readonly ContactListed[] }) {
  return (
    <Table.ScrollContainer type="native" minWidth={760} className="cards-room">
      <Table className="cards" verticalSpacing="xs" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Email</Table.Th>
            <Table.Th>Phone</Table.Th>
            <Table.Th>Tags</Table.Th>
            <Table.Th>Last activity</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{contacts.map((contact) => <ContactRow key={contact.id} contact={contact} />)}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function ContactRow({ contact }: { readonly contact: ContactListed }) {
  const name = nameOf(contact);
  return (
    <Table.Tr>
      <Table.Td className="card-title">
        <Group gap="sm" wrap="nowrap">
          <Avatar size={30} radius="xl" color="blue" aria-hidden>{initialsOf(name)}</Avatar>
          <Anchor href={addressOf({ page: "person", contact: contact.id })} fw={500}>{name}</Anchor>
        </Group>
      </Table.Td>
      <Table.Td data-label="Email" className={contact.email ? "" : "is-nothing"}>{contact.email ?? <Nothing />}</Table.Td>
      <Table.Td data-label="Phone" className={contact.phone ? "" : "is-nothing"} style={{ whiteSpace: "nowrap" }}>{contact.phone ?? <Nothing />}</Table.Td>
      <Table.Td data-label="Tags" className={contact.tags.length > 0 ? "" : "is-nothing"}>
        <Group gap={4}>
          {contact.tags.slice(0, MOST_TAGS).map((tag) => <Badge key={tag} variant="light" tt="none">{tag}</Badge>)}
          {contact.tags.length > MOST_TAGS && <Text size="xs" c="dimmed">and {contact.tags.length - MOST_TAGS} more</Text>}
          {contact.tags.length === 0 && <Nothing />}
        </Group>
      </Table.Td>
      <Table.Td data-label="Last activity" className={contact.last_activity ? "" : "is-nothing"} style={{ whiteSpace: "nowrap" }}>
        {contact.last_activity ? <time dateTime={contact.last_activity} title={preciseMoment(contact.last_activity)}>{momentOf(contact.last_activity)}</time> : <Nothing />}
      </Table.Td>
    </Table.Tr>
  );
}

function Nothing() {
  return <Text span c="dimmed" aria-label="none">–</Text>;
}
