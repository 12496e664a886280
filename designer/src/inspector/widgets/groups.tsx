/** Fields that hold other fields: objects, lists, maps, unions; and raw JSON for what no field is made for. */

import { ActionIcon, Button, Group, Input, Paper, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { ArrowDown, ArrowUp, GripVertical, Plus, X } from "lucide-react";
import { useMemo, useRef, useState } from "react";

import { isObject, sameJson, type Json } from "../../graph/document";
import { asSchema, resolved, type Schema } from "../../graph/manifest";
import { beginning, kindOf, movedItem, switched, tagOf, variantAt, variantsOf, withField } from "../fields";
import { FormContext, joined, useForm, type FieldProps } from "../form";
import { Field, Fields } from "../SchemaForm";
import { KNOWN } from "./index";
import { useShell } from "./shell";

export function ObjectField(props: FieldProps) {
  const { part, path, value, onChange } = props;
  const { root } = useForm();
  const shell = useShell(props);
  return (
    <Input.Wrapper label={shell.label} description={shell.description} error={shell.error} labelElement="div" withAsterisk={shell.withAsterisk}>
      <Paper withBorder p="xs" mt={4} role="group" aria-label={props.label}>
        <Fields part={part} root={root} value={value} path={path} onField={(key, inner) => onChange(withField(value, key, inner))} />
      </Paper>
    </Input.Wrapper>
  );
}

/** Entries that are added, removed, and put in order by mouse or keyboard. */
export function ListField(props: FieldProps) {
  const { part, path, value, onChange, label } = props;
  const { root, left } = useForm();
  const shell = useShell(props);
  const items = Array.isArray(value) ? (value as Json[]) : ((part["default"] as Json[] | undefined) ?? []);
  const inner = resolved(asSchema(part["items"]), root);
  const most = typeof part["maxItems"] === "number" ? part["maxItems"] : Infinity;
  const [dragged, setDragged] = useState<number>();
  const list = useRef<HTMLDivElement>(null);
  const put = (next: Json[]): void => {
    left();
    onChange(next);
    left();
  };
  const add = (): void => {
    put([...items, freshItem(inner, root, items)]);
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-field="${joined(path, items.length)}"] input`)?.focus());
  };
  const move = (from: number, to: number): void => {
    put(movedItem(items, from, to));
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>("[data-handle]")[to]?.focus());
  };
  return (
    <Input.Wrapper label={shell.label} description={shell.description} error={shell.error} labelElement="div" withAsterisk={shell.withAsterisk}>
      <Stack gap={6} mt={4} ref={list} role="list" aria-label={label}>
        {items.map((item, at) => (
          <Paper
            key={at}
            withBorder
            p={6}
            role="listitem"
            data-field={joined(path, at)}
            onDragOver={(event) => { if (dragged !== undefined) event.preventDefault(); }}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== undefined) move(dragged, at);
              setDragged(undefined);
            }}
            style={dragged === at ? { opacity: 0.5 } : {}}
          >
            <Group gap={4} wrap="nowrap" align="flex-start">
              <ActionIcon
                data-handle
                variant="subtle"
                color="gray"
                size="sm"
                mt={4}
                draggable
                aria-label={`${label} ${String(at + 1)}: move. Arrow up and down put it elsewhere.`}
                style={{ cursor: "grab" }}
                onDragStart={() => setDragged(at)}
                onDragEnd={() => setDragged(undefined)}
                onKeyDown={(event) => {
                  const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
                  if (by === 0 || at + by < 0 || at + by >= items.length) return;
                  event.preventDefault();
                  event.stopPropagation();
                  move(at, at + by);
                }}
              >
                <GripVertical size={14} />
              </ActionIcon>
              <div style={{ flex: 1, minWidth: 0 }}>
                <Item quiet={at > 0} part={inner} path={joined(path, at)} label={`${label} ${String(at + 1)}`} value={item} onChange={(next) => onChange(items.map((one, place) => (place === at ? (next === undefined ? blankOf(inner) : next) : one)))} />
              </div>
              <Stack gap={0}>
                <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Remove ${label} ${String(at + 1)}`} onClick={() => put(items.filter((_, place) => place !== at))}><X size={14} /></ActionIcon>
                {items.length > 1 && <ActionIcon variant="subtle" color="gray" size="sm" disabled={at === 0} aria-label={`${label} ${String(at + 1)}: up`} onClick={() => move(at, at - 1)}><ArrowUp size={14} /></ActionIcon>}
                {items.length > 1 && <ActionIcon variant="subtle" color="gray" size="sm" disabled={at === items.length - 1} aria-label={`${label} ${String(at + 1)}: down`} onClick={() => move(at, at + 1)}><ArrowDown size={14} /></ActionIcon>}
              </Stack>
            </Group>
          </Paper>
        ))}
        <Button variant="light" size="compact-sm" leftSection={<Plus size={14} />} disabled={items.length >= most} onClick={add} style={{ alignSelf: "flex-start" }}>
          Add to {label.toLowerCase()}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}

