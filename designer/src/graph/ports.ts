/** The ways out of a node: those that its config lists, then those that its type has. */

import { isObject, type Config, type Flowchart, type FlowNode } from "./document";
import type { Catalog, Manifest, Port } from "./manifest";

/** The ports of a node with this config, in drawing order. */
export function portsOf(manifest: Manifest, config: Config): Port[] {
  return [...listedPorts(manifest, config), ...manifest.ports];
}

/** The ports of a node; of a type that is not in the catalog, those from which edges lead. */
export function portsOfNode(document: Flowchart, catalog: Catalog, id: string): Port[] {
  const node = document.nodes[id];
  if (!node) return [];
  const manifest = catalog.get(node.type, node.version);
  if (manifest) return portsOf(manifest, node.config);
  const keys = new Set(Object.values(document.edges).flatMap((edge) => (edge.from === id ? [edge.port] : [])));
  return [...keys].sort().map((key) => ({ key, label: key, required: false, help: "" }));
}

/** The ports that edges leave by although the node has none of that name: a drawing to be mended. */
export function strayPorts(document: Flowchart, catalog: Catalog, id: string): string[] {
  const known = new Set(portsOfNode(document, catalog, id).map((port) => port.key));
  const used = Object.values(document.edges).flatMap((edge) => (edge.from === id ? [edge.port] : []));
  return [...new Set(used)].filter((port) => !known.has(port)).sort();
}

/** Where each port of a node goes when its config changes: to itself, to its new name, or nowhere (undefined). */
export function portsMoved(manifest: Manifest, before: Config, after: Config): Map<string, string | undefined> {
  const were = listedPorts(manifest, before).map((port) => port.key);
  const are = listedPorts(manifest, after).map((port) => port.key);
  const kept = new Set([...are, ...manifest.ports.map((port) => port.key)]);
  const moved = new Map<string, string | undefined>();
  were.forEach((port, at) => {
    const now = are[at];
    const renamed = were.length === are.length && now !== undefined && !were.includes(now);
    if (!kept.has(port)) moved.set(port, renamed ? now : undefined);
  });
  return moved;
}

/** What a node is called: its name, or its type's. */
export function labelOf(node: FlowNode, catalog: Catalog): string {
  return node.name || (catalog.get(node.type, node.version)?.label ?? node.type);
}

function listedPorts(manifest: Manifest, config: Config): Port[] {
  const listed = manifest.ports_from ? config[manifest.ports_from] : undefined;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((item) => {
    const named = isObject(item) ? item["port"] : undefined;
    if (!isObject(item) || (typeof named !== "string" && typeof named !== "number") || !named) return [];
    const key = String(named);
    return [{ key, label: typeof item["label"] === "string" && item["label"] ? item["label"] : key, required: true, help: "" }];
  });
}
