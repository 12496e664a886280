/** Bringing in a file of contacts: chosen, sent, read, and what became of its rows. */

import { Alert, Anchor, Button, Code, Drawer, FileInput, Group, Progress, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, FileUp } from "lucide-react";
import { useEffect, useState } from "react";

import { addressOf } from "../router";
import { importsQuery, sendFile, type ContactImport } from "./requests";

const TEMPLATE = "external_id,email,phone,first_name,last_name,timezone,locale,favourite colour\nc-1,ann@example.com,+39 320 000 0001,Ann,Rossi,Europe/Rome,it-IT,green\n";
const count = new Intl.NumberFormat("en");

interface ImportDrawerProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly file: File | null;
  readonly setFile: (file: File | null) => void;
}

export function ImportDrawer({ opened, close, file, setFile }: ImportDrawerProps) {
  const [segment, setSegment] = useState("");
  const [sent, setSent] = useState(0);
  const client = useQueryClient();
  const { data } = useQuery({ ...importsQuery, enabled: opened });
  const send = useMutation({
    mutationFn: (what: File) => sendFile(what, segment.trim(), setSent),
    onSuccess: () => client.invalidateQueries({ queryKey: ["imports"] }),
  });
  const done = data?.items.filter((one) => one.state === "done").length ?? 0;
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ["contacts"] });
    void client.invalidateQueries({ queryKey: ["segments"] });
  }, [client, done]);
  return (
    <Drawer opened={opened} onClose={close} position="right" size="lg" title={<Title order={2} size="h3">Import contacts</Title>} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm">
          The first line names the columns. One of them is <Code>external_id</Code>, <Code>email</Code> or <Code>phone</Code>; <Code>first_name</Code>, <Code>last_name</Code>, <Code>timezone</Code> and <Code>locale</Code> are known, and any other becomes an attribute.
          Who is known already is changed, not doubled. <Anchor size="sm" href={`data:text/csv;charset=utf-8,${encodeURIComponent(TEMPLATE)}`} download="contacts.csv">Download a template</Anchor>
        </Text>
        <FileInput label="CSV file" placeholder="Choose a file, or drop one on the page" accept=".csv,text/csv,text/plain" value={file} onChange={setFile} leftSection={<FileUp size={16} />} clearable clearButtonProps={{ "aria-label": "Take the file away" }} />
        <TextInput label="Put everybody into a segment" description="Optional. A list with this name is made if it is not there." value={segment} maxLength={200} onChange={(event) => setSegment(event.currentTarget.value)} />
        {send.isPending && <Progress value={sent * 100} animated aria-label="The file is being sent" />}
        {send.error && <Alert color="red" title="The file was not taken">{send.error.message}</Alert>}
        <Group>
          <Button disabled={!file} loading={send.isPending} onClick={() => file && send.mutate(file)}>{data?.items[0]?.state === "failed" && file ? "Send it again" : "Import"}</Button>
          <Text size="sm" c="dimmed">A file that was broken off goes on where it was when it is sent again.</Text>
        </Group>
        {data && data.items.length > 0 && <Title order={3} size="h4" mt="md">Files since the server was started</Title>}
        {data?.items.map((one) => <ImportCard key={one.id} one={one} />)}
      </Stack>
    </Drawer>
  );
}

const STATES: Readonly<Record<ContactImport["state"], string>> = { waiting: "Waits for its turn", running: "Is being read", done: "Is read", failed: "Stopped" };

function ImportCard({ one }: { readonly one: ContactImport }) {
  const part = one.total > 0 ? Math.min(100, (one.lines / one.total) * 100) : 0;
  const going = one.state === "running" || one.state === "waiting";
  return (
    <Stack gap={6} p="sm" style={{ border: "1px solid var(--mantine-color-default-border)", borderRadius: 8 }}>
      <Group justify="space-between" role="status">
        <Text fw={600}>{STATES[one.state]}{one.segment ? `, into “${one.segment}”` : ""}</Text>
        <Text size="sm" c="dimmed">{count.format(one.lines)} of {count.format(one.total)} lines</Text>
      </Group>
      {going && <Progress value={part} animated aria-label="How much of the file is read" />}
      {one.resumed && <Text size="sm">It went on where an earlier try had stopped.</Text>}
      {one.error && <Alert color="red" title="The file was not read to its end">{one.error}</Alert>}
      {one.state === "done" && <Outcome one={one} />}
    </Stack>
  );
}

function Outcome({ one }: { readonly one: ContactImport }) {
  return (
    <>
      <Text size="sm">
        <b>{count.format(one.created)}</b> new, <b>{count.format(Math.max(0, one.accepted - one.created))}</b> known already and changed, <b>{count.format(one.rejected)}</b> left out.
        {one.segment && <> <Anchor size="sm" href={addressOf({ page: "segments" })}>Segments</Anchor></>}
      </Text>
      {one.rejected > 0 && (
        <>
          <Table.ScrollContainer minWidth={300} mah={260}>
            <Table>
              <Table.Thead><Table.Tr><Table.Th w={70}>Line</Table.Th><Table.Th>Why it was left out</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>{one.bad_rows.slice(0, 20).map((row) => <Table.Tr key={row.line}><Table.Td>{row.line}</Table.Td><Table.Td>{row.reason}</Table.Td></Table.Tr>)}</Table.Tbody>
            </Table>
          </Table.ScrollContainer>
          <Group gap="xs">
            <Button component="a" size="xs" variant="light" leftSection={<Download size={14} />} href={`/v1/contacts/imports/${one.id}/bad-rows`} download="bad-rows.csv">Download these rows</Button>
            <Text size="xs" c="dimmed">Mend them in a spreadsheet, and send that file.</Text>
          </Group>
        </>
      )}
    </>
  );
}
