/** What opens over the drawing: menus, lists to choose from, fields for a name or a note. One at a time. */

import { Button, Group, Menu, Modal, Textarea, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useStore } from "zustand";

import { around, drawn, nameOf, record, reveal, say, select } from "../canvas/actions";
import { useDesk, useUi, type Desk, type Over } from "../canvas/desk";
import { focusNode } from "../canvas/focus";
import * as commands from "../graph/commands";
import { edgeAt, mayConnect } from "../graph/legality";
import { labelOf, portsOfNode } from "../graph/ports";
import { search } from "../graph/search";
import { NodeIcon } from "../palette/NodeIcon";
import { QuickAdd } from "../palette/QuickAdd";
import { SearchList, type Choice } from "../palette/SearchList";
import { COMMANDS, command, mayRun } from "./commands/table";
import { Keys } from "./Keys";
import { KeysSheet } from "./KeysSheet";

export function Overlays() {
  const { ui } = useDesk();
  const over = useUi((state) => state.over);
  const close = (): void => ui.setState({ over: undefined });
  if (!over) return null;
  switch (over.kind) {
    case "add": return <QuickAdd />;
    case "menu": return <ContextMenu menu={over} close={close} />;
    case "connect": return <Panel title="Connect" close={close}><Connect key={over.port ?? ""} {...over} /></Panel>;
    case "words": return <Panel title={over.field === "name" ? "Rename" : "Note"} close={close}><Words node={over.node} field={over.field} close={close} /></Panel>;
    case "find": return <Panel title="Find a node" close={close}><Find close={close} /></Panel>;
    case "commands": return <Panel title="Commands" close={close}><Commands close={close} /></Panel>;
    case "keys": return <KeysSheet close={close} />;
  }
}

function Panel({ title, close, children }: { readonly title: string; readonly close: () => void; readonly children: ReactNode }) {
  return <Modal opened onClose={close} title={title} size="md" yOffset="8vh" closeButtonProps={{ "aria-label": "Close" }}>{children}</Modal>;
}

// ------------------------------------------------------------------------------------------------ menus

const MENUS: Readonly<Record<Extract<Over, { kind: "menu" }>["on"], readonly (readonly string[])[]>> = {
  node: [
    ["add", "add-before", "connect"], ["rename", "note"], ["cut", "copy", "duplicate"], ["select-before", "select-after"],
    ["align-left", "align-top", "distribute-x", "distribute-y", "tidy"], ["disconnect", "heal", "delete"],
  ],
  edge: [["add", "paste"], ["delete"]],
  branch: [["add", "connect"], ["delete"]],
  pane: [["add", "paste"], ["select-all", "tidy", "fit"], ["find", "commands", "keys"]],
};

