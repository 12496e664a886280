/** What a person does to a flowchart: data in, patch out. Nothing here changes anything by itself. */

import { sameJson, type Config, type Flowchart, type FlowEdge, type FlowNode, type Json, type Position, type Promotion, type Settings, type Template } from "./document";
import { copy, paste, type Pasted } from "./clipboard";
import { freshId, type Random } from "./ids";
import { edgeAt, isStart, mayConnect, mayLoop } from "./legality";
import { asSchema, withDefaults, type Catalog, type Manifest } from "./manifest";
import { apply, difference, edit, type Patch } from "./patch";
import { portsMoved, portsOf, portsOfNode } from "./ports";

/** What commands need to know besides the document. */
export interface Surroundings {
  readonly catalog: Catalog;
  readonly random: Random;
}

export interface Added {
  readonly patch: Patch;
  readonly id: string;
}

/** How far apart nodes stand that a command places. */
export const STEP: Position = { x: 280, y: 140 };
const NONE: Patch = [];

// ------------------------------------------------------------------------------------------------ nodes

/** A new node of a type, with the defaults of its config that are required. */
export function addNode(document: Flowchart, manifest: Manifest, position: Position, { random }: Surroundings): Added {
  const id = freshId(manifest.key, document.nodes, random);
  return { id, patch: edit(document, (draft) => { draft.nodes[id] = newNode(manifest, position); }) };
}

/** A new node at an open port, connected to it, beside it or at a place. No patch where the connection may not be drawn. */
export function addAfter(document: Flowchart, from: string, port: string, manifest: Manifest, around: Surroundings, at?: Position): Added {
  const source = document.nodes[from];
  const beside = source?.position ?? { x: 0, y: 0 };
  const position = at ?? freeSpot(document, { x: beside.x + STEP.x, y: beside.y });
  const id = freshId(manifest.key, document.nodes, around.random);
  const starts = manifest.family === "trigger" || manifest.operation === "goal";
  const open = portsOfNode(document, around.catalog, from).some((one) => one.key === port) && edgeAt(document, from, port) === undefined;
  if (!source || starts || !open) return { id, patch: NONE };
  const patch = edit(document, (draft) => {
    draft.nodes[id] = newNode(manifest, position);
    draft.edges[freshId("e", draft.edges, around.random)] = { from, port, to: id };
  });
  return { id, patch };
}

/** A new node in the midst of an edge; what follows moves aside. Its first way out leads on. */
export function insertOnEdge(document: Flowchart, edge: string, manifest: Manifest, around: Surroundings): Added {
  const drawn = document.edges[edge];
  const id = freshId(manifest.key, document.nodes, around.random);
  const source = drawn && document.nodes[drawn.from];
  const target = drawn && document.nodes[drawn.to];
  const starts = manifest.family === "trigger" || manifest.operation === "goal";
  if (!drawn || !source || !target || starts) return { id, patch: NONE };
  const moves = source.position && target.position ? roomMissing(source.position, target.position) : false;
  const between = moves ? target.position : source.position && { x: source.position.x + STEP.x, y: target.position?.y ?? 0 };
  const node = newNode(manifest, moves ? (between ?? STEP) : freeSpot(document, between ?? STEP));
  const out = portsOf(manifest, node.config)[0];
  const patch = edit(document, (draft) => {
    if (moves && target.position) pushAside(document, draft.nodes, target.position);
    draft.nodes[id] = node;
    const moved = draft.edges[edge];
    if (moved) draft.edges[edge] = { ...moved, to: id };
    if (out) draft.edges[freshId("e", draft.edges, around.random)] = { from: id, port: out.key, to: drawn.to };
  });
  return { id, patch };
}

/** The nodes and every edge at them, gone. */
export function deleteNodes(document: Flowchart, ids: Iterable<string>): Patch {
  const gone = new Set(ids);
  return edit(document, (draft) => {
    for (const id of gone) Reflect.deleteProperty(draft.nodes, id);
    for (const [id, edge] of Object.entries(document.edges)) {
      if (gone.has(edge.from) || gone.has(edge.to)) Reflect.deleteProperty(draft.edges, id);
    }
  });
}

