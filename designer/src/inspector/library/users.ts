/** Which nodes use a template or a promotion, and what becomes of them when it is renamed. Pure. */

import type { Flowchart, FlowNode } from "../../graph/document";
import type { Catalog } from "../../graph/manifest";
import { edit, type Patch } from "../../graph/patch";
import { referencesOf, rewriteReferences } from "../../graph/references";

/** The ids of the nodes that name it. */
export function usersOf(document: Flowchart, catalog: Catalog, kind: "template" | "promotion", name: string): string[] {
  return Object.entries(document.nodes).flatMap(([id, node]) => {
    const manifest = catalog.get(node.type, node.version);
    return manifest && referencesOf(manifest, node.config).some(([found, named]) => found === kind && named === name) ? [id] : [];
  });
}

/** A template or promotion of the journey under another name; every node that named it names the new one. */
export function renamePart(document: Flowchart, catalog: Catalog, kind: "template" | "promotion", from: string, to: string): Patch {
  const parts: Readonly<Record<string, unknown>> = kind === "template" ? document.templates : document.promotions;
  if (!(from in parts) || to === from || to === "" || to in parts) return [];
  const users = usersOf(document, catalog, kind, from);
  return edit(document, (draft) => {
    const kept: Record<string, unknown> = kind === "template" ? draft.templates : draft.promotions;
    kept[to] = parts[from];
    Reflect.deleteProperty(kept, from);
    for (const id of users) {
      const node: FlowNode | undefined = document.nodes[id];
      const manifest = node && catalog.get(node.type, node.version);
      if (!node || !manifest) continue;
      draft.nodes[id] = { ...node, config: rewriteReferences(manifest, node.config, (found, name) => (found === kind && name === from ? to : name)) };
    }
  });
}