function Item({ quiet, ...props }: Omit<FieldProps, "help" | "required"> & { readonly quiet: boolean }) {
  const form = useForm();
  const { root } = form;
  const quieter = useMemo(() => ({ ...form, quiet }), [form, quiet]);
  return (
    <FormContext value={quieter}>
      {kindOf(props.part, KNOWN) === "object"
        ? <Fields part={props.part} root={root} value={props.value} path={props.path} onField={(key, inner) => props.onChange(withField(props.value, key, inner))} />
        : <Field {...props} help="" required />}
    </FormContext>
  );
}

/** What an entry holds in which nothing is filled in. */
function blankOf(inner: Schema): Json {
  return inner["type"] === "string" ? "" : inner["type"] === "object" ? {} : null;
}

/** What a new entry begins with; a port gets a name that no other has. */
function freshItem(inner: Schema, root: Schema, items: readonly Json[]): Json {
  const begun = beginning(inner, root) ?? blankOf(inner);
  if (!isObject(begun) || !isObject(inner["properties"]) || !("port" in inner["properties"])) return begun;
  const taken = new Set(items.flatMap((one) => (isObject(one) && typeof one["port"] === "string" ? [one["port"]] : [])));
  let number = items.length + 1;
  while (taken.has(`way_${String(number)}`)) number += 1;
  return { ...(begun as Record<string, Json>), port: `way_${String(number)}` };
}

/** Names and what belongs to each. */
export function MapField(props: FieldProps) {
  const { part, path, value, onChange, label } = props;
  const { root, left } = useForm();
  const shell = useShell(props);
  const inner = resolved(asSchema(part["additionalProperties"]), root);
  const entries = Object.entries(isObject(value) ? (value as Record<string, Json>) : {});
  const put = (next: readonly (readonly [string, Json])[]): void => onChange(next.length ? Object.fromEntries(next) : undefined);
  const add = (): void => {
    let number = entries.length + 1;
    while (entries.some(([key]) => key === `name_${String(number)}`)) number += 1;
    left();
    put([...entries, [`name_${String(number)}`, ""]]);
  };
  return (
    <Input.Wrapper label={shell.label} description={shell.description} error={shell.error} labelElement="div" withAsterisk={shell.withAsterisk}>
      <Stack gap={6} mt={4} role="list" aria-label={label}>
        {entries.map(([key, item], at) => (
          <Paper key={at} withBorder p={6} role="listitem">
            <Group gap={4} wrap="nowrap" align="flex-start">
              <Stack gap={4} style={{ flex: 1, minWidth: 0 }}>
                <KeyInput
                  label={`${label}: name ${String(at + 1)}`}
                  name={key}
                  taken={entries.map(([one]) => one)}
                  onRename={(next) => put(entries.map(([one, what], place) => [place === at ? next : one, what] as const))}
                />
                <Field part={inner} path={joined(path, key)} label={`Value of ${key}`} help="" required={false} value={item} onChange={(next) => put(entries.map(([one, what], place) => [one, place === at ? (next ?? "") : what] as const))} />
              </Stack>
              <ActionIcon variant="subtle" color="gray" size="sm" mt={6} aria-label={`Remove ${key}`} onClick={() => put(entries.filter((_, place) => place !== at))}><X size={14} /></ActionIcon>
            </Group>
          </Paper>
        ))}
        <Button variant="light" size="compact-sm" leftSection={<Plus size={14} />} onClick={add} style={{ alignSelf: "flex-start" }}>Add to {label.toLowerCase()}</Button>
      </Stack>
    </Input.Wrapper>
  );
}