/** Nodes gone with every edge at them, and edges gone besides. */
export function deleteParts(document: Flowchart, nodes: Iterable<string>, edges: Iterable<string>): Patch {
  const there = new Set(edges);
  const patch = deleteNodes(document, nodes);
  return difference(document, apply(apply(document, patch), disconnect(document, [...there])));
}

/** Several nodes gone one after another, each healed where it can be. */
export function deleteAllAndReconnect(document: Flowchart, nodes: Iterable<string>, around: Surroundings): Patch {
  let after = document;
  for (const node of nodes) after = apply(after, deleteAndReconnect(after, node, around));
  return difference(document, after);
}

/** The node gone, and what led to it leads to what followed, where exactly one node did. */
export function deleteAndReconnect(document: Flowchart, node: string, { catalog }: Surroundings): Patch {
  const after = new Set(Object.values(document.edges).flatMap((edge) => (edge.from === node && edge.to !== node ? [edge.to] : [])));
  const [next] = after;
  if (next === undefined || after.size !== 1 || isStart(document, catalog, next)) return deleteNodes(document, [node]);
  const loops = mayLoop(document, catalog, next);
  return edit(document, (draft) => {
    Reflect.deleteProperty(draft.nodes, node);
    for (const [id, edge] of Object.entries(document.edges)) {
      if (edge.from === node || (edge.to === node && edge.from === next && !loops)) Reflect.deleteProperty(draft.edges, id);
      else if (edge.to === node) draft.edges[id] = { ...edge, to: next };
    }
  });
}

/** The nodes a second time, a little aside, with the edges between them. */
export function duplicate(document: Flowchart, ids: Iterable<string>, { catalog, random }: Surroundings): Pasted {
  const clip = copy(document, catalog, ids, "");
  return paste(document, catalog, clip, "", { x: 40, y: 40 }, random);
}

/** The nodes at other places. */
export function move(document: Flowchart, positions: Readonly<Record<string, Position>>): Patch {
  return edit(document, (draft) => {
    for (const [id, { x, y }] of Object.entries(positions)) {
      const node = draft.nodes[id];
      if (node && !sameJson(document.nodes[id]?.position, { x, y })) draft.nodes[id] = { ...node, position: { x, y } };
    }
  });
}

/** One field of a node's config set, or taken out; edges follow their ports, and leave with them. */
export function setConfig(document: Flowchart, id: string, field: string, value: Json | undefined, { catalog }: Surroundings): Patch {
  const node = document.nodes[id];
  if (!node) return NONE;
  const { [field]: _, ...others } = node.config;
  const config: Config = value === undefined ? others : { ...others, [field]: value };
  const manifest = catalog.get(node.type, node.version);
  const moved = manifest ? portsMoved(manifest, node.config, config) : new Map<string, string | undefined>();
  return edit(document, (draft) => {
    draft.nodes[id] = { ...node, config };
    for (const [edgeId, edge] of Object.entries(document.edges)) {
      if (edge.from !== id || !moved.has(edge.port)) continue;
      const port = moved.get(edge.port);
      if (port === undefined) Reflect.deleteProperty(draft.edges, edgeId);
      else draft.edges[edgeId] = { ...edge, port };
    }
  });
}

/** The node called something else; an empty name is none. */
export function rename(document: Flowchart, id: string, name: string): Patch {
  return setText(document, id, "name", name.trim());
}

/** What a person wants to remember about the node; empty is none. */
export function note(document: Flowchart, id: string, text: string): Patch {
  return setText(document, id, "note", text);
}

// ------------------------------------------------------------------------------------------------ edges

