/** The flowchart document, as engine/flow/document.py has it: maps keyed by id, so that changes go by (node, field). */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Config = Record<string, Json>;
export type Channel = "email" | "sms" | "push";

export const SCHEMA = 1;

/** Where a node is drawn, in canvas pixels: its top left corner. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface FlowNode {
  readonly type: string;
  readonly version: number;
  readonly name?: string;
  readonly config: Config;
  readonly note?: string;
  readonly position?: Position;
}

export interface FlowEdge {
  readonly from: string;
  readonly port: string;
  readonly to: string;
}

export interface Settings {
  readonly timezone: string;
  readonly reentry: { readonly rule: "once" | "after_end" | "after_time" | "every_event"; readonly after?: string };
  readonly limit: string;
  readonly holidays: readonly string[];
}

export interface Template {
  readonly channel: Channel;
  readonly subject?: string;
  readonly title?: string;
  readonly html?: string;
  readonly text?: string;
  readonly link?: string;
}

export interface Promotion {
  readonly name: string;
  readonly discount_percent: number;
  readonly products: readonly string[];
  readonly starts_at?: string;
  readonly ends_at?: string;
  readonly coupon_valid_for?: string;
  readonly link?: string;
}

export interface Flowchart {
  readonly schema: number;
  readonly name: string;
  readonly nodes: Readonly<Record<string, FlowNode>>;
  readonly edges: Readonly<Record<string, FlowEdge>>;
  readonly settings: Settings;
  readonly templates: Readonly<Record<string, Template>>;
  readonly promotions: Readonly<Record<string, Promotion>>;
}

export const EMPTY: Flowchart = {
  schema: SCHEMA,
  name: "",
  nodes: {},
  edges: {},
  settings: { timezone: "UTC", reentry: { rule: "once" }, limit: "7 days", holidays: [] },
  templates: {},
  promotions: {},
};

/** What is no flowchart at all. The text says what is wrong and what to do. */
export class NotAFlowchart extends Error {}

/** A document as it comes from the API or a file: defaults filled in, what is empty left out. Throws NotAFlowchart. */
export function readDocument(raw: unknown): Flowchart {
  if (!isObject(raw)) throw new NotAFlowchart("This is no flowchart: it is no JSON object. Choose a journey's file.");
  const schema = raw["schema"] ?? SCHEMA;
  if (typeof schema !== "number" || schema > SCHEMA) {
    throw new NotAFlowchart(
      `The flowchart has the shape ${JSON.stringify(schema)}, and this designer knows ${String(SCHEMA)}. ` +
        "Reload the page; if that does not help, update Wend.",
    );
  }
  const settings = withoutNull(part(raw, "settings"));
  return {
    schema: SCHEMA,
    name: typeof raw["name"] === "string" ? raw["name"] : "",
    nodes: mapped(part(raw, "nodes"), "node", readNode),
    edges: mapped(part(raw, "edges"), "edge", readEdge),
    settings: { ...EMPTY.settings, ...settings, reentry: { rule: "once", ...withoutNull(part(settings, "reentry")) } },
    templates: mapped(part(raw, "templates"), "template", (one) => withoutNull(one) as unknown as Template),
    promotions: mapped(
      part(raw, "promotions"),
      "promotion",
      (one) => ({ products: [], ...withoutNull(one) }) as unknown as Promotion,
    ),
  };
}

/** The document as a file holds it: readable, and read back to the same. */
export function writeDocument(document: Flowchart): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The edges that leave a node, in the order of their ids. */
export function edgesFrom(document: Flowchart, node: string): [string, FlowEdge][] {
  return Object.entries(document.edges).filter(([, edge]) => edge.from === node);
}

/** The edges that lead to a node. */
export function edgesInto(document: Flowchart, node: string): [string, FlowEdge][] {
  return Object.entries(document.edges).filter(([, edge]) => edge.to === node);
}

/** Whether a value is a plain object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two plain JSON values say the same; the order of keys does not matter. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, at) => sameJson(item, other[at]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => key in other && sameJson(one[key], other[key]));
}

function part(raw: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = raw[key] ?? {};
  if (!isObject(value)) throw new NotAFlowchart(`"${key}" of the flowchart is no object. Choose a journey's file.`);
  return value;
}

function mapped<T>(raw: Record<string, unknown>, kind: string, read: (one: Record<string, unknown>, id: string) => T) {
  const found: Record<string, T> = {};
  for (const [id, one] of Object.entries(raw)) {
    if (!isObject(one)) throw new NotAFlowchart(`The ${kind} "${id}" is no object. Choose a journey's file.`);
    found[id] = read(one, id);
  }
  return found;
}

function readNode(raw: Record<string, unknown>, id: string): FlowNode {
  if (typeof raw["type"] !== "string") throw new NotAFlowchart(`The node "${id}" has no type. Give it one in the file.`);
  const { name, note, position, ...rest } = raw;
  return {
    type: raw["type"],
    version: typeof rest["version"] === "number" ? rest["version"] : 1,
    config: (isObject(rest["config"]) ? rest["config"] : {}) as Config,
    ...(typeof name === "string" ? { name } : {}),
    ...(typeof note === "string" ? { note } : {}),
    ...(isPosition(position) ? { position: { x: position.x, y: position.y } } : {}),
  };
}

function readEdge(raw: Record<string, unknown>, id: string): FlowEdge {
  const { from, port, to } = raw;
  if (typeof from !== "string" || typeof port !== "string" || typeof to !== "string") {
    throw new NotAFlowchart(`The edge "${id}" lacks "from", "port" or "to". Give it all three in the file.`);
  }
  return { from, port, to };
}

function isPosition(value: unknown): value is Position {
  return isObject(value) && typeof value["x"] === "number" && typeof value["y"] === "number";
}

function withoutNull(raw: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== null));
}
