/**
 * A tidy layout, left to right: component by component, in the order in which the user has drawn the branches.
 *
 * Sizes are given from outside, since only the canvas knows how tall a node is drawn.
 */

import { Graph, layout as dagre } from "@dagrejs/dagre";

import type { Flowchart, Position } from "./document";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is to be laid out; plain data, so that it can be sent to a worker. */
export interface Drawing {
  readonly nodes: readonly (Size & { readonly id: string; readonly position?: Position })[];
  /** In the order of the ports, from top to bottom. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

type Box = Drawing["nodes"][number];

const BETWEEN_NODES = 40;
const BETWEEN_RANKS = 72;
const BETWEEN_PARTS = 80;

/** The drawing of a flowchart, or of some of its nodes. `portsOf` gives the keys of a node's ports, in order. */
export function drawingOf(
  document: Flowchart,
  sizeOf: (id: string) => Size,
  portsOf: (id: string) => readonly string[],
  only?: ReadonlySet<string>,
): Drawing {
  const nodes: Box[] = [];
  for (const [id, node] of Object.entries(document.nodes)) {
    if (only && !only.has(id)) continue;
    nodes.push({ id, ...sizeOf(id), ...(node.position ? { position: node.position } : {}) });
  }
  const inside = new Set(nodes.map((node) => node.id));
  const edges = Object.values(document.edges).filter((edge) => inside.has(edge.from) && inside.has(edge.to));
  const ports = new Map(nodes.map((node) => [node.id, portsOf(node.id)]));
  const place = (edge: { from: string; port: string }): number => ports.get(edge.from)?.indexOf(edge.port) ?? 0;
  return { nodes, edges: edges.sort((one, other) => place(one) - place(other)).map(({ from, to }) => ({ from, to })) };
}

/** Where each node should stand: its top left corner. Nothing overlaps; the whole stays at its old top left corner. */
export function layout(drawing: Drawing): Record<string, Position> {
  const found: Record<string, Position> = {};
  const anchor = cornerOf(drawing.nodes.flatMap((node) => (node.position ? [node.position] : [])));
  let top = anchor.y;
  for (const part of components(drawing)) {
    const placed = layoutPart(part);
    const corner = cornerOf([...placed.values()]);
    let bottom = top;
    for (const node of part.nodes) {
      const position = placed.get(node.id) ?? corner;
      const y = Math.round(position.y - corner.y + top);
      found[node.id] = { x: Math.round(position.x - corner.x + anchor.x), y };
      bottom = Math.max(bottom, y + node.height);
    }
    top = bottom + BETWEEN_PARTS;
  }
  return found;
}

function layoutPart({ nodes, edges }: Drawing): Map<string, Position> {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: BETWEEN_NODES, ranksep: BETWEEN_RANKS });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) graph.setNode(id, { width, height });
  for (const { from, to } of edges) graph.setEdge(from, to);
  // The heuristic would swap branches to save crossings; people find their branches where they drew them.
  dagre(graph, { disableOptimalOrderHeuristic: true });
  const placed = new Map<string, Position>();
  for (const { id, width, height } of nodes) {
    const { x, y } = graph.node(id) as Position;
    placed.set(id, { x: x - width / 2, y: y - height / 2 });
  }
  return placed;
}

/** The connected parts, the topmost first; nodes and edges in the order in which they are drawn. */
function components({ nodes, edges }: Drawing): Drawing[] {
  const beside = new Map<string, string[]>(nodes.map((node) => [node.id, []]));
  for (const { from, to } of edges) {
    beside.get(from)?.push(to);
    beside.get(to)?.push(from);
  }
  const order = inOrder(nodes);
  const place = new Map(order.map((node, at) => [node.id, at]));
  const placed = new Set(nodes.flatMap((node) => (node.position ? [node.id] : [])));
  const part = new Map<string, number>();
  let count = 0;
  for (const node of order) {
    if (part.has(node.id)) continue;
    const open = [node.id];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (part.has(id)) continue;
      part.set(id, count);
      open.push(...(beside.get(id) ?? []));
    }
    count += 1;
  }
  const parts = Array.from({ length: count }, () => ({ nodes: [] as Box[], edges: [] as { from: string; to: string }[] }));
  for (const node of order) parts[part.get(node.id) ?? 0]?.nodes.push(node);
  // Where both ends have a place, the place decides; a branch without one comes in the order of its port.
  const sorted = [...edges].sort((one, other) =>
    placed.has(one.to) && placed.has(other.to) ? (place.get(one.to) ?? 0) - (place.get(other.to) ?? 0) : 0,
  );
  for (const edge of sorted) parts[part.get(edge.from) ?? 0]?.edges.push(edge);
  return parts;
}

/** By height, then from the left; nodes without a place come last, as they are in the document. */
function inOrder(nodes: readonly Box[]): Box[] {
  return [...nodes].sort((one, other) => {
    if (!one.position || !other.position) return Number(!one.position) - Number(!other.position);
    return one.position.y - other.position.y || one.position.x - other.position.x;
  });
}

function cornerOf(positions: readonly Position[]): Position {
  if (positions.length === 0) return { x: 0, y: 0 };
  return { x: Math.min(...positions.map((one) => one.x)), y: Math.min(...positions.map((one) => one.y)) };
}
