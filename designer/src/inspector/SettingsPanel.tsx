/** What holds for the whole journey: its clock, how often one may enter, how long its goal is watched, its holidays. */

import { ActionIcon, Group, Input, Pill, Select, Stack, TextInput } from "@mantine/core";
import { Plus } from "lucide-react";
import { useContext, useState } from "react";
import { useStore } from "zustand";

import { useEditorRoom } from "../editor/room";
import * as commands from "../graph/commands";
import type { Settings } from "../graph/document";
import { ProblemsContext } from "../problems/store";
import { ZoneInput } from "./widgets/dates";
import { DurationInput } from "./widgets/plain";

const RULES: readonly { readonly value: Settings["reentry"]["rule"]; readonly label: string }[] = [
  { value: "once", label: "Once ever" },
  { value: "after_end", label: "Again, once they have left it" },
  { value: "after_time", label: "Again, after some time" },
  { value: "every_event", label: "At every event" },
];

export function SettingsPanel() {
  const { editor } = useEditorRoom();
  const { name, settings } = useStore(editor, (state) => state.history.document);
  const problems = useStore(useContext(ProblemsContext), (state) => state.diagnostics);
  const fault = (field: string): string | undefined => problems.filter((one) => !one.node && one.field === field).map((one) => `${one.message} ${one.fix.text}`).join(" ") || undefined;
  const leave = (): void => editor.getState().endTyping();
  const set = <K extends keyof Settings>(key: K, value: Settings[K]): void => {
    const { history, type } = editor.getState();
    type("Change settings", commands.setSetting(history.document, key, value));
  };
  return (
    <Stack gap="md" p="md">
      <TextInput
        label="Name of the journey"
        value={name}
        error={fault("name")}
        onBlur={leave}
        onChange={(event) => {
          const { history, type } = editor.getState();
          type("Rename the journey", commands.nameJourney(history.document, event.currentTarget.value));
        }}
      />
      <ZoneInput label="Time zone" description="For contacts whose own is not known, and for the dates in this journey." error={fault("settings.timezone")} value={settings.timezone} onBlur={leave} onChange={(zone) => set("timezone", zone)} />
      <Select
        label="How often one contact may enter"
        data={[...RULES]}
        value={settings.reentry.rule}
        allowDeselect={false}
        onChange={(rule) => {
          if (rule === null) return;
          const { after } = settings.reentry;
          const next = rule;
          set("reentry", { rule: next, ...(next === "after_time" ? { after: after ?? "30 days" } : {}) });
          leave();
        }}
      />
      {settings.reentry.rule === "after_time" && (
        <Input.Wrapper label="Again after" description="Counted from the last time they entered." error={fault("settings.reentry.after")}>
          <DurationInput label="Again after" value={settings.reentry.after ?? ""} onBlur={leave} onChange={(after) => set("reentry", { rule: "after_time", ...(after === undefined ? {} : { after }) })} />
        </Input.Wrapper>
      )}
      <Input.Wrapper label="How long the goal is watched" description="After the last act, a contact stays so long in case they still reach the goal." error={fault("settings.limit")}>
        <DurationInput label="How long the goal is watched" value={settings.limit} onBlur={leave} onChange={(limit) => { if (limit !== undefined) set("limit", limit); }} />
      </Input.Wrapper>
      <Holidays holidays={settings.holidays} fault={fault("settings.holidays")} onChange={(days) => set("holidays", days)} />
    </Stack>
  );
}

interface HolidaysProps {
  readonly holidays: readonly string[];
  readonly fault: string | undefined;
  readonly onChange: (days: string[]) => void;
}

function Holidays({ holidays, fault, onChange }: HolidaysProps) {
  const [day, setDay] = useState("");
  const add = (): void => {
    if (day) onChange([...new Set([...holidays, day])].sort());
    setDay("");
  };
  return (
    <Input.Wrapper label="Holidays" description="Nodes that wait for a window may leave these days out." error={fault} labelElement="div">
      <Stack gap={6} mt={4}>
        {holidays.length > 0 && (
          <Pill.Group>
            {holidays.map((one) => <Pill key={one} withRemoveButton removeButtonProps={{ "aria-label": `Remove ${one}`, "aria-hidden": false, tabIndex: 0 }} onRemove={() => onChange(holidays.filter((other) => other !== one))}>{one}</Pill>)}
          </Pill.Group>
        )}
        <Group gap={6} wrap="nowrap">
          <TextInput aria-label="Day to add" type="date" style={{ flex: 1 }} value={day} onChange={(event) => setDay(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Enter") add(); }} />
          <ActionIcon variant="default" size={36} aria-label="Add the holiday" disabled={!day} onClick={add}><Plus size={15} /></ActionIcon>
        </Group>
      </Stack>
    </Input.Wrapper>
  );
}
