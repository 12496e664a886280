/** Fields that name something else: a node, a template, an account, a segment, an event, what a contact has. */

import { ActionIcon, Anchor, Group, Select, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Pencil, Plus } from "lucide-react";
import { useStore } from "zustand";

import { useEditorRoom } from "../../editor/room";
import { widgetOf } from "../../graph/manifest";
import { labelOf } from "../../graph/ports";
import { Suggest } from "../../lists/LongSelect";
import { SegmentSelect } from "../../lists/SegmentSelect";
import { addressOf } from "../../router";
import { emptied, shownText, textOf } from "../fields";
import { mayBeEmpty, optionOf, type FieldProps } from "../form";
import { openPart, useNewPart } from "../library/parts";
import { PartSelect } from "../library/PartSelect";
import { accountsQuery, segmentNamedQuery, segmentQuery, useVocabulary } from "../vocabulary";
import { placeholderOf, useShell } from "./shell";
import { spelledKey } from "./spelling";

interface SuggestedProps extends FieldProps {
  readonly words: readonly string[];
  readonly hint?: string;
}

/** Free text with the words that are known. */
function Suggested({ words, hint, ...props }: SuggestedProps) {
  return (
    <Suggest
      {...useShell(props)}
      words={words}
      value={shownText(props.part, props.value)}
      placeholder={placeholderOf(props.part) || (hint ?? "")}
      onChange={(next) => props.onChange(next || emptied(props.part))}
    />
  );
}

export function EventField(props: FieldProps) {
  return <Suggested {...props} words={useVocabulary().events.map((one) => one.name)} hint="e.g. Order Completed" />;
}

export function TagField(props: FieldProps) {
  return <Suggested {...props} words={useVocabulary().tags} hint="A tag" />;
}

export function AttributeField(props: FieldProps) {
  return <Suggested {...props} words={useVocabulary().attributes.map((one) => one.name)} hint="e.g. birthday" />;
}

/** A field as conditions name it: contact.city. */
export function FieldField(props: FieldProps) {
  const { columns, attributes } = useVocabulary();
  return <Suggested {...props} words={[...columns.map((one) => `contact.${one}`), ...attributes.map((one) => `contact.${spelledKey(one.name)}`)]} hint="e.g. contact.city" />;
}

export function ResultField(props: FieldProps) {
  const { editor } = useEditorRoom();
  const nodes = useStore(editor, (state) => state.history.document.nodes);
  const here = Object.values(nodes).flatMap((node) => (typeof node.config["result"] === "string" ? [node.config["result"]] : []));
  return <Suggested {...props} words={[...here, ...useVocabulary().results]} hint="e.g. converted" />;
}

/** The name of a way out: what people type becomes a key. */
export function PortField(props: FieldProps) {
  return (
    <TextInput
      {...useShell(props)}
      value={textOf(props.value)}
      placeholder={placeholderOf(props.part)}
      spellCheck={false}
      onChange={(event) => props.onChange(event.currentTarget.value.toLowerCase().replace(/[^a-z0-9_]/g, "_") || undefined)}
    />
  );
}

