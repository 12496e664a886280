/** A mailbox: the emails as they arrived. Opening one is its `opened`, a click in it is its `clicked`. */

import "./sandbox.css";

import { Badge, Box, Button, Center, Group, Paper, ScrollArea, Stack, Text, Title, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { ArrowLeft, Ban, Mail, MailOpen, MousePointerClick, Reply } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { momentOf, timeOf } from "../people/words";
import { ReplyForm } from "./ReplyForm";
import type { Earlier, SandboxMessage } from "./requests";
import { useActs } from "./useActs";

const EmailMessage = lazy(async () => ({ default: (await import("../messages/MessageView")).EmailMessage }));

interface MailboxProps {
  readonly messages: readonly SandboxMessage[];
  readonly onClicked: (message: SandboxMessage, url: string) => void;
  readonly owner: string | null;
  /** Where earlier messages are to be had. */
  readonly earlier: Earlier | undefined;
}

export function Mailbox({ messages, onClicked, owner, earlier }: MailboxProps) {
  const [open, setOpen] = useState<string | null>(null);
  const acts = useActs();
  const shown = messages.find((one) => one.id === open);
  const read = (message: SandboxMessage): void => {
    setOpen(message.id);
    if (message.opened_at === null) acts.mutate({ message: message.id, act: "opened" });
  };
  return (
    <Paper withBorder radius="md" component="section" aria-label={owner ? `Mailbox of ${owner}` : "Mailboxes"} className="mailbox">
      <Group px="md" py="sm" gap="xs" style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
        <Mail size={18} aria-hidden />
        <Title order={2} size="h5">{owner ? `${owner}'s mailbox` : "Everybody's mail"}</Title>
        <Badge variant="light" color="gray">{messages.length}{earlier ? "+" : ""}</Badge>
      </Group>
      {acts.error && <Text c="red" size="sm" px="md" py={4} role="alert">{acts.error.message}</Text>}
      {shown ? (
        <Reading message={shown} back={() => setOpen(null)} onClicked={onClicked} acts={acts} />
      ) : (
        <ScrollArea style={{ flex: 1 }}>
          {messages.length === 0 && !earlier && <Text c="dimmed" ta="center" py={60}>No email has arrived yet. New ones appear here by themselves.</Text>}
          <Box component="ul" m={0} p={0} style={{ listStyle: "none" }} aria-live="polite">
            {messages.map((message) => <EmailRow key={message.id} message={message} read={() => read(message)} />)}
          </Box>
          {earlier && <Center py="xs"><Button variant="subtle" size="compact-sm" loading={earlier.loading} onClick={earlier.load}>Show earlier ones</Button></Center>}
        </ScrollArea>
      )}
    </Paper>
  );
}

function EmailRow({ message, read }: { readonly message: SandboxMessage; readonly read: () => void }) {
  const unread = message.opened_at === null;
  const subject = message.content["subject"] ?? "(no subject)";
  return (
    <li style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
      <UnstyledButton w="100%" px="md" py="sm" onClick={read}>
        {unread && <VisuallyHidden>Unread: </VisuallyHidden>}
        <Group wrap="nowrap" gap="sm">
          <Box w={8} h={8} style={{ borderRadius: 8, flexShrink: 0, background: unread ? "var(--mantine-primary-color-filled)" : "transparent" }} />
          <Box style={{ flex: 1, minWidth: 0 }}>
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text size="sm" fw={unread ? 700 : 400} truncate>{subject}</Text>
              <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }} title={momentOf(message.accepted_at)}>{timeOf(message.accepted_at)}</Text>
            </Group>
            <Group gap={6}>
              <Text size="xs" c="dimmed" truncate>to {message.address}</Text>
              {message.opened_at && <Badge size="xs" variant="light" color="teal" leftSection={<MailOpen size={10} />}>opened</Badge>}
              {message.clicked_at && <Badge size="xs" variant="light" color="blue" leftSection={<MousePointerClick size={10} />}>clicked</Badge>}
            </Group>
          </Box>
        </Group>
      </UnstyledButton>
    </li>
  );
}

interface ReadingProps {
  readonly message: SandboxMessage;
  readonly back: () => void;
  readonly onClicked: (message: SandboxMessage, url: string) => void;
  readonly acts: ReturnType<typeof useActs>;
}

function Reading({ message, back, onClicked, acts }: ReadingProps) {
  const [answering, setAnswering] = useState(false);
  const { subject, html, text } = message.content;
  const follow = (url: string): void => {
    acts.mutate({ message: message.id, act: "clicked", url });
    onClicked(message, url);
  };
  return (
    <Stack gap={0} style={{ flex: 1, minHeight: 0 }}>
      <Group px="sm" py={6} justify="space-between" style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
        <Button size="compact-sm" variant="subtle" color="gray" leftSection={<ArrowLeft size={14} />} onClick={back}>All mail</Button>
        <Group gap={4}>
          <Button size="compact-sm" variant="subtle" color="gray" leftSection={<Reply size={14} />} onClick={() => setAnswering(!answering)} aria-expanded={answering}>Reply</Button>
          <Button size="compact-sm" variant="subtle" color="gray" leftSection={<Ban size={14} />} onClick={() => acts.mutate({ message: message.id, act: "unsubscribed" })}>Unsubscribe</Button>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => acts.mutate({ message: message.id, act: "complained" })}>It is spam</Button>
        </Group>
      </Group>
      <div role="status">{acts.isSuccess && acts.variables.message === message.id && acts.variables.act !== "opened" && <Text size="sm" px="md" py={4}>Recorded: {acts.variables.act}.</Text>}</div>
      {answering && <Box p="sm"><ReplyForm send={(words) => { acts.mutate({ message: message.id, act: "replied", text: words }); setAnswering(false); }} /></Box>}
      <ScrollArea style={{ flex: 1 }} p="md">
        <Suspense>
          <EmailMessage channel="email" subject={subject} html={html} text={text} recipient={message.address} at={momentOf(message.accepted_at)} onLink={follow} />
        </Suspense>
      </ScrollArea>
    </Stack>
  );
}
