/** A journey's numbers as what nodes and edges show. Pure. */

import type { Numbers } from "../api/client";
import type { EdgeDecoration, NodeCounts, NodeDecoration } from "../canvas/decorations";
import type { Flowchart } from "../graph/document";

/** What each node of a drawing shows. Nodes that only other versions have are left out. */
export function nodeCounts(document: Flowchart, numbers: Numbers): Record<string, NodeCounts> {
  const found: Record<string, NodeCounts> = {};
  for (const id of Object.keys(document.nodes)) {
    const node = numbers.nodes[id];
    found[id] = node
      ? { entered: node.entered, here: node.admitted + node.moving + node.resting + node.parked, parked: node.parked, left: node.left ?? {} }
      : { entered: 0, here: 0, parked: 0, left: {} };
  }
  return found;
}

/** What each edge shows: how many went along it, and which part of those who left its node they are. */
export function edgeCounts(document: Flowchart, numbers: Numbers): Record<string, EdgeDecoration> {
  const found: Record<string, EdgeDecoration> = {};
  for (const [id, { from, port }] of Object.entries(document.edges)) {
    const left = numbers.nodes[from]?.left ?? {};
    const count = left[port] ?? 0;
    const everybody = Object.values(left).reduce((sum, one) => sum + one, 0);
    found[id] = { count, share: everybody === 0 ? 0 : count / everybody };
  }
  return found;
}

/** The edges of a store's state with new numbers; an edge whose numbers are the same stays the same object. */
export function edgesWith(known: Readonly<Record<string, EdgeDecoration>>, counts: Readonly<Record<string, EdgeDecoration>>): Record<string, EdgeDecoration> {
  const next: Record<string, EdgeDecoration> = {};
  for (const [id, one] of Object.entries(counts)) {
    const before = known[id];
    next[id] = before && before.count === one.count && before.share === one.share ? before : one;
  }
  return next;
}

/** The nodes likewise. */
export function nodesWith(known: Readonly<Record<string, NodeDecoration>>, counts: Readonly<Record<string, NodeCounts>>): Record<string, NodeDecoration> {
  const next: Record<string, NodeDecoration> = {};
  for (const [id, one] of Object.entries(counts)) {
    const before = known[id];
    next[id] = before?.counts && sameCounts(before.counts, one) ? before : { counts: one };
  }
  return next;
}

function sameCounts(one: NodeCounts, other: NodeCounts): boolean {
  const ports = Object.keys(one.left);
  return one.entered === other.entered && one.here === other.here && one.parked === other.parked
    && ports.length === Object.keys(other.left).length && ports.every((port) => one.left[port] === other.left[port]);
}

const [ACROSS, DOWN] = [1.3, 1.4];

/** The drawing with more room between its nodes: with their numbers they are taller, and edges have numbers of their own. */
export function roomy(document: Flowchart): Flowchart {
  const nodes = Object.fromEntries(Object.entries(document.nodes).map(([id, node]) =>
    [id, node.position ? { ...node, position: { x: Math.round(node.position.x * ACROSS), y: Math.round(node.position.y * DOWN) } } : node]));
  return { ...document, nodes };
}