/** A port led to a node; the edge that is there is led elsewhere. No patch where it may not be drawn. */
export function connect(document: Flowchart, edge: FlowEdge, { catalog, random }: Surroundings): Patch {
  const there = edgeAt(document, edge.from, edge.port);
  if (!mayConnect(document, catalog, edge, there).ok) return NONE;
  return edit(document, (draft) => { draft.edges[there ?? freshId("e", draft.edges, random)] = { ...edge }; });
}

/** One end of an edge led elsewhere. No patch where it may not be drawn. */
export function reconnect(document: Flowchart, id: string, edge: FlowEdge, { catalog }: Surroundings): Patch {
  if (!(id in document.edges) || !mayConnect(document, catalog, edge, id).ok) return NONE;
  return edit(document, (draft) => { draft.edges[id] = { ...edge }; });
}

/** The edges gone. */
export function disconnect(document: Flowchart, ids: Iterable<string>): Patch {
  return edit(document, (draft) => {
    for (const id of ids) Reflect.deleteProperty(draft.edges, id);
  });
}

// ------------------------------------------------------------------------------------------------ the rest

/** The journey called something else. */
export function nameJourney(document: Flowchart, name: string): Patch {
  return edit(document, (draft) => { draft.name = name; });
}

/** One setting of the whole journey. */
export function setSetting<K extends keyof Settings>(document: Flowchart, key: K, value: Settings[K]): Patch {
  return edit(document, (draft) => { draft.settings = { ...document.settings, [key]: value }; });
}

/** A template's words, or no such template any more. */
export function setTemplate(document: Flowchart, name: string, template: Template | undefined): Patch {
  return edit(document, (draft) => {
    if (template) draft.templates[name] = template;
    else Reflect.deleteProperty(draft.templates, name);
  });
}

/** A promotion, or no such promotion any more. */
export function setPromotion(document: Flowchart, name: string, promotion: Promotion | undefined): Patch {
  return edit(document, (draft) => {
    if (promotion) draft.promotions[name] = promotion;
    else Reflect.deleteProperty(draft.promotions, name);
  });
}

// ------------------------------------------------------------------------------------------------ inside

/** A node of a type as it is before anything is said about it. */
export function newNode(manifest: Manifest, position: Position): FlowNode {
  // Only lists that make ports are written out: other defaults hold without being in the document.
  const from = manifest.ports_from;
  const filled = asSchema(withDefaults(manifest.config_schema, {}));
  const config: Config = from !== null && filled[from] !== undefined && filled[from] !== null ? { [from]: filled[from] as Json } : {};
  return { type: manifest.key, version: manifest.version, config, position: rounded(position) };
}

function setText(document: Flowchart, id: string, field: "name" | "note", text: string): Patch {
  const node = document.nodes[id];
  if (!node) return NONE;
  const { [field]: _, ...rest } = node;
  return edit(document, (draft) => { draft.nodes[id] = (text === "" ? rest : { ...rest, [field]: text }); });
}

/** Whether a node does not fit between two that follow each other from left to right. */
export function roomMissing(source: Position, target: Position): boolean {
  return target.x > source.x && target.x < source.x + 2 * STEP.x;
}

/** Everything from this place on to the right, one step aside. */
export function pushAside(document: Flowchart, nodes: Record<string, FlowNode>, { x }: Position): void {
  for (const [id, node] of Object.entries(document.nodes)) {
    if (node.position && node.position.x >= x) {
      nodes[id] = { ...node, position: { x: node.position.x + STEP.x, y: node.position.y } };
    }
  }
}

/** The place itself, or the next one below that nothing covers. */
export function freeSpot(document: Flowchart, wanted: Position): Position {
  const near = (one: Position): boolean =>
    Object.values(document.nodes).some(
      ({ position }) => position && Math.abs(position.x - one.x) < STEP.x - 40 && Math.abs(position.y - one.y) < STEP.y + 10,
    );
  let spot = wanted;
  while (near(spot)) spot = { x: spot.x, y: spot.y + STEP.y + 20 };
  return spot;
}

function rounded({ x, y }: Position): Position {
  return { x: Math.round(x), y: Math.round(y) };
}
