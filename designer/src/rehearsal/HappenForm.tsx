/** Something else happens: any event, with its properties. */

import { Autocomplete, Button, Group, Select, Textarea } from "@mantine/core";
import { useState } from "react";

import { attributesOf } from "./people";
import type { Act, Rehearsal } from "./script";

const KNOWN = [
  "landing.visited", "Product Viewed", "Product Added", "Products Searched", "Checkout Started", "Order Completed", "Order Cancelled", "Order Refunded", "form.submitted",
  "message.opened", "message.clicked", "message.replied", "message.bounced", "message.complained", "message.unsubscribed", "coupon.redeemed", "tag.added", "tag.removed", "segment.entered", "segment.left",
];

interface HappenFormProps {
  readonly answer: Rehearsal;
  readonly close: () => void;
  readonly happen: (words: string, act: Act) => void;
}

export function HappenForm({ answer, close, happen }: HappenFormProps) {
  const [event, setEvent] = useState("");
  const [about, setAbout] = useState<string | null>(null);
  const [lines, setLines] = useState("");
  const [wrong, setWrong] = useState<string>();
  const senders = new Map(answer.story.flatMap((line) => (line.kind === "message" && line.node ? [[line.node, line.words] as const] : [])));
  const ofMessage = event.startsWith("message.");
  const name = event.trim();
  return (
    <form
      className="try-happen"
      aria-label="Something else happens"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        try {
          const properties = attributesOf(lines);
          happen(`"${name}" happens`, { do: "happen", event: name, properties, ...(ofMessage && about !== null ? { message_of: about } : {}) });
        } catch (error) {
          setWrong(error instanceof Error ? error.message : String(error));
        }
      }}
    >
      <Autocomplete label="What happens" description="An event's name" size="xs" data={KNOWN} value={event} onChange={setEvent} placeholder="Order Completed" comboboxProps={{ withinPortal: true }} autoFocus openOnFocus={false} />
      {ofMessage && <Select label="To which message" size="xs" data={[...senders].map(([value, label]) => ({ value, label }))} value={about} onChange={setAbout} placeholder="The message" nothingFoundMessage="No message has arrived yet." />}
      <Textarea label="Its properties" description="One a line: total = 64" size="xs" autosize minRows={2} maxRows={6} value={lines} onChange={(changed) => { setLines(changed.currentTarget.value); setWrong(undefined); }} error={wrong} placeholder={"channel = online\ntotal = 64"} />
      <Group gap="xs">
        <Button type="submit" size="xs" disabled={name === "" || (ofMessage && about === null)}>It happens</Button>
        <Button size="xs" variant="default" onClick={close}>Cancel</Button>
      </Group>
    </form>
  );
}
