/** Fields for single values: texts, numbers, switches, choices, times. */

import { Checkbox, Group, Input, NumberInput, PasswordInput, Select, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useState, type ChangeEvent, type ReactNode } from "react";

import type { Json } from "../../graph/document";
import { parseDuration, UNITS } from "../../graph/duration";
import { asSchema } from "../../graph/manifest";
import { emptied, shownText, textOf } from "../fields";
import { mayBeEmpty, optionOf, type FieldProps } from "../form";
import { FilledField, isFilled } from "./filled";
import { placeholderOf, useShell } from "./shell";

/** A text as its input shows it, and what typing makes of it. */
function textInput({ part, value, onChange }: FieldProps) {
  return {
    value: shownText(part, value),
    placeholder: placeholderOf(part),
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => onChange(event.currentTarget.value || emptied(part)),
  };
}

export function TextField(props: FieldProps) {
  return <TextInput {...useShell(props)} {...textInput(props)} />;
}

export function UrlField(props: FieldProps) {
  const input = textInput(props);
  return <TextInput {...useShell(props)} {...input} type="text" inputMode="url" placeholder={input.placeholder || "https://"} spellCheck={false} />;
}

export function LongTextField(props: FieldProps) {
  const rows = optionOf(props.part, "rows");
  return <Textarea {...useShell(props)} {...textInput(props)} autosize minRows={typeof rows === "number" ? rows : 3} maxRows={16} />;
}

