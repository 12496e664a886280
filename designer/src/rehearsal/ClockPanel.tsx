/** The virtual clock: the date and time where the contact lives, and ways to move it. */

import { ActionIcon, Button, Group, Menu, Popover, Text, TextInput, Tooltip } from "@mantine/core";
import { CalendarDays, ChevronDown, FastForward, RotateCcw, SkipForward, Undo2 } from "lucide-react";
import { useState } from "react";

import { instantOf, wallTime } from "../inspector/moments";
import { dateOf, lasting, timeOf } from "./clock";
import { add, restart, takeBack, type Rehearsal, type Script } from "./script";

interface ClockPanelProps {
  readonly script: Script;
  readonly change: (make: (script: Script) => Script) => void;
  readonly answer: Rehearsal;
  readonly busy: boolean;
}

const STEPS = ["1 hour", "1 day", "1 week"] as const;

export function ClockPanel({ script, change, answer, busy }: ClockPanelProps) {
  const zone = answer.contact.timezone;
  const { now, next_at: next, result } = answer;
  const over = result !== null;
  const since = lasting(answer.began_at, now);
  const last = script.gestures.at(-1);
  return (
    <section className="try-clock" aria-label="The clock" aria-busy={busy}>
      <div className="try-time" role="status">
        <span className="try-hour">{timeOf(now, zone)}</span>
        <span className="try-date">
          <b>{dateOf(now, zone)}</b>
          <Text size="xs" c="dimmed" span>{zone}{since && `, ${since} after it entered`}</Text>
        </span>
      </div>
      <Group gap={5} mt={8}>
        <Button size="compact-sm" leftSection={<SkipForward size={15} />} disabled={over || next === null} onClick={() => change((one) => add(one, "Time passes to the next thing", { do: "skip" }))}>
          {next === null ? "Nothing is due" : `Skip ${lasting(now, next) || "on"}`}
        </Button>
        <Menu position="bottom-start" withinPortal>
          <Menu.Target><Button size="compact-sm" variant="default" rightSection={<ChevronDown size={14} />}>Pass time</Button></Menu.Target>
          <Menu.Dropdown>
            {STEPS.map((step) => <Menu.Item key={step} onClick={() => change((one) => add(one, `${step} passes`, { do: "pass", duration: step }))}>{step}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
        <ToDate now={now} zone={zone} go={(until) => change((one) => add(one, `Time passes to ${dateOf(until, zone)}, ${timeOf(until, zone)}`, { do: "pass", until }))} />
        <Tooltip label="Run to the end: nothing more is done, time passes">
          <ActionIcon variant="default" size={26} aria-label="Run to the end" disabled={over || next === null} onClick={() => change((one) => add(one, "Nothing more is done: to the end", { do: "finish" }))}><FastForward size={15} /></ActionIcon>
        </Tooltip>
        <Group gap={5} wrap="nowrap" ml="auto">
        <Tooltip label={last ? `Take back: ${last.words}` : "Nothing to take back"}>
          <ActionIcon variant="default" size={26} aria-label={last ? `Take back: ${last.words}` : "Nothing to take back"} disabled={!last} onClick={() => change(takeBack)}><Undo2 size={15} /></ActionIcon>
        </Tooltip>
        <Tooltip label="Start again">
          <ActionIcon variant="default" size={26} aria-label="Start again" disabled={!last} onClick={() => change((one) => restart(one, {}))}><RotateCcw size={15} /></ActionIcon>
        </Tooltip>
        </Group>
      </Group>
    </section>
  );
}

interface ToDateProps {
  readonly now: string;
  readonly zone: string;
  readonly go: (until: string) => void;
}

function ToDate({ now, zone, go }: ToDateProps) {
  const [open, setOpen] = useState(false);
  const [wall, setWall] = useState("");
  const until = instantOf(wall, zone);
  const late = until !== undefined && Date.parse(until) >= Date.parse(now);
  const ready = wall !== "" && late;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withArrow trapFocus withinPortal>
      <Popover.Target>
        <Tooltip label="Go to a date">
          <ActionIcon variant="default" size={26} aria-label="Go to a date" onClick={() => { setWall(wallTime(now, zone)); setOpen(!open); }}><CalendarDays size={15} /></ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={(event) => { event.preventDefault(); if (ready) { go(until); setOpen(false); } }}>
          <TextInput type="datetime-local" label={`Date and time (${zone})`} size="xs" value={wall} min={wallTime(now, zone)} onChange={(event) => setWall(event.currentTarget.value)} error={wall !== "" && !late && "The clock runs forward only. Choose a later time, or take something back."} data-autofocus />
          <Button type="submit" size="xs" mt="xs" fullWidth disabled={!ready}>Go there</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