interface KeyInputProps {
  readonly label: string;
  readonly name: string;
  readonly taken: readonly string[];
  readonly onRename: (name: string) => void;
}

/** A name is changed when the field is left: on the way to "city" it is not "c", which another entry may have. */
function KeyInput({ label, name, taken, onRename }: KeyInputProps) {
  const [typed, setTyped] = useState<string>();
  const wanted = typed?.trim() ?? name;
  const clash = wanted !== name && taken.includes(wanted);
  return (
    <TextInput
      aria-label={label}
      value={typed ?? name}
      error={clash ? `"${wanted}" is there already. Use another name.` : undefined}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => {
        if (wanted && !clash && wanted !== name) onRename(wanted);
        setTyped(undefined);
      }}
      onKeyDown={(event) => { if (event.key === "Enter") event.currentTarget.blur(); }}
    />
  );
}

/** One of several kinds of thing: which one, and then its fields. */
export function UnionField(props: FieldProps) {
  const { part, path, value, required, onChange, label } = props;
  const { root, left } = useForm();
  const shell = useShell(props);
  const variants = variantsOf(part, root);
  const at = variantAt(part, root, value ?? part["default"]);
  const variant = variants[at];
  const choose = (next: string | null): void => {
    const chosen = next === null ? undefined : variants[Number(next)];
    left();
    onChange(chosen && switched(part, root, chosen, value));
    left();
  };
  return (
    <Input.Wrapper label={shell.label} description={shell.description} error={shell.error} labelElement="div" withAsterisk={shell.withAsterisk}>
      <Stack gap={6} mt={4}>
        <Select
          aria-label={`${label}: kind`}
          placeholder="Choose a kind"
          data={variants.map((one, place) => ({ value: String(place), label: one.label }))}
          value={at < 0 ? null : String(at)}
          allowDeselect={false}
          clearable={!required || part["nullable"] === true}
          onChange={choose}
        />
        {variant && (isObject(variant.part["properties"])
          ? <Paper withBorder p="xs"><Fields part={variant.part} root={root} value={value} path={path} without={tagOf(part)} onField={(key, inner) => onChange(withField(value, key, inner))} /></Paper>
          : <Field {...props} part={variant.part} label={variant.label} help="" />)}
      </Stack>
    </Input.Wrapper>
  );
}

/** What no field is made for, as JSON. It is taken over as soon as it can be read. */
export function JsonField(props: FieldProps) {
  const { value, onChange } = props;
  const shell = useShell(props, true);
  const [typed, setTyped] = useState<string>();
  const wrong = typed === undefined ? undefined : unreadable(typed);
  return (
    <Textarea
      {...shell}
      error={wrong ?? shell.error}
      autosize
      minRows={2}
      maxRows={20}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
      value={typed ?? (value === undefined ? "" : JSON.stringify(value, null, 2))}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        if (text.trim() === "") onChange(undefined);
        else if (unreadable(text) === undefined && !sameJson(JSON.parse(text), value)) onChange(JSON.parse(text) as Json);
      }}
      onBlur={() => {
        if (wrong === undefined) setTyped(undefined);
        shell.onBlur();
      }}
    />
  );
}

function unreadable(text: string): string | undefined {
  if (text.trim() === "") return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return "This is no JSON yet. Texts stand in double quotes; close every bracket.";
  }
}

export function UnknownHint({ type }: { readonly type: string }) {
  return <Text size="sm">The type “{type}” is not in the catalog here, so its config is shown as it stands. Start the worker that brings it, or change the node.</Text>;
}
