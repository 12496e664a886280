/** A message as it was sent, and the answer to "why did she get this?", step by step in words. */

import { Alert, Anchor, Badge, Box, Center, Drawer, Group, Loader, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ArrowRight, BadgeCheck, FileText, LogIn, Milestone, Send, type LucideIcon } from "lucide-react";

import { request, type Schemas } from "../api/client";
import { MessageView } from "../messages/MessageView";
import { addressOf } from "../router";
import { asking } from "../lists/pages";
import { momentOf, preciseMoment } from "./words";

type Message = Schemas["SentMessage"];
type Reason = Schemas["ReasonOut"];

const ICONS: Readonly<Record<Reason["kind"], LucideIcon>> = { entered: LogIn, version: Milestone, passed: ArrowRight, content: FileText, allowed: BadgeCheck, sent: Send };

interface MessageDrawerProps {
  readonly message: string;
  readonly close: () => void;
}

export function MessageDrawer({ message, close }: MessageDrawerProps) {
  const { data, error } = useQuery({ queryKey: ["message", message], queryFn: () => request<Message>("GET", asking("/message", { send_key: message })) });
  return (
    <Drawer opened onClose={close} position="right" size="xl" title={<Title order={2} size="h3">{data ? data.label : "A message"}</Title>} closeButtonProps={{ "aria-label": "Close" }}>
      {error && <Alert color="red" title="The message cannot be shown">{error.message}</Alert>}
      {!data && !error && <Center h={200}><Loader aria-label="The message is loading" /></Center>}
      {data && <Shown message={data} />}
    </Drawer>
  );
}

function Shown({ message }: { readonly message: Message }) {
  const { content } = message;
  return (
    <Stack>
      <Group gap="xs">
        <Badge variant="light" tt="none">{message.channel}</Badge>
        <Badge variant="light" tt="none" color={message.state === "accepted" ? "teal" : message.state === "rejected" ? "red" : "gray"}>{message.state}</Badge>
        <Anchor size="sm" href={canvasOf(message, message.node)}>{message.journey_name}, version {message.version}</Anchor>
      </Group>
      {content ? (
        <MessageView channel={message.channel} subject={content["subject"]} html={content["html"]} text={content["text"]} title={content["title"]} link={content["link"]} recipient={message.address} at={momentOf(message.created_at)} />
      ) : (
        <Text size="sm" c="dimmed">What exactly was sent is not kept here: {message.state === "accepted" ? "the provider has it" : "it did not leave"}.</Text>
      )}
      <Title order={3} size="h4">Why did this person get it?</Title>
      <Box component="ol" m={0} p={0} style={{ listStyle: "none" }}>
        {message.why.map((reason, index) => <Because key={index} reason={reason} message={message} />)}
      </Box>
    </Stack>
  );
}

function Because({ reason, message }: { readonly reason: Reason; readonly message: Message }) {
  const Icon = ICONS[reason.kind];
  return (
    <Group component="li" wrap="nowrap" align="flex-start" gap="sm" py={6}>
      <ThemeIcon size={24} radius="xl" variant="light" color={reason.kind === "passed" ? "gray" : "blue"} aria-hidden><Icon size={14} /></ThemeIcon>
      <Box style={{ flex: 1 }}>
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>{reason.words}</Text>
        {reason.node && <Anchor size="xs" href={canvasOf(message, reason.node)}>Show it on the canvas</Anchor>}
      </Box>
      {reason.at && <Text component="time" dateTime={reason.at} title={preciseMoment(reason.at)} size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>{momentOf(reason.at)}</Text>}
    </Group>
  );
}

function canvasOf(message: Message, node: string): string {
  return `${addressOf({ page: "journey", journey: message.journey, mode: "watch" })}?node=${encodeURIComponent(node)}`;
}