/** The name of a secret: its value is never seen here. */
export function SecretField(props: FieldProps) {
  const { value, onChange } = props;
  const shell = useShell(props);
  const name = textOf(value);
  const variable = name ? `WEND_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}` : "";
  return (
    <TextInput
      {...shell}
      description={<>{shell.description} {variable && <>Workers read it from <code>{variable}</code>.</>}</>}
      value={name}
      placeholder="The secret's name, not the secret"
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}

export function PasswordField(props: FieldProps) {
  return <PasswordInput {...useShell(props)} autoComplete="new-password" value={textOf(props.value)} onChange={(event) => props.onChange(event.currentTarget.value || undefined)} />;
}

export function NumberField(props: FieldProps) {
  const { part, value, onChange } = props;
  const least = part["minimum"];
  const most = part["maximum"];
  return (
    <NumberInput
      {...useShell(props)}
      value={typeof value === "number" ? value : ""}
      placeholder={placeholderOf(part)}
      allowDecimal={part["type"] !== "integer"}
      {...(typeof least === "number" ? { min: least } : {})}
      {...(typeof most === "number" ? { max: most } : {})}
      clampBehavior="none"
      onChange={(next) => onChange(typeof next === "number" ? next : next === "" || Number.isNaN(Number(next)) ? undefined : Number(next))}
    />
  );
}

export function SwitchField(props: FieldProps) {
  const { part, value, onChange } = props;
  const { withAsterisk: _, ...shell } = useShell(props);
  return <Switch {...shell} checked={(value ?? part["default"]) === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
}

/** One of a few values, by their labels. */
export function SelectField(props: FieldProps) {
  const { part, value, required, onChange } = props;
  const shell = useShell(props);
  const labels = asSchema(optionOf(part, "labels"));
  const values = Array.isArray(part["enum"]) ? (part["enum"] as Json[]) : [];
  const said = (one: Json): string => textOf(labels[keyOf(one)]) || (typeof one === "string" ? one.replaceAll("_", " ") : JSON.stringify(one));
  if (values.length === 0) return <TextField {...props} />;
  const now = value ?? part["default"];
  const data = values.filter((one) => one !== null).map((one) => ({ value: JSON.stringify(one), label: said(one) }));
  const stray = now !== undefined && now !== null && !data.some((one) => one.value === JSON.stringify(now));
  return (
    <Select
      {...shell}
      data={stray ? [...data, { value: JSON.stringify(now), label: `${keyOf(now as Json)} (no longer offered)` }] : data}
      value={now === undefined || now === null ? null : JSON.stringify(now)}
      allowDeselect={false}
      clearable={mayBeEmpty(part, required) && (part["default"] ?? null) === null}
      onChange={(next) => onChange(next === null ? undefined : (JSON.parse(next) as Json))}
    />
  );
}

function keyOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A value that is always the same is only shown. */
export function ConstField({ label, part }: FieldProps) {
  return <Text size="sm" c="dimmed">{label}: {JSON.stringify(part["const"])}</Text>;
}

/** A number and a unit: "2 days". What cannot be read is shown as it stands. */
export function DurationField(props: FieldProps) {
  const { value, onChange } = props;
  const shell = useShell(props);
  return (
    <Input.Wrapper label={shell.label} description={shell.description} error={shell.error} withAsterisk={shell.withAsterisk}>
      <DurationInput label={props.label} value={textOf(value)} clearable={props.part["nullable"] === true} onBlur={shell.onBlur} onChange={onChange} />
    </Input.Wrapper>
  );
}

interface DurationInputProps {
  readonly size?: "xs" | "sm";
  readonly label: string;
  readonly value: string;
  readonly clearable?: boolean;
  readonly onBlur?: () => void;
  readonly onChange: (value: string | undefined) => void;
}

export function DurationInput({ label, value, clearable, onBlur, onChange, size = "sm" }: DurationInputProps) {
  const read = parseDuration(value);
  const [chosen, setChosen] = useState<string>();
  const unit = read?.unit ?? chosen ?? "day";
  const say = (amount: number, of: string): string => `${String(amount)} ${of}${amount === 1 ? "" : "s"}`;
  return (
    <Group gap={6} wrap="nowrap" mt={size === "xs" ? 0 : 4}>
      <NumberInput
        aria-label={`${label}: number`}
        size={size}
        w={size === "xs" ? 64 : 90}
        min={0}
        allowDecimal={false}
        allowNegative={false}
        clampBehavior="none"
        value={read?.amount ?? ""}
        placeholder={value && !read ? value : "–"}
        onBlur={onBlur}
        onChange={(next) => onChange(next === "" ? undefined : say(Number(next), unit))}
      />
      <Select
        aria-label={`${label}: unit`}
        size={size}
        style={{ flex: 1 }}
        allowDeselect={false}
        data={UNITS.map((one) => ({ value: one, label: read?.amount === 1 ? one : `${one}s` }))}
        value={unit}
        onBlur={onBlur}
        onChange={(next) => {
          if (next === null) return;
          setChosen(next);
          if (read) onChange(say(read.amount, next));
        }}
      />
      {clearable && value && <Input.ClearButton aria-label={`${label}: empty it`} onClick={() => onChange(undefined)} />}
    </Group>
  );
}

/** A value of any plain kind: the field shows what it is, so that 5 and "5" are told apart. Its text may be a template. */
export function ValueField(props: FieldProps) {
  const shell = useShell(props, true);
  const around = (input: ReactNode): ReactNode => (
    <Input.Wrapper label={shell.label} description={shell.description} error={shell.error} withAsterisk={shell.withAsterisk}>{input}</Input.Wrapper>
  );
  const given = { label: props.label, value: props.value, onChange: props.onChange, onBlur: shell.onBlur };
  return isFilled(props.part) ? <ValueInput {...given} text={<FilledField {...props} />} around={around} /> : around(<ValueInput {...given} />);
}

type ValueKind = "text" | "number" | "yes_no" | "list";

interface ValueInputProps {
  readonly size?: "xs" | "sm";
  readonly label: string;
  readonly value: unknown;
  readonly onChange: (value: Json | undefined) => void;
  readonly onBlur?: () => void;
  /** The field for a text, where it is no plain one. */
  readonly text?: ReactNode;
  /** What stands around the fields for the other kinds then. */
  readonly around?: (input: ReactNode) => ReactNode;
}

export function ValueInput({ label, value, onChange, onBlur, size = "sm", text, around = (input) => input }: ValueInputProps) {
  const [chosen, setChosen] = useState<ValueKind>();
  const kind = valueKind(value) ?? chosen ?? "text";
  const choose = (next: string | null): void => {
    if (next === null) return;
    setChosen(next as ValueKind);
    onChange(asKind(value, next as ValueKind));
  };
  const narrow = size === "xs" || text !== undefined;
  return (
    <Group mt={narrow ? 0 : 4} gap={narrow ? 4 : 6} wrap={narrow ? "wrap" : "nowrap"} align="flex-start">
      <div style={{ flex: narrow ? "1 1 100%" : 1, minWidth: 0 }}>
        {kind === "text" && text}
        {(kind !== "text" || text === undefined) && around(<KindInput kind={kind} size={size} label={label} value={value} onChange={onChange} onBlur={onBlur} />)}
      </div>
      <Select
        aria-label={`${label}: kind of value`}
        size={narrow ? "xs" : size}
        w={104}
        allowDeselect={false}
        data={[{ value: "text", label: "Text" }, { value: "number", label: "Number" }, { value: "yes_no", label: "Yes / no" }, { value: "list", label: "List" }]}
        value={kind}
        onChange={choose}
      />
    </Group>
  );
}

interface KindInputProps extends Pick<ValueInputProps, "label" | "value" | "onChange"> {
  readonly kind: ValueKind;
  readonly size: "xs" | "sm";
  readonly onBlur: (() => void) | undefined;
}

function KindInput({ kind, size, label, value, onChange, onBlur }: KindInputProps) {
  return (
    <>
      {kind === "text" && <TextInput size={size} aria-label={label} value={textOf(value)} onBlur={onBlur} onChange={(event) => onChange(event.currentTarget.value || undefined)} />}
      {kind === "number" && <NumberInput size={size} aria-label={label} value={typeof value === "number" ? value : ""} onBlur={onBlur} onChange={(next) => onChange(typeof next === "number" ? next : undefined)} />}
      {kind === "yes_no" && <Checkbox mt={8} aria-label={label} label={value === true ? "yes" : "no"} checked={value === true} onBlur={onBlur} onChange={(event) => onChange(event.currentTarget.checked)} />}
      {kind === "list" && <ListInput label={label} value={Array.isArray(value) ? (value as Json[]) : []} onBlur={onBlur} onChange={onChange} />}
    </>
  );
}

/** Values one a line; numbers stay numbers. */
function ListInput({ label, value, onChange, onBlur }: { readonly label: string; readonly value: readonly Json[]; readonly onChange: (value: Json | undefined) => void; readonly onBlur?: (() => void) | undefined }) {
  const [typed, setTyped] = useState<string>();
  return (
    <Textarea
      aria-label={`${label}, one a line`}
      autosize
      minRows={2}
      value={typed ?? value.map(String).join("\n")}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        const lines = event.currentTarget.value.split("\n").map((line) => line.trim()).filter(Boolean);
        onChange(lines.length ? lines.map(plainOf) : undefined);
      }}
      onBlur={() => {
        setTyped(undefined);
        onBlur?.();
      }}
    />
  );
}

/** A number where the text is the number's one spelling, else the text. */
export function plainOf(text: string): Json {
  return text.trim() !== "" && String(Number(text)) === text.trim() ? Number(text) : text;
}

export function valueKind(value: unknown): ValueKind | undefined {
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "yes_no";
  return Array.isArray(value) ? "list" : undefined;
}

/** The value as another kind, as far as it can be read so. */
export function asKind(value: unknown, kind: ValueKind): Json | undefined {
  const text = typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  if (kind === "text") return text || undefined;
  if (kind === "number") return text.trim() !== "" && !Number.isNaN(Number(text)) ? Number(text) : undefined;
  if (kind === "yes_no") return value === true || text === "true";
  return text ? [plainOf(text)] : undefined;
}
