import fc from "fast-check";
import { expect, test } from "vitest";

import { copy } from "./clipboard";
import { align, distribute } from "./arrange";
import { addNode, deleteAllAndReconnect, deleteParts } from "./commands";
import { edgesFrom, edgesInto, type Flowchart } from "./document";
import { illegalEdges } from "./legality";
import type { Box } from "./guides";
import { begin, record, redo, undo } from "./history";
import { apply, type Patch } from "./patch";
import { portsOfNode } from "./ports";
import { CATALOG, example, flowchart, manifest, MANIFESTS, seeded } from "./samples";
import { insertBefore, maySplice, moveInLine, pasteOnEdge, reconnect, spliceNode } from "./splice";

const COUPON = example("coupon");
const around = { catalog: CATALOG, random: seeded(7) };
const after = (document: Flowchart, patch: Patch): Flowchart => apply(document, patch);
const follow = (document: Flowchart, node: string): string[] => edgesFrom(document, node).map(([, edge]) => edge.to);

test("a loose node let into an edge stands between its ends", () => {
  const { id, patch } = addNode(COUPON, manifest("delay"), { x: 0, y: 900 }, around);
  const loose = after(COUPON, patch);
  expect(maySplice(loose, around, "e1", id)).toBe(true);
  const [from, to] = [loose.edges["e1"]?.from ?? "", loose.edges["e1"]?.to ?? ""];
  const end = after(loose, spliceNode(loose, "e1", id, around));
  expect(follow(end, from)).toContain(id);
  expect(follow(end, id)).toEqual([to]);
});

test("a connected node, and one at which contacts begin, are not let into an edge", () => {
  expect(maySplice(COUPON, around, "e1", "sms")).toBe(false);
  const { id, patch } = addNode(COUPON, manifest("event"), { x: 0, y: 900 }, around);
  expect(maySplice(after(COUPON, patch), around, "e1", id)).toBe(false);
});

test("what is inserted before a node gets all that led to it", () => {
  const { id, patch } = insertBefore(COUPON, "sms", manifest("delay"), around);
  const end = after(COUPON, patch);
  expect(edgesInto(end, "sms").map(([, edge]) => edge.from)).toEqual([id]);
  expect(edgesInto(end, id)).toHaveLength(edgesInto(COUPON, "sms").length);
  expect(illegalEdges(end, CATALOG).size).toBe(0);
});

test("nothing is inserted before what contacts begin at", () => {
  const start = Object.keys(COUPON.nodes).find((id) => edgesInto(COUPON, id).length === 0) ?? "";
  expect(insertBefore(COUPON, start, manifest("delay"), around).patch).toEqual([]);
});

test("an edge led elsewhere keeps its id, and is not led where it may not be", () => {
  const edge = COUPON.edges["e1"];
  if (!edge) throw new Error("the example has changed");
  const end = after(COUPON, reconnect(COUPON, "e1", { ...edge, to: "sms" }, around));
  expect(end.edges["e1"]?.to).toBe("sms");
  expect(reconnect(COUPON, "e1", { ...edge, to: edge.from }, around)).toEqual([]);
});

test("what is pasted on an edge stands between its ends, in one step", () => {
  const clip = copy(COUPON, CATALOG, ["coupon", "sms"], "1");
  const { ids, patch } = pasteOnEdge(COUPON, "e1", clip, "1", around, { x: 0, y: 300 });
  const end = after(COUPON, patch);
  expect(end.edges["e1"]?.to).toBe(ids.get("coupon"));
  expect(follow(end, ids.get("sms") ?? "")).toEqual([COUPON.edges["e1"]?.to]);
  expect(illegalEdges(end, CATALOG).size).toBe(0);
});

test("a node moved one step earlier in its line changes places with the one before it", () => {
  // A coupon has two ways out, of which one is used.
  const end = after(COUPON, moveInLine(COUPON, "sms", "up", around));
  expect(follow(end, "sms")).toEqual(["coupon"]);
  expect(end.nodes["sms"]?.position).toEqual(COUPON.nodes["coupon"]?.position);
  expect(illegalEdges(end, CATALOG).size).toBe(0);
  expect(moveInLine(COUPON, "email", "up", around)).toEqual([]);
});

