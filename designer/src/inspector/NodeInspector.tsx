/** The one selected node: its name, its form, its note, its help, where its ways out lead, and its version. */

import { ActionIcon, Anchor, Badge, Box, Button, Collapse, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { CircleHelp, MoveRight } from "lucide-react";
import { createElement, useCallback, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";

import { iconOf } from "../canvas/icons";
import { useEditorRoom } from "../editor/room";
import * as commands from "../graph/commands";
import { edgesFrom, edgesInto, type FlowNode, type Json } from "../graph/document";
import type { Manifest } from "../graph/manifest";
import { edit } from "../graph/patch";
import { labelOf, portsOfNode, strayPorts } from "../graph/ports";
import { nearby, useFaults } from "../problems/faults";
import { repairOf, repairWords } from "../problems/repair";
import "../problems/problems.css";
import { JsonField, UnknownHint } from "./widgets/groups";
import { SchemaForm } from "./SchemaForm";
import { useSteady } from "./steady";

export function NodeInspector({ id }: { readonly id: string }) {
  const { editor, session } = useEditorRoom();
  const node = useStore(editor, (state) => state.history.document.nodes[id]);
  const catalog = useStore(editor, (state) => state.catalog);
  const focus = useStore(session, (state) => state.focus);
  const box = useRef<HTMLDivElement>(null);
  useSteady(box);
  useEffect(() => {
    if (focus?.node !== id || focus.field !== undefined || !box.current) return;
    box.current.querySelector<HTMLElement>("input, textarea, [role=textbox]")?.focus();
    session.setState({ focus: undefined });
  }, [focus, id, session]);
  if (!node) return null;
  const manifest = catalog.get(node.type, node.version);
  return (
    <Stack gap="md" p="md" key={id} ref={box}>
      <Head id={id} node={node} manifest={manifest} />
      <Faults id={id} />
      <ConfigForm id={id} node={node} manifest={manifest} />
      <NoteField id={id} note={node.note ?? ""} />
      <Ways id={id} />
      <Version id={id} node={node} newest={catalog.newest().find((one) => one.key === node.type)} />
    </Stack>
  );
}

interface PartProps {
  readonly id: string;
  readonly node: FlowNode;
  readonly manifest: Manifest | undefined;
}

function Head({ id, node, manifest }: PartProps) {
  const { editor } = useEditorRoom();
  const [helping, setHelping] = useState(false);
  const kind = manifest?.label ?? node.type;
  const rename = (name: string): void => {
    const { history, type } = editor.getState();
    type(`Rename ${kind}`, commands.rename(history.document, id, name));
  };
  return (
    <Box>
      <Group gap={8} wrap="nowrap" align="center" mb={6}>
        <Box c={manifest?.colour ?? "dimmed"} style={{ display: "flex" }} aria-hidden>{createElement(iconOf(manifest?.icon ?? "box", manifest?.family ?? "act"), { size: 18 })}</Box>
        <Text size="sm" c="dimmed" style={{ flex: 1 }}>{kind}</Text>
        {manifest?.help && (
          <ActionIcon variant={helping ? "light" : "subtle"} color="gray" aria-label={`About ${kind}`} title="What this node does" aria-expanded={helping} onClick={() => setHelping(!helping)}>
            <CircleHelp size={17} />
          </ActionIcon>
        )}
      </Group>
      <NameInput name={node.name ?? ""} kind={kind} onName={rename} onLeave={() => editor.getState().endTyping()} />
      {manifest?.help && (
        <Collapse expanded={helping}>
          <Text size="sm" mt={8} p="xs" bg="var(--mantine-color-default-hover)" style={{ borderRadius: 6, whiteSpace: "pre-line" }}>{manifest.help}</Text>
        </Collapse>
      )}
    </Box>
  );
}

interface NameInputProps {
  readonly name: string;
  readonly kind: string;
  readonly onName: (name: string) => void;
  readonly onLeave: () => void;
}

/** The space that is just being typed at the end is no part of the name yet, but stays in the field. */
function NameInput({ name, kind, onName, onLeave }: NameInputProps) {
  const [typed, setTyped] = useState<string>();
  return (
    <TextInput
      label="Name"
      placeholder={kind}
      value={typed?.trim() === name ? typed : name}
      maxLength={200}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onName(event.currentTarget.value);
      }}
      onBlur={() => {
        setTyped(undefined);
        onLeave();
      }}
    />
  );
}

/** What is wrong with the node as a whole; what is wrong with a field stands at the field. */
function Faults({ id }: { readonly id: string }) {
  const { editor } = useEditorRoom();
  const document = useStore(editor, (state) => state.history.document);
  const { whole } = useFaults(id);
  if (whole.length === 0) return null;
  return (
    <Stack gap={6} role="list" aria-label="Problems of this node" className={`problem problem-${whole.some((one) => one.severity === "error") ? "error" : "warning"}`}>
      {whole.map((one) => {
        const repair = repairOf(document, one);
        return (
          <Text key={one.code + one.message} size="xs" role="listitem">
            {nearby(one.message, id)} <Text span c="dimmed" inherit>{one.fix.text}</Text>
            {repair && <Button size="compact-xs" variant="light" ml={6} onClick={() => editor.getState().record(repairWords(one), repair)}>{repairWords(one)}</Button>}
          </Text>
        );
      })}
    </Stack>
  );
}

