/** Copying nodes as readable JSON, and reading it again: in another tab, another journey, or a text editor. */

import { isObject, readDocument, type Flowchart, type FlowNode, type Position } from "./document";
import { freshId, stemOf, type Random } from "./ids";
import type { Catalog } from "./manifest";
import { edit, type Patch } from "./patch";
import { referencesOf, rewriteReferences, type Referred } from "./references";

export const APP = "wend";

export interface Clip {
  readonly app: typeof APP;
  readonly schema: number;
  /** The journey that the nodes come from; what they refer to outside the clip is known only there. */
  readonly journey: string;
  readonly nodes: Flowchart["nodes"];
  readonly edges: Flowchart["edges"];
  readonly templates: Flowchart["templates"];
  readonly promotions: Flowchart["promotions"];
}

export interface Pasted {
  readonly patch: Patch;
  /** The new nodes, to be selected; by the ids that they were copied with. */
  readonly ids: ReadonlyMap<string, string>;
}

/** The nodes with the edges between them, and the templates and promotions that they name. */
export function copy(document: Flowchart, catalog: Catalog, ids: Iterable<string>, journey: string): Clip {
  const chosen = new Set([...ids].filter((id) => id in document.nodes));
  const named = { node: new Set<string>(), template: new Set<string>(), promotion: new Set<string>() };
  for (const id of chosen) {
    const node = document.nodes[id];
    const manifest = node && catalog.get(node.type, node.version);
    if (manifest) for (const [kind, name] of referencesOf(manifest, node.config)) named[kind].add(name);
  }
  return {
    app: APP,
    schema: document.schema,
    journey,
    nodes: pick(document.nodes, (id) => chosen.has(id)),
    edges: pick(document.edges, (_, edge) => chosen.has(edge.from) && chosen.has(edge.to)),
    templates: pick(document.templates, (id) => named.template.has(id)),
    promotions: pick(document.promotions, (id) => named.promotion.has(id)),
  };
}

/** The clip as text for the clipboard. */
export function writeClip(clip: Clip): string {
  return JSON.stringify(clip, null, 2);
}

/** A clip from the clipboard's text; undefined where the text is something else. */
export function readClip(text: string): Clip | undefined {
  try {
    const raw: unknown = JSON.parse(text);
    if (!isObject(raw) || raw["app"] !== APP) return undefined;
    const { schema, nodes, edges, templates, promotions } = readDocument(raw);
    const journey = typeof raw["journey"] === "string" ? raw["journey"] : "";
    return { app: APP, schema, journey, nodes, edges, templates, promotions };
  } catch {
    return undefined;
  }
}

/**
 * The patch that adds a clip's nodes under new ids, moved by `by`. References between them follow; those to nodes outside
 * stay within the same journey and are taken out in another.
 */
export function paste(document: Flowchart, catalog: Catalog, clip: Clip, journey: string, by: Position, random: Random): Pasted {
  const ids = new Map<string, string>();
  const taken = new Set(Object.keys(document.nodes));
  for (const id of Object.keys(clip.nodes)) {
    const fresh = freshId(stemOf(id), taken, random);
    taken.add(fresh);
    ids.set(id, fresh);
  }
  const names: Record<"template" | "promotion", ReadonlyMap<string, string>> = {
    template: placed(clip.templates, document.templates, random),
    promotion: placed(clip.promotions, document.promotions, random),
  };
  const rename = (kind: Referred, name: string): string | undefined => {
    if (kind !== "node") return names[kind].get(name) ?? name;
    const copied = ids.get(name);
    if (copied !== undefined) return copied;
    // A word like "entry" is no node; it means the same everywhere.
    const isNode = name in document.nodes;
    return clip.journey === journey || isAnchorWord(name) ? (isNode || isAnchorWord(name) ? name : undefined) : undefined;
  };
  const patch = edit(document, (draft) => {
    for (const [id, node] of Object.entries(clip.nodes)) draft.nodes[ids.get(id) ?? id] = moved(node, catalog, rename, by);
    for (const edge of Object.values(clip.edges)) {
      const [from, to] = [ids.get(edge.from), ids.get(edge.to)];
      if (from !== undefined && to !== undefined) draft.edges[freshId("e", draft.edges, random)] = { from, port: edge.port, to };
    }
    for (const [name, template] of Object.entries(clip.templates)) draft.templates[names.template.get(name) ?? name] = template;
    for (const [name, one] of Object.entries(clip.promotions)) draft.promotions[names.promotion.get(name) ?? name] = one;
  });
  return { patch, ids };
}

/** Nodes that stand for no node: from where a wait counts. */
const ANCHOR_WORDS = new Set(["entry", "here"]);

function isAnchorWord(name: string): boolean {
  return ANCHOR_WORDS.has(name);
}

/** Under which names a clip's templates come: their own, where nothing else has it. */
function placed<T>(clip: Readonly<Record<string, T>>, there: Readonly<Record<string, T>>, random: Random): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set([...Object.keys(there), ...Object.keys(clip)]);
  for (const [name, one] of Object.entries(clip)) {
    const known = there[name];
    const free = known === undefined || JSON.stringify(known) === JSON.stringify(one);
    names.set(name, free ? name : freshId(stemOf(name), taken, random));
  }
  return names;
}

function moved(node: FlowNode, catalog: Catalog, rename: (kind: Referred, name: string) => string | undefined, by: Position): FlowNode {
  const manifest = catalog.get(node.type, node.version);
  const config = manifest ? rewriteReferences(manifest, node.config, rename) : node.config;
  const { position, ...rest } = node;
  return { ...rest, config, ...(position ? { position: { x: position.x + by.x, y: position.y + by.y } } : {}) };
}

function pick<T>(parts: Readonly<Record<string, T>>, wanted: (id: string, part: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(parts).filter(([id, part]) => wanted(id, part)));
}
