/** What the canvas draws, made from the document and the session. Parts that did not change stay the same objects. */

import { MarkerType, type Edge, type Node } from "@xyflow/react";

import type { Flowchart, FlowNode } from "../graph/document";
import type { Catalog, Family, Manifest, Port } from "../graph/manifest";
import { labelOf, portsOfNode, strayPorts } from "../graph/ports";
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
  readonly ports: readonly DrawnPort[];
}

export type CanvasNode = Node<Drawn, "flow">;
export type CanvasEdge = Edge;

type Seen = Pick<Session, "nodes" | "edges" | "sizes" | "dragged">;

const MARKER = { type: MarkerType.ArrowClosed, width: 13, height: 13, color: "var(--faint)" };

/** The width at which every node is drawn, in canvas pixels. */
export const WIDTH = 208;

/** What a node shows. `names` are those of the journey's nodes, by id. */
export function drawnNode(document: Flowchart, catalog: Catalog, id: string, node: FlowNode, names: Record<string, string>): Drawn {
  const manifest: Manifest | undefined = catalog.get(node.type, node.version);
  const used = new Set(Object.values(document.edges).flatMap((edge) => (edge.from === id ? [edge.port] : [])));
  const stray = strayPorts(document, catalog, id).map((key) => ({ key, label: key, required: false, help: "" }));
  return {
    node,
    label: labelOf(node, catalog),
    summary: manifest ? summarise(manifest, node.config, names) : `No worker knows "${node.type}" at version ${String(node.version)}.`,
    family: manifest?.family ?? "control",
    icon: manifest?.icon ?? "box",
    colour: manifest?.colour ?? "#b91c1c",
    kind: manifest?.label ?? node.type,
    start: manifest !== undefined && (manifest.family === "trigger" || manifest.operation === "goal"),
    ports: [
      ...portsOfNode(document, catalog, id).map((port) => ({ port, connected: used.has(port.key), stray: false })),
      ...(manifest ? stray.map((port) => ({ port, connected: true, stray: true })) : []),
    ],
  };
}

/** A function that makes the canvas's nodes and edges and remembers what it made. */
export function makeModel(catalog: Catalog) {
  const made = new Map<string, { key: string; node: CanvasNode }>();
  const drawn = new Map<string, { document: Flowchart; data: Drawn; text: string }>();

  const dataOf = (document: Flowchart, id: string, node: FlowNode, names: Record<string, string>): Drawn => {
    const known = drawn.get(id);
    if (known?.document === document) return known.data;
    const data = drawnNode(document, catalog, id, node, names);
    const { node: _, ...shown } = data;
    const text = JSON.stringify(shown);
    const same = known?.text === text ? known.data : data;
    drawn.set(id, { document, data: same, text });
    return same;
  };

  const nodeOf = (document: Flowchart, session: Seen, names: Record<string, string>, id: string, node: FlowNode, at: number): CanvasNode => {
    const data = dataOf(document, id, node, names);
    const position = session.dragged[id] ?? node.position ?? { x: (at % 5) * 280, y: Math.floor(at / 5) * 160 };
    const size = session.sizes[id];
    const selected = session.nodes.has(id);
    const key = JSON.stringify([position, size, selected]);
    const known = made.get(id);
    if (known?.key === key && known.node.data === data) return known.node;
    const label = `${data.kind}: ${data.label}. ${data.summary}`;
    const fresh: CanvasNode = { id, type: "flow", position, data, selected, width: WIDTH, ariaLabel: label, ...(size ? { measured: size } : {}) };
    made.set(id, { key, node: fresh });
    return fresh;
  };

  let last: { document: Flowchart; session: Seen; nodes: CanvasNode[]; edges: CanvasEdge[] } | undefined;

  const nodes = (document: Flowchart, session: Session): CanvasNode[] => {
    const names = Object.fromEntries(Object.entries(document.nodes).flatMap(([id, node]) => (node.name ? [[id, node.name]] : [])));
    const still = last?.document === document && last.session.nodes === session.nodes && last.session.sizes === session.sizes ? last : undefined;
    if (still && still.session.dragged === session.dragged) return still.nodes;
    const dragged = still && new Set([...Object.keys(still.session.dragged), ...Object.keys(session.dragged)]);
    return Object.entries(document.nodes).map(([id, node], at) =>
      (dragged?.has(id) === false ? still?.nodes[at] : undefined) ?? nodeOf(document, session, names, id, node, at));
  };

  const edges = (document: Flowchart, session: Session): CanvasEdge[] =>
    last?.document === document && last.session.edges === session.edges
      ? last.edges
      : Object.entries(document.edges)
          .filter(([, edge]) => edge.from in document.nodes && edge.to in document.nodes)
          .map(([id, edge]) => ({
            id,
            source: edge.from,
            sourceHandle: edge.port,
            target: edge.to,
            selected: session.edges.has(id),
            markerEnd: MARKER,
          }));

  /** The nodes and edges to show; the same arrays where nothing of them changed. */
  const draw = (document: Flowchart, session: Session): { nodes: CanvasNode[]; edges: CanvasEdge[] } => {
    last = { document, session, nodes: nodes(document, session), edges: edges(document, session) };
    return last;
  };

  return draw;
}
