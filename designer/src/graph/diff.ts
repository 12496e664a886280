/** What is different between two flowcharts, for the canvas: by node and by port. Where a node stands is no difference. */

import type { Flowchart } from "./document";
import { difference, type Patch } from "./patch";

export type Fate = "added" | "removed" | "changed";

export interface Diff {
  readonly nodes: ReadonlyMap<string, { readonly fate: Fate; readonly fields: readonly string[] }>;
  /** By "node.port". An edge that leads elsewhere has changed, whatever its id. */
  readonly ports: ReadonlyMap<string, Fate>;
  /** Changes of the name, settings, templates and promotions. */
  readonly rest: Patch;
}

/** The differences from one flowchart to the other. */
export function diff(from: Flowchart, to: Flowchart): Diff {
  const nodes = new Map<string, { fate: Fate; fields: string[] }>();
  const rest: Patch[number][] = [];
  for (const change of difference(from, to)) {
    if (change.kind === "edge" || change.field === "position") continue;
    if (change.kind !== "node") rest.push(change);
    else if (change.field === undefined) {
      nodes.set(change.id, { fate: change.before === undefined ? "added" : "removed", fields: [] });
    } else {
      const known = nodes.get(change.id) ?? { fate: "changed" as const, fields: [] };
      known.fields.push(change.field);
      nodes.set(change.id, known);
    }
  }
  return { nodes, ports: comparePorts(from, to), rest };
}

/** Whether two flowcharts mean the same. */
export function sameMeaning(one: Flowchart, other: Flowchart): boolean {
  const { nodes, ports, rest } = diff(one, other);
  return nodes.size === 0 && ports.size === 0 && rest.length === 0;
}

function comparePorts(from: Flowchart, to: Flowchart): Map<string, Fate> {
  const [were, are] = [targets(from), targets(to)];
  const found = new Map<string, Fate>();
  for (const port of new Set([...were.keys(), ...are.keys()])) {
    const [was, is] = [were.get(port), are.get(port)];
    if (was !== is) found.set(port, was === undefined ? "added" : is === undefined ? "removed" : "changed");
  }
  return found;
}

/** Where each port leads; an imported drawing may have several edges at one. */
function targets(document: Flowchart): Map<string, string> {
  const found = new Map<string, string[]>();
  for (const { from, port, to } of Object.values(document.edges)) {
    const key = `${from}.${port}`;
    found.set(key, [...(found.get(key) ?? []), to].sort());
  }
  return new Map([...found].map(([port, ends]) => [port, ends.join(" ")]));
}
