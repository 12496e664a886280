/** A dispute in words: what it is about, and what stands there on either side. */

import { isObject, type Flowchart } from "./document";
import { fieldSchema, type Catalog } from "./manifest";
import type { Change, Patch } from "./patch";
import { inWords } from "./summary";

export interface DisputeWords {
  readonly title: string;
  readonly mine: string;
  readonly theirs: string;
}

const WIDEST = 160;
const NOTHING = "(empty)";
const FIELDS: Readonly<Record<string, string>> = {
  name: "Name", note: "Note", position: "Place", type: "Type", version: "Version", timezone: "Time zone", reentry: "Re-entry",
  limit: "Limit", holidays: "Holidays", subject: "Subject", title: "Title", html: "HTML", text: "Text", link: "Link",
};

/** What a dispute says. `changes` lead from theirs to mine; `theirs` and `mine` are the drafts that they stand in. */
export function disputeInWords(changes: Patch, theirs: Flowchart, mine: Flowchart, catalog: Catalog): readonly DisputeWords[] {
  const nodes = changes.filter((one) => one.kind === "node" && one.field === undefined);
  const fields = changes.filter((one) => one.field !== undefined && !(one.kind === "edge"));
  if (nodes.length > 0) return nodes.map((one) => wholeNode(one, theirs, mine, catalog));
  if (fields.length > 0) return fields.map((one) => field(one, theirs, mine, catalog));
  const parts = changes.filter((one) => one.kind !== "edge");
  if (parts.length > 0) return parts.map((one) => ({ title: partName(one, theirs, mine, catalog), mine: kept(one.after), theirs: kept(one.before) }));
  return [edges(changes, theirs, mine, catalog)];
}

/** What a node is called: by its own name, else by its type's. */
export function nodeName(id: string, documents: readonly Flowchart[], catalog: Catalog): string {
  for (const { nodes } of documents) {
    const node = nodes[id];
    if (node) return node.name ?? catalog.get(node.type, node.version)?.label ?? id;
  }
  return id;
}

function wholeNode(change: Change, theirs: Flowchart, mine: Flowchart, catalog: Catalog): DisputeWords {
  const title = `“${nodeName(change.id, [mine, theirs], catalog)}”`;
  const theyDeleted = change.before === undefined;
  return {
    title: theyDeleted ? `${title} was deleted by them and changed by you` : `${title} was deleted by you and changed by them`,
    mine: theyDeleted ? "Keep it as you have it, with its connections" : "Delete it",
    theirs: theyDeleted ? "Delete it" : "Keep it as they have it, with its connections",
  };
}

function field(change: Change, theirs: Flowchart, mine: Flowchart, catalog: Catalog): DisputeWords {
  const { label, words } = fieldWords(change, mine, theirs, catalog);
  const [my, their] = [words(change.after), words(change.before)];
  // Where the words are the same, the values themselves tell the difference.
  const [one, other] = my === their ? around(literally(change.after), literally(change.before)) : around(my, their);
  return { title: `${partName(change, theirs, mine, catalog)}: ${label}`, mine: one, theirs: other };
}

function fieldWords(change: Change, mine: Flowchart, theirs: Flowchart, catalog: Catalog): { label: string; words: (value: unknown) => string } {
  const name = change.field ?? "";
  const node = change.kind === "node" ? mine.nodes[change.id] ?? theirs.nodes[change.id] : undefined;
  const manifest = node && catalog.get(node.type, node.version);
  if (!manifest || !name.startsWith("config.")) return { label: FIELDS[name] ?? spaced(name.replace(/^config\./, "")), words: plainly };
  const path = [name.slice("config.".length)];
  const title = fieldSchema(manifest.config_schema, path)["title"];
  const names = Object.fromEntries(Object.keys(mine.nodes).map((id) => [id, nodeName(id, [mine], catalog)]));
  return { label: typeof title === "string" ? title : spaced(path[0] ?? ""), words: (value) => inWords(manifest.config_schema, path, value, names) || NOTHING };
}

function partName({ kind, id }: Change, theirs: Flowchart, mine: Flowchart, catalog: Catalog): string {
  if (kind === "node") return `“${nodeName(id, [mine, theirs], catalog)}”`;
  if (kind === "template") return `The template “${id}”`;
  if (kind === "promotion") return `The promotion “${mine.promotions[id]?.name ?? theirs.promotions[id]?.name ?? id}”`;
  return kind === "settings" ? "Settings" : "The journey";
}

function edges(changes: Patch, theirs: Flowchart, mine: Flowchart, catalog: Catalog): DisputeWords {
  const from = new Set<string>();
  const ends = (document: Flowchart): string => {
    const said = changes.flatMap(({ id }) => {
      const edge = document.edges[id];
      if (!edge) return [];
      from.add(`“${nodeName(edge.from, [mine, theirs], catalog)}”`);
      return [`to “${nodeName(edge.to, [mine, theirs], catalog)}”`];
    });
    return said.length > 0 ? `Leads ${said.join(" and ")}` : "Not connected";
  };
  const [my, their] = [ends(mine), ends(theirs)];
  return { title: `The connection from ${[...from].join(", ")}`, mine: my, theirs: their };
}

function kept(value: unknown): string {
  return value === undefined ? "Delete it" : "Keep it";
}

function plainly(value: unknown): string {
  if (value === undefined || value === null || value === "") return NOTHING;
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(plainly).join(", ") || NOTHING;
  if (isObject(value)) return Object.values(value).map(plainly).join(", ");
  return JSON.stringify(value);
}

function literally(value: unknown): string {
  return value === undefined ? NOTHING : JSON.stringify(value);
}

function spaced(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Two long texts, cut so that the first difference is seen. */
function around(one: string, other: string): [string, string] {
  if (one.length <= WIDEST && other.length <= WIDEST) return [one, other];
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const start = Math.max(0, at - WIDEST / 3);
  const cut = (text: string): string => `${start > 0 ? "…" : ""}${text.slice(start, start + WIDEST)}${text.length > start + WIDEST ? "…" : ""}` || NOTHING;
  return [cut(one), cut(other)];
}
