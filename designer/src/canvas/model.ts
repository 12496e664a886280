/**
 * What the canvas draws, made from the document and the session. Parts that did not change stay the same objects: while
 * something is dragged, only what is dragged is made anew, and nothing is compared by its text.
 */

import { MarkerType, type Edge, type Node } from "@xyflow/react";

import type { Flowchart, FlowEdge, FlowNode, Position } from "../graph/document";
import type { Catalog, Family, Manifest, Port } from "../graph/manifest";
import { labelOf, portsOfNode } from "../graph/ports";
import { summarise } from "../graph/summary";
import type { Session } from "../store/session";

export interface DrawnPort {
  readonly port: Port;
  readonly connected: boolean;
  readonly stray: boolean;
}

export interface Drawn extends Record<string, unknown> {
  readonly node: FlowNode;
  readonly label: string;
  readonly summary: string;
  readonly family: Family;
  readonly icon: string;
  readonly colour: string;
  readonly kind: string;
  readonly start: boolean;
  /** No worker has published this type at this version. */
  readonly unknown: boolean;
  /** The newest version of its type, where the node has an older one. */
  readonly newer: number | undefined;
  readonly ports: readonly DrawnPort[];
}

export type CanvasNode = Node<Drawn, "flow">;
export type CanvasEdge = Edge<Record<string, unknown>, "flow">;

/** The width at which every node is drawn, in canvas pixels. */
export const WIDTH = 208;

/** Where a node stands; one without a place stands on a grid. */
export function placeOr(node: FlowNode, at: number): Position {
  return node.position ?? { x: (at % 5) * 280, y: Math.floor(at / 5) * 160 };
}

/** What a node shows. `names` are those of the journey's nodes, by id; `used` the ports from which edges lead. */
function drawnNode(document: Flowchart, catalog: Catalog, id: string, node: FlowNode, names: Names, used: ReadonlySet<string>): Drawn {
  const manifest: Manifest | undefined = catalog.get(node.type, node.version);
  const latest = catalog.latest(node.type);
  const looks = manifest ?? latest;
  const ports = portsOfNode(document, catalog, id);
  const stray = [...used].filter((key) => !ports.some((port) => port.key === key)).sort();
  return {
    node,
    label: labelOf(node, catalog),
    summary: manifest ? summarise(manifest, node.config, names) : unknownWords(node, latest),
    family: looks?.family ?? "control",
    icon: looks?.icon ?? "circle-help",
    colour: looks?.colour ?? "#b91c1c",
    kind: looks?.label ?? node.type,
    start: manifest !== undefined && (manifest.family === "trigger" || manifest.operation === "goal"),
    unknown: manifest === undefined,
    newer: latest !== undefined && latest.version > node.version ? latest.version : undefined,
    ports: [
      ...ports.map((port) => ({ port, connected: used.has(port.key), stray: false })),
      ...stray.map((key) => ({ port: { key, label: key, required: false, help: "" }, connected: true, stray: true })),
    ],
  };
}

function unknownWords(node: FlowNode, latest: Manifest | undefined): string {
  const version = String(node.version);
  if (latest) return `No worker knows version ${version} of "${node.type}". Version ${String(latest.version)} is there.`;
  return `No worker knows "${node.type}" at version ${version}. Start the one that has it, or delete the node.`;
}

// In canvas pixels: a thick line, as numbers make it, has no larger head.
const MARKER = { type: MarkerType.ArrowClosed, width: 20, height: 20, markerUnits: "userSpaceOnUse", color: "var(--faint)" };
type Names = Readonly<Record<string, string>>;
const NO_PORTS: ReadonlySet<string> = new Set();

interface Made {
  readonly flow: FlowNode;
  readonly names: Names;
  /** The keys of the ports that were in use, as one text. */
  readonly ports: string;
  readonly x: number;
  readonly y: number;
  readonly size: Session["sizes"][string] | undefined;
  readonly selected: boolean;
  readonly node: CanvasNode;
}

