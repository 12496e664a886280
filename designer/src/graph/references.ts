/** Where a config names something else: another node, a template, a promotion. Found by the manifest alone. */

import { isObject, type Config, type Json } from "./document";
import { asSchema, resolved, widgetOf, type Manifest, type Schema } from "./manifest";

export type Referred = "node" | "template" | "promotion";
/** What to put in place of a name; undefined takes the field out. */
export type Rename = (kind: Referred, name: string) => string | undefined;

const WIDGETS: Readonly<Record<string, Referred>> = {
  node: "node",
  anchor: "node",
  template: "template",
  promotion: "promotion",
};

/** The config with every reference renamed. */
export function rewriteReferences(manifest: Manifest, config: Config, rename: Rename): Config {
  const walk = (value: unknown, part: Schema, path: string): unknown => {
    const described = resolved(part, manifest.config_schema);
    if (typeof value === "string") {
      const kind = kindAt(manifest, described, path);
      return kind === undefined ? value : rename(kind, value);
    }
    if (Array.isArray(value)) {
      const inner = asSchema(described["items"]);
      return value.map((item) => walk(item, inner, path)).filter((item) => item !== undefined);
    }
    if (!isObject(value)) return value;
    const fields = asSchema(described["properties"]);
    const found: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      const now = walk(item, asSchema(fields[key]), path ? `${path}.${key}` : key);
      if (now !== undefined) found[key] = now;
    }
    return found;
  };
  return walk(config, manifest.config_schema, "") as Record<string, Json>;
}

/** What the config refers to, each name once. */
export function referencesOf(manifest: Manifest, config: Config): [Referred, string][] {
  const found = new Map<string, [Referred, string]>();
  rewriteReferences(manifest, config, (kind, name) => {
    found.set(`${kind} ${name}`, [kind, name]);
    return name;
  });
  return [...found.values()];
}

function kindAt(manifest: Manifest, part: Schema, path: string): Referred | undefined {
  const named = manifest.references[path];
  if (named === "node" || named === "template" || named === "promotion") return named;
  return WIDGETS[widgetOf(part) ?? ""];
}