/** A node of this journey, by what it is called. An anchor may also be "here" or the entry. */
export function NodeField(props: FieldProps) {
  const { editor, session } = useEditorRoom();
  const nodes = useStore(editor, (state) => state.history.document.nodes);
  const catalog = useStore(editor, (state) => state.catalog);
  const selected = useStore(session, (state) => [...state.nodes][0]);
  const { part, value, required, onChange } = props;
  const shell = useShell(props);
  const anchor = widgetOf(part) === "anchor";
  const onlySenders = optionOf(part, "sends") === true;
  const known = Object.entries(nodes)
    .filter(([id, node]) => id !== selected && (!onlySenders || catalog.get(node.type, node.version)?.sends))
    .map(([id, node]) => ({ value: id, label: labelOf(node, catalog) }));
  const twice = new Set(known.map((one) => one.label).filter((label, at, all) => all.indexOf(label) !== at));
  const listed = known.map((one) => (twice.has(one.label) ? { ...one, label: `${one.label} (${one.value})` } : one)).sort((one, other) => one.label.localeCompare(other.label));
  const now = textOf(value ?? part["default"]);
  const fixed = anchor ? [{ value: "here", label: "Here, when the contact comes to this node" }, { value: "entry", label: "The entry into the journey" }] : [];
  const options = [...fixed, ...listed.filter((one) => !fixed.some((other) => other.value === one.value))];
  const stray = now && !options.some((one) => one.value === now) ? [{ value: now, label: `${now} (not in this journey)` }] : [];
  return (
    <Select
      {...shell}
      data={[...options, ...stray]}
      value={now || null}
      placeholder={listed.length > 0 || anchor ? "Choose a node" : onlySenders ? "No node sends a message yet" : "There is no other node yet"}
      searchable
      allowDeselect={false}
      clearable={mayBeEmpty(part, required) && !anchor}
      nothingFoundMessage="No node of that name"
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}

export function AccountField(props: FieldProps) {
  const { part, value, required, onChange } = props;
  const shell = useShell(props);
  const found = useQuery(accountsQuery).data ?? [];
  const channel = optionOf(part, "channel");
  const accounts = found.filter((one) => channel === undefined || one.channel === channel);
  const now = textOf(value ?? part["default"]);
  const data = accounts.map((one) => ({ value: one.name, label: one.stopped ? `${one.name} (stopped)` : one.broken ? `${one.name} (needs mending)` : one.name }));
  const stray = now && !data.some((one) => one.value === now) ? [{ value: now, label: accounts.length ? `${now} (unknown here)` : now }] : [];
  return <Select {...shell} data={[...data, ...stray]} value={now || null} allowDeselect={false} clearable={mayBeEmpty(part, required) && part["default"] === undefined} onChange={(next) => onChange(next ?? undefined)} />;
}

export function SegmentField(props: FieldProps) {
  const { value, required, part, onChange } = props;
  const shell = useShell(props);
  const now = textOf(value);
  const chosen = useQuery(segmentNamedQuery(now)).data;
  const count = useQuery({ ...segmentQuery(chosen?.id ?? ""), enabled: chosen != null }).data?.count;
  return (
    <div>
      <SegmentSelect {...shell} segment={now} clearable={mayBeEmpty(part, required)} onSegment={(next) => onChange(next || undefined)} />
      <Group justify="space-between" mt={2}>
        <Text size="xs" c="dimmed">{count === undefined || count === null ? "" : `${count.toLocaleString()} ${count === 1 ? "contact is" : "contacts are"} in it now`}</Text>
        <Anchor size="xs" href={addressOf({ page: "segments" })}>Make a segment</Anchor>
      </Group>
    </div>
  );
}

export function TemplateField(props: FieldProps) {
  const channel = textOf(optionOf(props.part, "channel"));
  const { editor } = useEditorRoom();
  const inline = useStore(editor, (state) => state.history.document.templates);
  const here = Object.entries(inline).filter(([, one]) => !channel || one.channel === channel).map(([name]) => name);
  return <PartField {...props} kind="template" channel={channel} here={here} inline={inline} />;
}

export function PromotionField(props: FieldProps) {
  const { editor } = useEditorRoom();
  const inline = useStore(editor, (state) => state.history.document.promotions);
  return <PartField {...props} kind="promotion" here={Object.keys(inline)} inline={inline} />;
}

interface PartFieldProps extends FieldProps {
  readonly kind: "template" | "promotion";
  readonly channel?: string;
  /** What of the journey's own fits. */
  readonly here: readonly string[];
  /** All of the journey's own: each hides one of the library with its name. */
  readonly inline: Readonly<Record<string, unknown>>;
}

/** A template or promotion of this journey or of the library: chosen, opened, or made here. */
function PartField({ kind, channel, here, inline, ...props }: PartFieldProps) {
  const { part, value, required, onChange } = props;
  const { session } = useEditorRoom();
  const make = useNewPart();
  const shell = useShell(props);
  const now = textOf(value);
  return (
    <PartSelect
      {...shell}
      kind={kind}
      {...(channel === undefined ? {} : { channel })}
      here={here}
      inline={inline}
      name={now}
      around={(input, known) => (
        <Group gap={4} wrap="nowrap">
          <div style={{ flex: 1, minWidth: 0 }}>{input}</div>
          {known && <ActionIcon variant="default" size={36} aria-label={`Edit the ${kind} ${now}`} title={`Edit the ${kind}`} onClick={() => openPart(session, kind, now)}><Pencil size={15} /></ActionIcon>}
          <ActionIcon variant="default" size={36} aria-label={`Make a new ${kind}`} title={`Make a new ${kind}`} onClick={() => make(kind, channel, onChange)}><Plus size={15} /></ActionIcon>
        </Group>
      )}
      clearable={mayBeEmpty(part, required)}
      onName={(next) => onChange(next || undefined)}
    />
  );
}
