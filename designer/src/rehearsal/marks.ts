/** What the canvas shows of a rehearsal or a forecast: the way that was gone, where the contact is, how many go where. Pure. */

import type { Decorations, EdgeDecoration, NodeDecoration } from "../canvas/decorations";
import type { Flowchart } from "../graph/document";
import type { Forecast } from "./requests";
import { passedEdges, type Rehearsal } from "./script";

const NOTHING: Decorations = { nodes: {}, edges: {} };

/** The way of one contact. */
export function marksOf(answer: Pick<Rehearsal, "story" | "standing"> | undefined, document: Flowchart): Decorations {
  if (!answer) return NOTHING;
  const nodes: Record<string, NodeDecoration> = {};
  for (const line of answer.story) if (line.kind === "step" && line.node) nodes[line.node] = { mark: "passed" };
  for (const one of answer.standing) {
    nodes[one.node] = one.place === "parked" ? { mark: "here", problem: { severity: "warning", text: one.words } } : { mark: "here" };
  }
  const edges: Record<string, EdgeDecoration> = {};
  for (const [id, count] of passedEdges(answer.story, document.edges)) edges[id] = { mark: "passed", ...(count > 1 ? { count } : {}) };
  return { nodes, edges };
}

/** The numbers of a crowd. */
export function numbersOf(forecast: Forecast | undefined, document: Flowchart): Decorations {
  if (!forecast) return NOTHING;
  const left = new Map<string, Record<string, number>>();
  for (const { node, port, count } of forecast.edges) left.set(node, { ...left.get(node), [port]: count });
  const waiting = new Map(forecast.waiting.map(({ name, count }) => [name, count]));
  const parked = new Map(forecast.parked.map(({ name, count }) => [name, count]));
  const nodes: Record<string, NodeDecoration> = {};
  for (const id of Object.keys(document.nodes)) {
    const ports = left.get(id) ?? {};
    const here = waiting.get(id) ?? 0;
    const stopped = parked.get(id) ?? 0;
    nodes[id] = { counts: { entered: sum(Object.values(ports)) + here + stopped, here, parked: stopped, left: ports } };
  }
  const edges: Record<string, EdgeDecoration> = {};
  for (const [id, edge] of Object.entries(document.edges)) {
    const ports = left.get(edge.from) ?? {};
    const all = sum(Object.values(ports));
    const count = ports[edge.port] ?? 0;
    edges[id] = { count, share: all > 0 ? count / all : 0 };
  }
  return { nodes, edges };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
