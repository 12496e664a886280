/** The messages as they would arrive, and what the contact does with them. Following a link is an act of the story. */

import { Button, Group, Menu, Text } from "@mantine/core";
import { ChevronDown, MailOpen, MousePointerClick } from "lucide-react";

import { MessageView, Phone } from "../messages/MessageView";
import { momentOf } from "./clock";
import { add, followLink, type Act, type Delivered, type Rehearsal, type Script } from "./script";

interface MessagesPanelProps {
  readonly change: (make: (script: Script) => Script) => void;
  readonly answer: Rehearsal;
  readonly delivered: readonly Delivered[];
}

export function MessagesPanel({ change, answer, delivered }: MessagesPanelProps) {
  const notes = answer.story.filter((line) => line.kind === "note" && WHY_NOT.has(line.note ?? ""));
  const phone = delivered.filter((one) => one.message.channel !== "email");
  const mail = delivered.filter((one) => one.message.channel === "email");
  const zone = answer.contact.timezone;
  const shared = { change, zone };
  if (delivered.length === 0 && notes.length === 0) return <Text size="sm" c="dimmed">No message has arrived yet. Whatever the journey sends is shown here as the contact would see it.</Text>;
  const inbox = mail.toReversed().map((one) => <One key={one.index} delivered={one} {...shared} />);
  const pocket = phone.length > 0 && (
    <Phone key="phone" label="The contact's phone">
      {phone.map((one) => <One key={one.index} delivered={one} {...shared} />)}
    </Phone>
  );
  return (
    <section aria-label="Messages as they would arrive" className="try-messages">
      {notes.map((note, at) => <Text key={at} size="sm" className="try-not-sent">{note.words} <span>{momentOf(note.at, zone)}</span></Text>)}
      {delivered.at(-1)?.message.channel === "email" ? [inbox, pocket] : [pocket, inbox]}
    </section>
  );
}

const WHY_NOT: ReadonlySet<string> = new Set(["unreachable", "refused", "expired", "template"]);

interface OneProps {
  readonly delivered: Delivered;
  readonly change: MessagesPanelProps["change"];
  readonly zone: string;
}

function One({ delivered, change, zone }: OneProps) {
  const { message, node, latest, opened, at } = delivered;
  const { subject, html, text, title, link } = message.content;
  const email = message.channel === "email";
  const does = (words: string, event: string): void => {
    const act: Act = { do: "happen", event, message_of: node, properties: {} };
    change((one) => add(one, words, act));
  };
  const name = subject ?? title ?? text?.slice(0, 30) ?? "the message";
  return (
    <div className="try-message">
      <MessageView channel={message.channel} subject={subject} html={html} text={text} title={title} link={link} recipient={message.recipient} at={momentOf(at, zone)} onLink={latest ? (url) => change((one) => followLink(one, delivered, url)) : undefined} />
      {latest && (
        <Group gap={6} mt={6}>
          {message.channel !== "sms" && <Button size="compact-xs" variant="default" leftSection={<MailOpen size={13} />} disabled={opened} onClick={() => does(`Opens “${name}”`, "message.opened")}>{opened ? "Opened" : email ? "Opens it" : "Taps it"}</Button>}
          <Button size="compact-xs" variant="default" leftSection={<MousePointerClick size={13} />} onClick={() => does(`Clicks in “${name}”`, "message.clicked")}>Clicks</Button>
          <Menu position="bottom-start" withinPortal>
            <Menu.Target><Button size="compact-xs" variant="subtle" rightSection={<ChevronDown size={12} />} aria-label={`More to do with “${name}”`}>More</Button></Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => does(`Replies to “${name}”`, "message.replied")}>Replies</Menu.Item>
              <Menu.Item onClick={() => does(`Unsubscribes from “${name}”`, "message.unsubscribed")}>Unsubscribes</Menu.Item>
              {email && <Menu.Item onClick={() => does(`Reports “${name}” as spam`, "message.complained")}>Reports it as spam</Menu.Item>}
              <Menu.Item onClick={() => does(`“${name}” comes back`, "message.bounced")}>It comes back undelivered</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      )}
    </div>
  );
}