test("several nodes deleted and healed leave the rest connected", () => {
  const end = after(COUPON, deleteAllAndReconnect(COUPON, ["coupon", "sms"], around));
  expect(illegalEdges(end, CATALOG).size).toBe(0);
  expect(Object.keys(end.nodes)).not.toContain("coupon");
  const last = edgesFrom(COUPON, "sms")[0]?.[1].to;
  expect(edgesInto(end, last ?? "").length).toBeGreaterThan(0);
});

test("nodes and edges deleted together are one patch without a word said twice", () => {
  const patch = deleteParts(COUPON, ["sms"], ["e1"]);
  const end = after(COUPON, patch);
  expect(end.edges["e1"]).toBeUndefined();
  expect(end.nodes["sms"]).toBeUndefined();
  expect(new Set(patch.map((one) => `${one.kind} ${one.id}`)).size).toBe(patch.length);
});

const VERBS = ["before", "splice", "reconnect", "paste", "line", "heal", "parts", "align", "spread"] as const;
const gesture = fc.record({ verb: fc.constantFrom(...VERBS), one: fc.nat(1000), two: fc.nat(1000), seed: fc.nat() });
type Gesture = typeof gesture extends fc.Arbitrary<infer G> ? G : never;

function patchOf(document: Flowchart, { verb, one, two, seed }: Gesture): Patch {
  const surroundings = { catalog: CATALOG, random: seeded(seed) };
  const [nodes, edges] = [Object.keys(document.nodes), Object.keys(document.edges)];
  const [node, other] = [nodes[one % nodes.length] ?? "none", nodes[two % nodes.length] ?? "none"];
  const edge = edges[two % edges.length] ?? "none";
  const type = MANIFESTS[two % MANIFESTS.length] ?? manifest("delay");
  const boxes = new Map(nodes.slice(0, 2 + (seed % 4)).map((id, at): [string, Box] => [id, { ...(document.nodes[id]?.position ?? { x: at, y: at }), width: 208, height: 90 + at }]));
  const ports = portsOfNode(document, CATALOG, node);
  switch (verb) {
    case "before": return insertBefore(document, node, type, surroundings).patch;
    case "splice": return spliceNode(document, edge, node, surroundings);
    case "reconnect": return reconnect(document, edge, { from: node, port: ports[seed % ports.length]?.key ?? "none", to: other }, surroundings);
    case "paste": return pasteOnEdge(document, edge, copy(document, CATALOG, [node, other], "1"), "1", surroundings, { x: 10, y: 10 }).patch;
    case "line": return moveInLine(document, node, seed % 2 === 0 ? "up" : "down", surroundings);
    case "heal": return deleteAllAndReconnect(document, [node, other], surroundings);
    case "parts": return deleteParts(document, [node], [edge]);
    case "align": return align(document, boxes, (["left", "centre", "right", "top", "middle", "bottom"] as const)[seed % 6] ?? "left");
    case "spread": return distribute(document, boxes, seed % 2 === 0 ? "x" : "y");
  }
}

test("after random gestures of the canvas and the outline, undoing all gives the start and redoing all gives the end", () => {
  fc.assert(fc.property(flowchart, fc.array(gesture, { maxLength: 15 }), (start, gestures) => {
    const end = gestures.reduce((history, one) => record(history, one.verb, patchOf(history.document, one)), begin(start));
    let history = end;
    while (history.past.length > 0) history = undo(history);
    expect(history.document).toEqual(start);
    while (history.future.length > 0) history = redo(history);
    expect(history).toEqual(end);
  }));
});

test("no gesture draws an edge that could not be drawn by hand, or leaves one hanging", () => {
  fc.assert(fc.property(flowchart, fc.array(gesture, { maxLength: 8 }), (start, gestures) => {
    let document = start;
    for (const one of gestures) {
      const bad = illegalEdges(document, CATALOG);
      document = apply(document, patchOf(document, one));
      for (const [id, why] of illegalEdges(document, CATALOG)) if (!bad.has(id)) throw new Error(`${one.verb}: ${why}`);
    }
  }));
});
