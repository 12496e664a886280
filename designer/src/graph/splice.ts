/** Putting nodes that are there already, or that are pasted, into the midst of edges. */

import { freeSpot, newNode, pushAside, roomMissing, STEP, type Added, type Surroundings } from "./commands";
import { paste, type Clip, type Pasted } from "./clipboard";
import { edgesFrom, edgesInto, type Flowchart, type FlowEdge, type Position } from "./document";
import { freshId } from "./ids";
import { edgeAt, isStart, mayConnect } from "./legality";
import type { Manifest } from "./manifest";
import { apply, difference, edit, type Patch } from "./patch";
import { portsOf, portsOfNode } from "./ports";

const NONE: Patch = [];

/** Whether a node that stands by itself may be let into an edge. */
export function maySplice(document: Flowchart, { catalog }: Pick<Surroundings, "catalog">, edge: string, node: string): boolean {
  const drawn = document.edges[edge];
  if (!drawn || drawn.from === node || drawn.to === node || isStart(document, catalog, node)) return false;
  return edgesInto(document, node).length === 0 && edgesFrom(document, node).length === 0 && portsOfNode(document, catalog, node).length > 0;
}

/** A node that stands by itself let into an edge: the edge leads to it, and its first way out leads on. What follows makes room. */
export function spliceNode(document: Flowchart, edge: string, node: string, around: Surroundings): Patch {
  const drawn = document.edges[edge];
  const out = portsOfNode(document, around.catalog, node)[0];
  if (!drawn || !out || !maySplice(document, around, edge, node)) return NONE;
  const [source, target, own] = [document.nodes[drawn.from], document.nodes[drawn.to], document.nodes[node]];
  const moves = source?.position && target?.position ? roomMissing(source.position, target.position) : false;
  return edit(document, (draft) => {
    if (moves && own && target?.position) {
      pushAside(document, draft.nodes, target.position);
      draft.nodes[node] = { ...own, position: target.position };
    }
    draft.edges[edge] = { ...drawn, to: node };
    draft.edges[freshId("e", draft.edges, around.random)] = { from: node, port: out.key, to: drawn.to };
  });
}

/** A new node before another: whatever led to that one leads to it. No patch before a trigger or a goal. */
export function insertBefore(document: Flowchart, node: string, manifest: Manifest, around: Surroundings): Added {
  const id = freshId(manifest.key, document.nodes, around.random);
  const target = document.nodes[node];
  const starts = manifest.family === "trigger" || manifest.operation === "goal";
  if (!target || isStart(document, around.catalog, node)) return { id, patch: NONE };
  const beside = target.position ?? { x: 0, y: 0 };
  const fresh = newNode(manifest, freeSpot(document, { x: beside.x - STEP.x, y: beside.y }));
  const out = portsOf(manifest, fresh.config)[0];
  return {
    id,
    patch: edit(document, (draft) => {
      draft.nodes[id] = fresh;
      if (!starts) for (const [edge, drawn] of edgesInto(document, node)) draft.edges[edge] = { ...drawn, to: id };
      if (out) draft.edges[freshId("e", draft.edges, around.random)] = { from: id, port: out.key, to: node };
    }),
  };
}

/** An edge whose end or beginning was put elsewhere. No patch where it may not lead so. */
export function reconnect(document: Flowchart, edge: string, wanted: FlowEdge, { catalog }: Pick<Surroundings, "catalog">): Patch {
  if (!(edge in document.edges) || !mayConnect(document, catalog, wanted, edge).ok) return NONE;
  return edit(document, (draft) => { draft.edges[edge] = { ...wanted }; });
}

/** A clip pasted into the midst of an edge: the edge leads to its first node, and its last one leads on. */
export function pasteOnEdge(document: Flowchart, edge: string, clip: Clip, journey: string, around: Surroundings, by: Position): Pasted {
  const { catalog, random } = around;
  const pasted = paste(document, catalog, clip, journey, by, random);
  const drawn = document.edges[edge];
  if (!drawn) return pasted;
  const after = apply(document, pasted.patch);
  const fresh = [...pasted.ids.values()];
  const first = fresh.find((id) => edgesInto(after, id).length === 0 && !isStart(after, catalog, id));
  const ends = fresh.flatMap((id) => portsOfNode(after, catalog, id).filter((port) => edgeAt(after, id, port.key) === undefined).map((port) => ({ id, port })));
  const last = ends.find(({ port }) => port.required) ?? ends[0];
  if (first === undefined) return pasted;
  const joined = apply(after, edit(after, (draft) => {
    draft.edges[edge] = { ...drawn, to: first };
    if (last) draft.edges[freshId("e", draft.edges, random)] = { from: last.id, port: last.port.key, to: drawn.to };
  }));
  return { ids: pasted.ids, patch: difference(document, joined) };
}

/** A node taken out of its line and put before the one that comes before it, or after the one that comes after it. */
export function moveInLine(document: Flowchart, node: string, way: "up" | "down", { catalog }: Pick<Surroundings, "catalog">): Patch {
  const into = edgesInto(document, node);
  const from = edgesFrom(document, node);
  const [entry] = into;
  const [exit] = from;
  if (into.length !== 1 || from.length !== 1 || !entry || !exit || isStart(document, catalog, node)) return NONE;
  return way === "up" ? swapped(document, catalog, entry[1].from, node) : swapped(document, catalog, node, exit[1].to);
}

/** Two nodes that follow each other, each with one way through, the other way round. They change places too. */
function swapped(document: Flowchart, catalog: Surroundings["catalog"], one: string, other: string): Patch {
  const [first, second] = [document.nodes[one], document.nodes[other]];
  const before = edgesInto(document, one);
  const between = edgesFrom(document, one);
  const after = edgesFrom(document, other);
  const [middle] = between;
  const [end] = after;
  if (!first || !second || !middle || !end || before.length === 0 || between.length !== 1 || after.length !== 1) return NONE;
  if (isStart(document, catalog, one) || edgesInto(document, other).length !== 1 || end[1].to === one) return NONE;
  return edit(document, (draft) => {
    for (const [id, edge] of before) draft.edges[id] = { ...edge, to: other };
    draft.edges[middle[0]] = { ...middle[1], to: end[1].to };
    draft.edges[end[0]] = { ...end[1], to: one };
    if (first.position && second.position) {
      draft.nodes[one] = { ...first, position: second.position };
      draft.nodes[other] = { ...second, position: first.position };
    }
  });
}
