/** Manifests: how a node type is described to the designer, which knows no single node by itself. */

import { isObject } from "./document";
import { spelled } from "./duration";

export type Family = "trigger" | "state" | "act" | "control";
export type Reference =
  | "template" | "promotion" | "segment" | "node" | "account" | "tag" | "condition";
export type Schema = Readonly<Record<string, unknown>>;

export interface Port {
  readonly key: string;
  readonly label: string;
  readonly required: boolean;
  readonly help: string;
}

export interface Manifest {
  readonly key: string;
  readonly version: number;
  readonly family: Family;
  readonly operation: string;
  readonly label: string;
  readonly summary: string;
  readonly icon: string;
  readonly colour: string;
  readonly help: string;
  readonly synonyms: readonly string[];
  readonly config_schema: Schema;
  readonly ports: readonly Port[];
  readonly ports_from: string | null;
  readonly references: Readonly<Record<string, Reference>>;
  /** The channel of a message that leaves here. */
  readonly sends?: string | null;
}

/** The node types that workers have published, by key and version. */
export class Catalog {
  private readonly byKey = new Map<string, Map<number, Manifest>>();

  constructor(manifests: Iterable<Manifest>) {
    for (const manifest of manifests) {
      const versions = this.byKey.get(manifest.key) ?? new Map<number, Manifest>();
      versions.set(manifest.version, manifest);
      this.byKey.set(manifest.key, versions);
    }
  }

  /** The manifest of exactly this version. */
  get(key: string, version: number): Manifest | undefined {
    return this.byKey.get(key)?.get(version);
  }

  /** The newest version of a type. */
  latest(key: string): Manifest | undefined {
    const versions = this.byKey.get(key);
    return versions?.get(Math.max(...versions.keys()));
  }

  /** The newest version of every type, by label. */
  newest(): Manifest[] {
    const found: Manifest[] = [];
    for (const versions of this.byKey.values()) {
      const last = versions.get(Math.max(...versions.keys()));
      if (last) found.push(last);
    }
    return found.sort((one, other) => one.label.localeCompare(other.label));
  }
}

const DEEPEST = 32;

/** The schema behind a `$ref` into `$defs`, if it is one. */
export function resolved(part: Schema, root: Schema): Schema {
  let found = part;
  for (let step = 0; step < DEEPEST; step += 1) {
    const reference = found["$ref"];
    if (typeof reference !== "string") return found;
    const target = asSchema(asSchema(root["$defs"])[reference.slice(reference.lastIndexOf("/") + 1)]);
    const { $ref: _, ...rest } = found;
    found = { ...target, ...rest };
  }
  return {};
}

/** The part of a schema that describes the field at a path; empty where it says nothing. */
export function fieldSchema(schema: Schema, path: readonly (string | number)[]): Schema {
  let found = schema;
  for (const step of path) {
    found = resolved(found, schema);
    found = asSchema(typeof step === "number" ? found["items"] : asSchema(found["properties"])[step]);
  }
  return resolved(found, schema);
}

/** The config with the schema's defaults for what is left out, and durations in their one spelling. */
export function withDefaults(schema: Schema, value: unknown): unknown {
  return filled(schema, value, schema, 0);
}

/** The name of the widget that a part of a schema asks for. */
export function widgetOf(part: Schema): string | undefined {
  const shown = asSchema(part["x-ui"])["widget"];
  return typeof shown === "string" ? shown : undefined;
}

/** The value as a schema; empty where it is none. */
export function asSchema(value: unknown): Schema {
  return isObject(value) ? value : {};
}

function filled(part: Schema, value: unknown, root: Schema, depth: number): unknown {
  if (depth > DEEPEST) return value;
  const described = resolved(part, root);
  if (typeof value === "string") return widgetOf(described) === "duration" ? spelled(value) : value;
  if (Array.isArray(value)) return value.map((item) => filled(asSchema(described["items"]), item, root, depth + 1));
  if (!isObject(value)) return value;
  const fields = asSchema(described["properties"]);
  const found: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) found[name] = filled(asSchema(fields[name]), item, root, depth + 1);
  for (const [name, inner] of Object.entries(fields)) {
    const field = resolved(asSchema(inner), root);
    if (!(name in found) && "default" in field) found[name] = filled(field, field["default"], root, depth + 1);
  }
  return found;
}