/** What is the same for all nodes of one document. */
interface Index {
  readonly document: Flowchart;
  readonly entries: readonly (readonly [string, FlowNode])[];
  readonly names: Names;
  readonly used: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A function that makes the canvas's nodes and edges and remembers what it made. */
export function makeModel(catalog: Catalog) {
  const made = new Map<string, Made>();
  const knownEdges = new Map<string, { readonly drawn: FlowEdge; readonly edge: CanvasEdge }>();
  let index: Index | undefined;
  let last: { readonly nodes: CanvasNode[]; readonly sizes: Session["sizes"]; readonly dragged: Session["dragged"]; readonly chosen: ReadonlySet<string> } | undefined;
  let lastEdges: { readonly document: Flowchart; readonly chosen: ReadonlySet<string>; readonly edges: CanvasEdge[] } | undefined;

  const nodes = (document: Flowchart, { dragged, sizes, nodes: chosen }: Session): CanvasNode[] => {
    const still = index?.document === document && last?.sizes === sizes && last.chosen === chosen ? last : undefined;
    if (still?.dragged === dragged) return still.nodes;
    if (index?.document !== document) index = indexOf(document, index);
    const { entries, names, used } = index;
    const found = entries.map(([id, flow], at) => {
      // In a drag, a node that is not dragged is not looked at.
      const resting = still && !(id in dragged) && !(id in still.dragged) ? still.nodes[at] : undefined;
      if (resting) return resting;
      const { x, y } = dragged[id] ?? placeOr(flow, at);
      const size = sizes[id];
      const selected = chosen.has(id);
      const ports = used.get(id) ?? NO_PORTS;
      const key = [...ports].join("\n");
      const known = made.get(id);
      const same = known && looksSame(known.flow, flow) && known.names === names && known.ports === key;
      if (same && known.x === x && known.y === y && known.size === size && known.selected === selected) return known.node;
      const data = same ? known.node.data : drawnNode(document, catalog, id, flow, names, ports);
      const node: CanvasNode = {
        id, type: "flow", position: { x, y }, data, selected, width: WIDTH,
        ariaLabel: `${data.kind}: ${data.label}. ${data.summary}`,
        ...(size ? { measured: size } : {}),
      };
      made.set(id, { flow, names, ports: key, x, y, size, selected, node });
      return node;
    });
    last = { nodes: found, sizes, dragged, chosen };
    return found;
  };

  const edges = (document: Flowchart, { edges: chosen }: Session): CanvasEdge[] => {
    if (lastEdges?.document.edges === document.edges && lastEdges.document.nodes === document.nodes && lastEdges.chosen === chosen) return lastEdges.edges;
    const found: CanvasEdge[] = [];
    for (const [id, drawn] of Object.entries(document.edges)) {
      if (!(drawn.from in document.nodes) || !(drawn.to in document.nodes)) continue;
      const known = knownEdges.get(id);
      const selected = chosen.has(id);
      const label = edgeWords(document, catalog, drawn);
      const same = known?.drawn === drawn && known.edge.selected === selected && known.edge.ariaLabel === label;
      const edge = same ? known.edge : drawnEdge(id, drawn, label, selected);
      knownEdges.set(id, { drawn, edge });
      found.push(edge);
    }
    lastEdges = { document, chosen, edges: found };
    return found;
  };

  return (document: Flowchart, session: Session): { nodes: CanvasNode[]; edges: CanvasEdge[] } => ({ nodes: nodes(document, session), edges: edges(document, session) });
}

/** Whether two states of a node are drawn alike: all but the place. */
function looksSame(one: FlowNode, other: FlowNode): boolean {
  return one === other || (one.config === other.config && one.name === other.name && one.note === other.note && one.type === other.type && one.version === other.version);
}

function drawnEdge(id: string, { from, port, to }: FlowEdge, ariaLabel: string, selected: boolean): CanvasEdge {
  return {
    id, type: "flow", source: from, sourceHandle: port, target: to, selected, ariaLabel,
    markerEnd: MARKER,
  };
}

function edgeWords(document: Flowchart, catalog: Catalog, { from, to }: FlowEdge): string {
  const [source, target] = [document.nodes[from], document.nodes[to]];
  return `From ${source ? labelOf(source, catalog) : from} to ${target ? labelOf(target, catalog) : to}`;
}

function indexOf(document: Flowchart, last: Index | undefined): Index {
  const used = new Map<string, Set<string>>();
  for (const { from, port } of Object.values(document.edges)) {
    const known = used.get(from);
    if (known) known.add(port);
    else used.set(from, new Set([port]));
  }
  const entries = Object.entries(document.nodes);
  const names: Record<string, string> = {};
  for (const [id, node] of entries) if (node.name) names[id] = node.name;
  // A summary may name any other node, so that a new name draws all of them anew; nothing else does.
  return { document, entries, names: last && sameNames(last.names, names) ? last.names : names, used };
}

function sameNames(one: Names, other: Names): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