function ConfigForm({ id, node, manifest }: PartProps) {
  const { editor, session } = useEditorRoom();
  const box = useRef<HTMLDivElement>(null);
  const focus = useStore(session, (state) => state.focus);
  const faults = useFaults(id);
  const label = manifest?.label ?? node.type;

  useEffect(() => {
    if (focus?.node !== id || focus.field === undefined || !box.current) return;
    focusField(box.current, focus.field);
    session.setState({ focus: undefined });
  }, [focus, id, session]);

  const left = useCallback(() => editor.getState().endTyping(), [editor]);
  const set = useCallback((field: string, value: Json | undefined): void => {
    const { history, catalog, type } = editor.getState();
    type(`Change ${label}`, commands.setConfig(history.document, id, field, value, { catalog, random: Math.random }));
  }, [editor, id, label]);

  if (!manifest) return <RawConfig id={id} node={node} />;
  return (
    <div ref={box}>
      <SchemaForm schema={manifest.config_schema} value={node.config} onField={set} fault={faults.at} left={left} starts={manifest.family === "trigger"} />
    </div>
  );
}

function RawConfig({ id, node }: { readonly id: string; readonly node: FlowNode }) {
  const { editor } = useEditorRoom();
  const set = (value: Json | undefined): void => {
    const config = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
    const { history, type } = editor.getState();
    type("Change config", edit(history.document, (draft) => { draft.nodes[id] = { ...node, config }; }));
  };
  return (
    <Stack gap="xs">
      <UnknownHint type={node.type} />
      <JsonField part={{ type: "object" }} path="" label="Config" help="" required value={node.config} onChange={set} />
    </Stack>
  );
}

/** Scroll to the field at a place, or the nearest one above it, and put the caret there. */
export function focusField(box: HTMLElement, field: string): void {
  const steps = field.split(".");
  for (let length = steps.length; length > 0; length -= 1) {
    const found = box.querySelector<HTMLElement>(`[data-field="${CSS.escape(steps.slice(0, length).join("."))}"]`);
    if (!found) continue;
    found.scrollIntoView({ block: "center", behavior: "auto" });
    found.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select, button, [contenteditable=true]")?.focus({ preventScroll: true });
    return;
  }
}

function NoteField({ id, note }: { readonly id: string; readonly note: string }) {
  const { editor } = useEditorRoom();
  return (
    <Textarea
      label="Note"
      placeholder="What you want to remember about it"
      autosize
      minRows={1}
      maxRows={8}
      value={note}
      onBlur={() => editor.getState().endTyping()}
      onChange={(event) => {
        const { history, type } = editor.getState();
        type("Change note", commands.note(history.document, id, event.currentTarget.value));
      }}
    />
  );
}

/** The ways out and where each leads; a click goes there. */
function Ways({ id }: { readonly id: string }) {
  const { editor, session } = useEditorRoom();
  const document = useStore(editor, (state) => state.history.document);
  const catalog = useStore(editor, (state) => state.catalog);
  const leads = new Map(edgesFrom(document, id).map(([, edge]) => [edge.port, edge.to]));
  const from = [...new Set(edgesInto(document, id).map(([, edge]) => edge.from))];
  const ports = portsOfNode(document, catalog, id);
  const stray = strayPorts(document, catalog, id);
  const node = document.nodes[id];
  const listed = node !== undefined && catalog.get(node.type, node.version)?.ports_from != null;
  const go = (node: string) => () => session.setState({ nodes: new Set([node]), edges: new Set() });
  const named = (node: string): string => {
    const target = document.nodes[node];
    return target ? labelOf(target, catalog) : node;
  };
  return (
    <Box>
      <Text size="sm" fw={500} mb={4}>Ways out</Text>
      <Stack gap={3} role="list" aria-label="Ways out">
        {ports.map((port) => (
          <Group key={port.key} gap={6} wrap="nowrap" role="listitem" title={port.help}>
            <Text size="sm" style={{ flex: "0 1 auto" }} lineClamp={1}>{port.label}</Text>
            <MoveRight size={13} aria-label="leads to" style={{ flexShrink: 0, opacity: 0.6 }} />
            {leads.has(port.key)
              ? <Anchor component="button" type="button" size="sm" lineClamp={1} ta="left" onClick={go(leads.get(port.key) ?? "")}>{named(leads.get(port.key) ?? "")}</Anchor>
              : <Text size="sm" c={port.required ? "red" : "dimmed"}>{port.required ? "nowhere yet" : "the end of the journey"}</Text>}
          </Group>
        ))}
        {ports.length === 0 && <Text size="sm" c="dimmed">{listed ? "None yet: they are what you list above." : "None: the journey ends here."}</Text>}
        {stray.map((port) => <Text key={port} size="sm" c="red">{port} is no way out of this node any more; remove its connection.</Text>)}
      </Stack>
      {from.length > 0 && (
        <Text size="sm" c="dimmed" mt={8}>Comes from {from.map((node, at) => (
          <span key={node}>{at > 0 && ", "}<Anchor component="button" type="button" size="sm" onClick={go(node)}>{named(node)}</Anchor></span>
        ))}</Text>
      )}
    </Box>
  );
}

function Version({ id, node, newest }: { readonly id: string; readonly node: FlowNode; readonly newest: Manifest | undefined }) {
  const { editor } = useEditorRoom();
  const newer = newest !== undefined && newest.version > node.version;
  const upgrade = (): void => {
    const { history, record } = editor.getState();
    record(`Upgrade ${newest?.label ?? node.type}`, edit(history.document, (draft) => { draft.nodes[id] = { ...node, version: newest?.version ?? node.version }; }));
  };
  return (
    <Group gap={8}>
      <Badge variant="default" size="sm" tt="none" fw={400}>{node.type}, version {node.version}</Badge>
      {newer && <Button size="compact-xs" variant="light" onClick={upgrade}>Upgrade to version {newest.version}</Button>}
    </Group>
  );
}
