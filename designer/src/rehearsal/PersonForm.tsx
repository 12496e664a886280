/** A small form for somebody invented. */

import { Button, Checkbox, Group, NumberInput, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import { attributeLines, attributesOf } from "./people";
import type { Invented } from "./script";

interface PersonFormProps {
  readonly person: Invented;
  readonly done: (person: Invented) => void;
}

const CHANNELS = [["email", "Email"], ["sms", "SMS"], ["push", "Push"]] as const;
type Column = "first_name" | "last_name" | "email" | "phone" | "timezone" | "locale";
const COLUMNS: readonly (readonly [Column, string, string])[] = [
  ["first_name", "First name", "Mario"], ["last_name", "Last name", "Rossi"], ["email", "Email", "mario@example.com"],
  ["phone", "Phone", "+39 320 000 0001"], ["timezone", "Time zone", "Europe/Rome"], ["locale", "Language", "it"],
];

export function PersonForm({ person, done }: PersonFormProps) {
  const [draft, setDraft] = useState(person);
  const [lines, setLines] = useState(() => attributeLines(person.attributes ?? {}));
  const [wrong, setWrong] = useState<string>();
  return (
    <form
      className="try-person"
      aria-label="Somebody invented"
      onSubmit={(event) => {
        event.preventDefault();
        try {
          done({ ...draft, attributes: attributesOf(lines) });
        } catch (error) {
          setWrong(error instanceof Error ? error.message : String(error));
        }
      }}
    >
      <div className="try-person-fields">
        {COLUMNS.map(([column, label, example]) => (
          <TextInput key={column} size="xs" label={label} placeholder={example} value={draft[column] ?? ""} onChange={(event) => { const text = event.currentTarget.value; setDraft((known) => ({ ...known, [column]: text === "" ? null : text })); }} />
        ))}
      </div>
      <TagsInput size="xs" label="Tags" placeholder="VIP" value={[...(draft.tags ?? [])]} onChange={(tags) => setDraft((known) => ({ ...known, tags }))} />
      <TagsInput size="xs" label="Lists" placeholder="Newsletter" value={[...(draft.segments ?? [])]} onChange={(segments) => setDraft((known) => ({ ...known, segments }))} />
      <Textarea size="xs" label="Attributes" description="One a line: city = Rome. push_token is a device." autosize minRows={2} maxRows={8} value={lines} error={wrong} onChange={(event) => { setLines(event.currentTarget.value); setWrong(undefined); }} />
      <Group gap="md">
        {CHANNELS.map(([channel, label]) => (
          <Checkbox key={channel} size="xs" label={`Wants ${label}`} checked={draft.consents?.[channel] !== "refused"} onChange={(event) => { const wants = event.currentTarget.checked; setDraft((known) => ({ ...known, consents: { ...known.consents, [channel]: wants ? "allowed" : "refused" } })); }} />
        ))}
      </Group>
      <NumberInput size="xs" label="Number" description="Random splits go by it: another number may take another arm." min={1} max={1_000_000} value={draft.number} onChange={(number) => typeof number === "number" && setDraft((known) => ({ ...known, number }))} />
      <Button type="submit" size="xs">Try it with this person</Button>
    </form>
  );
}
