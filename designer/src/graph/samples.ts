/** What tests draw with: the engine's own catalog and examples, and gestures made by chance. */

import { readFileSync } from "node:fs";

import fc from "fast-check";

import * as commands from "./commands";
import { EMPTY, readDocument, type Flowchart } from "./document";
import type { Random } from "./ids";
import { Catalog, type Manifest } from "./manifest";
import { apply, type Patch } from "./patch";
import { portsOfNode } from "./ports";

const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

export const MANIFESTS = read("golden/catalog.json") as Manifest[];
export const CATALOG = new Catalog(MANIFESTS);
export const EXAMPLES = ["coupon", "mario", "welcome", "cart_recovery", "not_opened", "product_launch"] as const;

/** One of the example journeys. */
export function example(name: (typeof EXAMPLES)[number]): Flowchart {
  return readDocument(read(`../examples/${name}/journey.json`));
}

/** Chance that is the same every time. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The manifest of a type. */
export function manifest(key: string): Manifest {
  const found = CATALOG.get(key, 1);
  if (!found) throw new Error(`There is no ${key} in the catalog. Run golden/make.py.`);
  return found;
}

/** A gesture: what a person may do, with numbers that choose among what is there. */
export interface Gesture {
  readonly verb: (typeof VERBS)[number];
  readonly one: number;
  readonly two: number;
  readonly seed: number;
}

export const VERBS = [
  "add", "after", "insert", "connect", "disconnect", "delete", "heal", "duplicate", "move", "config", "rename", "note", "name", "setting",
] as const;

export const gesture: fc.Arbitrary<Gesture> = fc.record({
  verb: fc.constantFrom(...VERBS),
  one: fc.nat(1000),
  two: fc.nat(1000),
  seed: fc.nat(),
});

/** A flowchart that came about by gestures, from nothing or from an example. */
export const flowchart: fc.Arbitrary<Flowchart> = fc
  .tuple(fc.constantFrom(EMPTY, ...EXAMPLES.map(example)), fc.array(gesture, { maxLength: 12 }))
  .map(([start, gestures]) => gestures.reduce((document, one) => applied(document, one), start));

/** What a gesture does to a flowchart. */
export function patchOf(document: Flowchart, { verb, one, two, seed }: Gesture): Patch {
  const around = { catalog: CATALOG, random: seeded(seed) };
  const nodes = Object.keys(document.nodes);
  const edges = Object.keys(document.edges);
  const node = nodes[one % nodes.length] ?? "none";
  const other = nodes[two % nodes.length] ?? "none";
  const edge = edges[one % edges.length] ?? "none";
  const type = MANIFESTS[two % MANIFESTS.length] ?? manifest("delay");
  const ports = portsOfNode(document, CATALOG, node);
  const port = ports[seed % ports.length]?.key ?? "none";
  switch (verb) {
    case "add":
      return commands.addNode(document, type, { x: one, y: two }, around).patch;
    case "after":
      return commands.addAfter(document, node, port, type, around).patch;
    case "insert":
      return commands.insertOnEdge(document, edge, type, around).patch;
    case "connect":
      return commands.connect(document, { from: node, port, to: other }, around);
    case "disconnect":
      return commands.disconnect(document, [edge]);
    case "delete":
      return commands.deleteNodes(document, [node, other]);
    case "heal":
      return commands.deleteAndReconnect(document, node, around);
    case "duplicate":
      return commands.duplicate(document, [node, other], around).patch;
    case "move":
      return commands.move(document, { [node]: { x: two, y: seed % 1000 } });
    case "config":
      return commands.setConfig(document, node, ["template", "within", "events"][two % 3] ?? "", configValue(two, seed), around);
    case "rename":
      return commands.rename(document, node, `Name ${String(two % 5)}`);
    case "note":
      return commands.note(document, node, two % 3 === 0 ? "" : `Note ${String(two)}`);
    case "name":
      return commands.nameJourney(document, `Journey ${String(two % 3)}`);
    case "setting":
      return commands.setSetting(document, "timezone", two % 2 === 0 ? "UTC" : "Europe/Rome");
  }
}

/** The flowchart after a gesture. */
export function applied(document: Flowchart, one: Gesture): Flowchart {
  return apply(document, patchOf(document, one));
}

function configValue(two: number, seed: number): string | { event: string; port: string }[] | undefined {
  if (two % 3 < 2) return seed % 4 === 0 ? undefined : `${String(seed % 9)} days`;
  return Array.from({ length: seed % 3 }, (_, at) => ({ event: `event ${String(at)}`, port: `port_${String((seed + at) % 5)}` }));
}
