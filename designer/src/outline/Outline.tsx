/** The journey as a nested list, in which everything can be done without a mouse; on a phone, the view that one gets. */

import { ActionIcon, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { ChevronDown, ChevronRight, CornerDownRight, Ellipsis, Plus } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { useStore } from "zustand";

import { askWhat, atPort, impliedPlace, select } from "../canvas/actions";
import { useNodeDecoration } from "../canvas/decorations";
import { useDesk, useUi, type Desk } from "../canvas/desk";
import { StartChoices } from "../canvas/EmptyStart";
import { outline } from "../graph/outline";
import { labelOf } from "../graph/ports";
import { summarise } from "../graph/summary";
import { NodeIcon } from "../palette/NodeIcon";
import { rowsOf, walk, type OutlineRow } from "./rows";
import "./outline.css";

const NARROW = "(max-width: 900px)";

export function Outline() {
  const desk = useDesk();
  const document = useStore(desk.editor, (state) => state.history.document);
  const catalog = useStore(desk.editor, (state) => state.catalog);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [key, setKey] = useState<string>();
  const wide = !useMediaQuery(NARROW);
  const tree = useRef<HTMLDivElement>(null);
  const wanted = useUi((ui) => ui.row);
  const rows = useMemo(() => rowsOf(outline(document, catalog), folded), [document, catalog, folded]);
  const at = placeOf(rows, key, wanted);

  useEffect(() => followFocus(tree.current, at), [at, rows]);
  if (rows.length === 0) return <div className="outline outline-empty"><StartChoices /></div>;

  const goTo = (row: OutlineRow | undefined, open: boolean): void => {
    if (!row) return;
    setKey(row.key);
    // Whoever walks on stays in the list.
    desk.session.setState({ focus: undefined });
    desk.ui.setState({ row: { node: row.node, ...(row.port ? { port: row.port.key } : {}) } });
    // On a small screen the inspector lies over the list: it opens when it is asked for, not while one walks.
    if (wide || open) select(desk, row.port ? [] : [row.node]);
  };
  const fold = (which: string): void => setFolded((known) => {
    const next = new Set(known);
    if (!next.delete(which)) next.add(which);
    return next;
  });
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).role !== "treeitem") return;
    const { to, fold: which } = walk(rows, at, event.key);
    if (to !== undefined) goTo(rows[to], false);
    else if (which !== undefined) fold(which);
    else if (event.key === "Enter" || event.key === " ") open(desk, rows[at], goTo);
    else return;
    event.preventDefault();
  };
  return (
    <div className="outline">
      <Text size="xs" c="dimmed" className="outline-help">Arrows walk through the list. <b>/</b> adds behind, <b>B</b> before, <b>C</b> connects, <b>F2</b> renames, <b>Enter</b> opens, <b>?</b> shows all keys.</Text>
      <div role="tree" aria-label="Journey" ref={tree} onKeyDown={pressed}>
        {rows.map((row, index) => (
          <Row key={row.key} row={row} here={index === at} onGo={() => goTo(row, true)} onFold={() => fold(row.key)} />
        ))}
      </div>
    </div>
  );
}

/** The row of the outline that has the focus: the one walked to, or that of a node selected elsewhere. */
function placeOf(rows: readonly OutlineRow[], key: string | undefined, wanted: { node: string; port?: string } | undefined): number {
  const walked = rows.findIndex((row) => row.key === key && row.node === wanted?.node && row.port?.key === wanted.port);
  if (walked >= 0) return walked;
  return Math.max(0, rows.findIndex((row) => row.node === wanted?.node && row.port?.key === wanted.port && !row.again));
}

/** The row takes the focus along, where the focus is in the list or nowhere. */
function followFocus(tree: HTMLElement | null, at: number): void {
  const active = document.activeElement;
  if (!tree || !(active === document.body || (active instanceof HTMLElement && tree.contains(active)))) return;
  const row = tree.querySelectorAll<HTMLElement>("[role=treeitem]")[at];
  row?.focus();
}

function open(desk: Desk, row: OutlineRow | undefined, goTo: (row: OutlineRow | undefined, open: boolean) => void): void {
  goTo(row, true);
  if (row?.port) askWhat(desk, atPort(desk, row.node, row.port.key));
  // Its first field is where one goes on.
  else if (row) desk.session.setState({ focus: { node: row.node } });
}

interface RowProps {
  readonly row: OutlineRow;
  readonly here: boolean;
  readonly onGo: () => void;
  readonly onFold: () => void;
}

