/** How the contact enters: when, by which trigger, and with which event. */

import { Button, Group, Select, Text, Textarea, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";

import { instantOf, wallTime } from "../inspector/moments";
import { momentOf } from "./clock";
import { attributeLines, attributesOf } from "./people";
import { restart, type Rehearsal, type Script } from "./script";

interface EntryPanelProps {
  readonly change: (make: (script: Script) => Script) => void;
  readonly answer: Rehearsal;
}

export function EntryPanel({ change, answer }: EntryPanelProps) {
  const [open, setOpen] = useState(false);
  const zone = answer.contact.timezone;
  const trigger = answer.triggers.find((one) => one.node === answer.trigger);
  return (
    <div className="try-entry">
      <Text size="xs" c="dimmed" span>Enters {momentOf(answer.began_at, zone)}, by “{trigger?.label ?? answer.trigger}”{answer.entered_by && `: ${answer.entered_by.name}`}</Text>{" "}
      <UnstyledButton className="try-otherwise" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? "close" : "change"}</UnstyledButton>
      {open && <EntryForm key={JSON.stringify([answer.began_at, answer.trigger, answer.entered_by])} answer={answer} change={change} />}
    </div>
  );
}

function EntryForm({ change, answer }: EntryPanelProps) {
  const zone = answer.contact.timezone;
  const event = answer.entered_by;
  const [wall, setWall] = useState(() => wallTime(answer.began_at, zone));
  const [lines, setLines] = useState(() => attributeLines(event?.properties ?? {}));
  const [wrong, setWrong] = useState<string>();
  const at = instantOf(wall, zone);
  const enter = (): void => {
    try {
      const properties = attributesOf(lines);
      change((one) => restart(one, { ...(at === undefined ? {} : { at }), ...(event ? { event: { name: event.name, properties } } : {}) }));
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form className="try-happen" aria-label="How the contact enters" onSubmit={(submitted) => { submitted.preventDefault(); enter(); }}>
      {answer.triggers.length > 1 && (
        <Select size="xs" label="By" allowDeselect={false} value={answer.trigger} data={answer.triggers.map((one) => ({ value: one.node, label: one.label }))} onChange={(trigger) => trigger !== null && change(({ event: _, ...one }) => restart(one, { trigger }))} />
      )}
      <TextInput size="xs" type="datetime-local" label={`When (${zone})`} value={wall} error={at === undefined && "This is no date and time."} onChange={(changed) => setWall(changed.currentTarget.value)} />
      {event && <Textarea size="xs" label={`What “${event.name}” carries`} description="One property a line: total = 64" autosize minRows={2} maxRows={8} value={lines} error={wrong} onChange={(changed) => { setLines(changed.currentTarget.value); setWrong(undefined); }} />}
      <Group gap="xs"><Button type="submit" size="xs" disabled={at === undefined}>Enter so</Button></Group>
    </form>
  );
}
