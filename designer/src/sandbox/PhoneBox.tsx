/** A phone: text messages as bubbles, push messages as cards, the oldest on top. */

import { Box, Button, Center, Group, Paper, Text, Title } from "@mantine/core";
import { Smartphone } from "lucide-react";
import { lazy, Suspense, useEffect, useRef } from "react";

import { momentOf } from "../people/words";
import { ReplyForm } from "./ReplyForm";
import type { Earlier, SandboxMessage } from "./requests";
import { useActs } from "./useActs";

const MessageView = lazy(async () => ({ default: (await import("../messages/MessageView")).MessageView }));
const Phone = lazy(async () => ({ default: (await import("../messages/MessageView")).Phone }));

interface PhoneBoxProps {
  readonly messages: readonly SandboxMessage[];
  readonly onClicked: (message: SandboxMessage, url: string) => void;
  readonly owner: string | null;
  /** Where earlier messages are to be had. */
  readonly earlier: Earlier | undefined;
}

export function PhoneBox({ messages, onClicked, owner, earlier }: PhoneBoxProps) {
  const acts = useActs();
  const end = useRef<HTMLDivElement>(null);
  const oldestFirst = [...messages].reverse();
  const newestText = messages.find((one) => one.channel === "sms");
  const newest = messages[0]?.id;
  useEffect(() => {
    // Scrolling answers with a promise in newer browsers, which is no clean-up.
    end.current?.scrollIntoView({ block: "nearest" });
  }, [newest]);
  const follow = (message: SandboxMessage, url: string): void => {
    acts.mutate({ message: message.id, act: "clicked", url });
    onClicked(message, url);
  };
  return (
    <Paper withBorder radius="md" component="section" aria-label={owner ? `Phone of ${owner}` : "Phones"} h="100%" style={{ display: "flex", flexDirection: "column" }}>
      <Group px="md" py="sm" gap="xs" style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
        <Smartphone size={18} aria-hidden />
        <Title order={2} size="h5">{owner ? `${owner}'s phone` : "Everybody's phones"}</Title>
      </Group>
      {acts.error && <Text c="red" size="sm" px="md" py={4} role="alert">{acts.error.message}</Text>}
      <Box p="md" w="100%" maw={392} mx="auto">
        <Suspense>
          <Phone label={owner ? `Messages on ${owner}'s phone` : "Messages on all phones"}>
            {earlier && <Center><Button variant="subtle" size="compact-sm" loading={earlier.loading} onClick={earlier.load}>Show earlier ones</Button></Center>}
            {messages.length === 0 && !earlier && <Text c="dimmed" ta="center" py={40} px="md" size="sm">No text and no push message has arrived yet. New ones appear by themselves.</Text>}
            <div aria-live="polite">
              {oldestFirst.map((message) => (
                <MessageView
                  key={message.id}
                  channel={message.channel}
                  text={message.content["text"]}
                  title={message.content["title"]}
                  link={message.content["link"]}
                  at={momentOf(message.accepted_at)}
                  {...(owner ? {} : { recipient: message.address })}
                  onLink={(url) => follow(message, url)}
                />
              ))}
              <div ref={end} />
            </div>
          </Phone>
        </Suspense>
        {newestText && (
          <Box mt="sm">
            <ReplyForm label={owner ? "Answer the newest text message" : `Answer as ${newestText.address}`} send={(text) => acts.mutate({ message: newestText.id, act: "replied", text })} />
            <div role="status">{acts.isSuccess && acts.variables.act === "replied" && <Text size="sm" mt={4}>Answered: “{acts.variables.text}”.</Text>}</div>
          </Box>
        )}
      </Box>
    </Paper>
  );
}
