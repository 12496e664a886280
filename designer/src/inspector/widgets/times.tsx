/** Fields for times of day: one, the days of a week, and the window that they make together. */

import { Chip, Group, Input, Text, TextInput } from "@mantine/core";
import { useId } from "react";

import type { Json } from "../../graph/document";
import { textOf, type FieldPart } from "../fields";
import type { FieldProps } from "../form";
import { DAYS, DAYS_IN_FULL, padded, partsOfWindow, windowWords } from "../windows";
import { useShell } from "./shell";

export function TimeField(props: FieldProps) {
  const { part, value, onChange } = props;
  return (
    <TextInput
      {...useShell(props)}
      type="time"
      value={padded(textOf(value ?? part["default"]))}
      onChange={(event) => onChange(event.currentTarget.value.slice(0, 5) || undefined)}
    />
  );
}

export function WeekdaysField(props: FieldProps) {
  const { value, onChange } = props;
  const shell = useShell(props, true);
  const id = useId();
  const chosen = Array.isArray(value) ? (value as unknown[]).map(String) : [];
  return (
    <Input.Wrapper label={shell.label} description={shell.description} error={shell.error} labelElement="div" id={id}>
      <Chip.Group multiple value={chosen} onChange={(days) => onChange(days.length ? days.map(Number).sort((a, b) => a - b) : undefined)}>
        <Group gap={4} mt={4} role="group" aria-label={props.label}>
          {DAYS.map((day, at) => <Chip key={day} value={String(at)} size="xs" aria-label={DAYS_IN_FULL[at] ?? day} onBlur={shell.onBlur}>{day}</Chip>)}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  );
}

/** When it opens and closes and on which days, as one thing, with what that means in words. */
export function WindowField({ beside, onBeside, values, ...props }: FieldProps & WindowParts) {
  const { closes, weekdays } = partsOfWindow(props.part, beside);
  const given = (one: FieldPart | undefined): unknown => (one === undefined ? undefined : values[one.key] ?? one.part["default"]);
  const days = given(weekdays);
  const id = useId();
  const field = (one: FieldPart): FieldProps => ({
    part: one.part, path: props.path.replace(/[^.]+$/, one.key), label: one.title, help: one.help, required: one.required,
    value: values[one.key], onChange: (next) => onBeside(one.key, next),
  });
  return (
    <div role="group" aria-labelledby={`${id}-label`} aria-describedby={`${id}-words`}>
      <Input.Label id={`${id}-label`} labelElement="div">Time window</Input.Label>
      <Text id={`${id}-words`} size="xs" c="dimmed" aria-live="polite">
        {windowWords(textOf(props.value ?? props.part["default"]), textOf(given(closes)), Array.isArray(days) ? days.map(Number) : [])}
      </Text>
      <Group gap="xs" grow align="flex-end" mt={4}>
        <TimeField {...props} />
        {closes && <div data-field={field(closes).path}><TimeField {...field(closes)} /></div>}
      </Group>
      {weekdays && <div data-field={field(weekdays).path} style={{ marginTop: 8 }}><WeekdaysField {...field(weekdays)} /></div>}
    </div>
  );
}

interface WindowParts {
  /** The fields of the same object, among which are those of the window. */
  readonly beside: readonly FieldPart[];
  readonly values: Readonly<Record<string, unknown>>;
  readonly onBeside: (key: string, value: Json | undefined) => void;
}