function Row({ row, here, onGo, onFold }: RowProps) {
  const desk = useDesk();
  const menu = (event: MouseEvent<HTMLElement>, at?: { x: number; y: number }): void => {
    event.preventDefault();
    event.stopPropagation();
    desk.ui.setState({ row: { node: row.node, ...(row.port ? { port: row.port.key } : {}) } });
    const box = event.currentTarget.getBoundingClientRect();
    desk.ui.setState({ over: { kind: "menu", on: row.port ? "branch" : "node", at: at ?? { x: box.left + 20, y: box.bottom } } });
  };
  const addBehind = (event: MouseEvent<HTMLElement>): void => {
    event.stopPropagation();
    desk.ui.setState({ row: { node: row.node, ...(row.port ? { port: row.port.key } : {}) } });
    askWhat(desk, impliedPlace(desk), { x: event.clientX, y: event.clientY });
  };
  return (
    <div
      role="treeitem" aria-level={row.level} aria-posinset={row.place} aria-setsize={row.siblings} aria-selected={here} tabIndex={here ? 0 : -1}
      {...(row.unfolded === undefined ? {} : { "aria-expanded": row.unfolded })}
      className={`outline-row${row.port ? " is-branch" : ""}`} style={{ paddingLeft: 10 + (row.level - 1) * 18 }}
      onClick={onGo} onContextMenu={(event) => menu(event, event.clientX > 0 ? { x: event.clientX, y: event.clientY } : undefined)}
    >
      <span className="outline-fold" aria-hidden onClick={(event) => {
        event.stopPropagation();
        onFold();
      }}>
        {row.unfolded !== undefined && (row.unfolded ? <ChevronDown size={15} /> : <ChevronRight size={15} />)}
      </span>
      {row.port ? <BranchWords port={row.port} /> : <NodeWords row={row} />}
      <span className="outline-tools">
        {!row.again && <ActionIcon variant="subtle" color="gray" tabIndex={-1} aria-label={row.port ? `Add a node at ${row.port.label}` : "Add a node behind"} onClick={addBehind}><Plus size={16} /></ActionIcon>}
        <ActionIcon variant="subtle" color="gray" tabIndex={-1} aria-label="What can be done here" onClick={(event) => menu(event)}><Ellipsis size={16} /></ActionIcon>
      </span>
    </div>
  );
}

function BranchWords({ port }: { readonly port: NonNullable<OutlineRow["port"]> }) {
  return (
    <span className="outline-words">
      <span className={`outline-port${port.open ? " is-open" : ""}`}>{port.label}</span>
      {port.open && <span className="outline-summary">leads nowhere yet</span>}
    </span>
  );
}

function NodeWords({ row }: { readonly row: OutlineRow }) {
  const { editor } = useDesk();
  const { problem, people, counts } = useNodeDecoration(row.node);
  const node = useStore(editor, (state) => state.history.document.nodes[row.node]);
  const catalog = useStore(editor, (state) => state.catalog);
  const nodes = useStore(editor, (state) => state.history.document.nodes);
  if (!node) return null;
  const manifest = catalog.get(node.type, node.version);
  const looks = manifest ?? catalog.latest(node.type);
  const label = labelOf(node, catalog);
  if (row.again) return <span className="outline-words outline-again"><CornerDownRight size={15} aria-hidden /> Go on at <b>{label}</b></span>;
  const names = Object.fromEntries(Object.entries(nodes).flatMap(([id, one]) => (one.name ? [[id, one.name]] : [])));
  return (
    <>
      <NodeIcon family={looks?.family ?? "control"} icon={looks?.icon ?? "circle-help"} colour={looks?.colour ?? "#b91c1c"} />
      <span className="outline-words">
        <b>{label}</b>
        <span className="outline-summary">{manifest ? summarise(manifest, node.config, names) : `No worker knows "${node.type}" at version ${String(node.version)}.`}</span>
        {node.note && <span className="outline-note">{node.note}</span>}
        {counts && counts.entered > 0 && <span className="outline-summary">{counts.entered} entered, {counts.here} here</span>}
      </span>
      {people?.map(({ name, colour }) => <span key={name} className="outline-person" style={{ background: colour }} role="img" aria-label={`${name} is here`} title={name}>{name.slice(0, 1).toUpperCase()}</span>)}
      {problem && <span className={`outline-problem is-${problem.severity}`} role="img" aria-label={`${problem.severity === "error" ? "Error" : "Warning"}: ${problem.text}`} title={problem.text}>!</span>}
    </>
  );
}