function ContextMenu({ menu, close }: { readonly menu: Extract<Over, { kind: "menu" }>; readonly close: () => void }) {
  const desk = useDesk();
  const groups = MENUS[menu.on].map((ids) => ids.map(command).filter((one) => mayRun(desk, one))).filter((group) => group.length > 0);
  const run = (id: string): void => {
    close();
    if (id === "add" && menu.on === "pane") desk.ui.setState({ over: { kind: "add", place: { kind: "free", ...(menu.spot ? { at: menu.spot } : {}) }, at: menu.at } });
    else command(id).run(desk);
  };
  return (
    <Menu opened onClose={close} position="bottom-start" shadow="md" width={280} withinPortal middlewares={{ shift: { padding: 8 }, flip: true }}>
      <Menu.Target><button type="button" className="flow-anchor" aria-label="Here" tabIndex={-1} style={{ left: menu.at.x, top: menu.at.y }} /></Menu.Target>
      <Menu.Dropdown>
        {groups.map((group, at) => (
          <div key={group[0]?.id} role="none">
            {at > 0 && <Menu.Divider />}
            {group.map((one) => (
              <Menu.Item key={one.id} onClick={() => run(one.id)} rightSection={<Keys keys={one.keys[0]} />} {...(one.id === "delete" ? { color: "red" } : {})}>{one.label}</Menu.Item>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

// ------------------------------------------------------------------------------------------------ connecting by keyboard

function Connect({ node, port }: { readonly node: string; readonly port?: string }) {
  const desk = useDesk();
  const document = useStore(desk.editor, (state) => state.history.document);
  const { catalog } = desk.editor.getState();
  const ports = portsOfNode(document, catalog, node);
  const from = port ?? (ports.length === 1 ? ports[0]?.key : undefined);
  const name = nameOf(desk, node);
  if (ports.length === 0) return <p>{name} has no way out: the journey ends there.</p>;
  if (from === undefined) {
    const choices = ports.map(({ key, label }): Choice => {
      const edge = edgeAt(document, node, key);
      const to = edge === undefined ? undefined : document.edges[edge]?.to;
      return { id: key, label, hint: to === undefined ? "Leads nowhere yet" : `Leads to ${nameOf(desk, to)}` };
    });
    return (
      <SearchList
        label={`The way out of ${name}`} placeholder={`Which way out of ${name}?`} nothing="No way out is called so."
        find={(text) => search(choices, text, (one) => one)} onChoose={(key) => desk.ui.setState({ over: { kind: "connect", node, port: key } })}
      />
    );
  }
  const label = ports.find((one) => one.key === from)?.label ?? from;
  return (
    <SearchList
      label={`Where ${name}, ${label}, leads`} placeholder={`${name}, ${label}: leads to…`} nothing="No node is called so."
      find={(text) => search(targetsOf(desk, node, from), text, ({ label: words, hint }) => ({ label: words, ...(hint ? { rest: hint } : {}) }))}
      onChoose={(to) => connect(desk, node, from, to)}
    />
  );
}

/** Every node to which this way out may lead; then those to which it may not, with the reason. */
function targetsOf(desk: Desk, node: string, port: string): Choice[] {
  const document = drawn(desk);
  const { catalog } = desk.editor.getState();
  const choices = Object.entries(document.nodes).map(([id, one]): Choice => {
    const verdict = mayConnect(document, catalog, { from: node, port, to: id }, edgeAt(document, node, port));
    const manifest = catalog.latest(one.type);
    return { id, label: labelOf(one, catalog), hint: verdict.ok ? (manifest?.label ?? one.type) : verdict.why, disabled: !verdict.ok, ...(manifest ? { icon: <NodeIcon {...manifest} /> } : {}) };
  });
  return choices.sort((one, other) => Number(one.disabled) - Number(other.disabled));
}

function connect(desk: Desk, from: string, port: string, to: string): void {
  desk.ui.setState({ over: undefined });
  const patch = commands.connect(drawn(desk), { from, port, to }, around(desk));
  if (!record(desk, `Connect ${nameOf(desk, from)} to ${nameOf(desk, to)}`, patch)) say("It leads there already.");
}

// ------------------------------------------------------------------------------------------------ words

function Words({ node, field, close }: { readonly node: string; readonly field: "name" | "note"; readonly close: () => void }) {
  const desk = useDesk();
  const [text, setText] = useState(drawn(desk).nodes[node]?.[field] ?? "");
  const keep = (): void => {
    const name = nameOf(desk, node);
    if (field === "name") record(desk, `Rename ${name}`, commands.rename(drawn(desk), node, text));
    else record(desk, text ? `Note at ${name}` : `Remove the note at ${name}`, commands.note(drawn(desk), node, text));
    close();
  };
  const common = { "data-autofocus": true, value: text, onChange: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value) };
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      keep();
    }}>
      {field === "name"
        ? <TextInput label="Name of the node" description="Empty: it is called like its type." {...common} />
        : <Textarea label="Note" description="For yourself and your colleagues; no contact sees it." autosize minRows={3} onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) keep(); }} {...common} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close}>Cancel</Button>
        <Button type="submit">Keep</Button>
      </Group>
    </form>
  );
}

// ------------------------------------------------------------------------------------------------ finding

function nodeChoices(desk: Desk): (Choice & { readonly rest: string })[] {
  const { catalog } = desk.editor.getState();
  return Object.entries(drawn(desk).nodes).map(([id, node]) => {
    const manifest = catalog.get(node.type, node.version);
    return {
      id, label: labelOf(node, catalog), hint: manifest?.label ?? node.type, rest: `${manifest?.label ?? node.type} ${node.note ?? ""} ${JSON.stringify(node.config)}`,
      ...(manifest ? { icon: <NodeIcon {...manifest} /> } : {}),
    };
  });
}

function go(desk: Desk, id: string): void {
  select(desk, [id]);
  desk.ui.setState({ row: { node: id } });
  reveal(desk, id);
  focusNode(id);
}

function Find({ close }: { readonly close: () => void }) {
  const desk = useDesk();
  return (
    <SearchList
      label="Find a node" placeholder="A name, a type, a word in it" nothing="No node has this word. Look for another."
      find={(text) => search(nodeChoices(desk), text, (one) => one)}
      onChoose={(id) => {
        close();
        go(desk, id);
      }}
    />
  );
}

function Commands({ close }: { readonly close: () => void }) {
  const desk = useDesk();
  const find = (text: string): Choice[] => {
    const able = COMMANDS.filter((one) => one.id !== "commands" && mayRun(desk, one))
      .map((one): Choice => ({ id: `command ${one.id}`, label: one.label, group: one.group, end: <Keys keys={one.keys[0]} /> }));
    const nodes = text ? nodeChoices(desk).map((one) => ({ ...one, id: `node ${one.id}`, group: "Nodes of this journey" })) : [];
    const fits = (choices: readonly Choice[]): Choice[] => search(choices, text, ({ label, hint, group }) => ({ label, rest: `${hint ?? ""} ${group ?? ""}` }));
    const ordered = fits(able).sort((one, other) => (text ? 0 : groupAt(one) - groupAt(other)));
    // Under one heading each; a sorted list would repeat them.
    return text ? [...ordered.map(({ group: _, ...one }) => ({ ...one, group: "Commands" })), ...fits(nodes)] : ordered;
  };
  return (
    <SearchList
      label="Commands, nodes and pages" placeholder="What do you want to do?" nothing="There is no such command, node or page." find={find}
      onChoose={(id) => {
        close();
        const [kind, key = ""] = id.split(" ");
        if (kind === "node") go(desk, key);
        else command(key).run(desk);
      }}
    />
  );
}

function groupAt({ group }: Choice): number {
  return COMMANDS.findIndex((one) => one.group === group);
}
