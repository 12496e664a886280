import fc from "fast-check";
import { expect, test } from "vitest";

import { copy, paste, readClip, writeClip } from "./clipboard";
import { EMPTY, type Flowchart } from "./document";
import { apply } from "./patch";
import { CATALOG, example, EXAMPLES, seeded } from "./samples";

const NOWHERE = { x: 0, y: 0 };

function pasted(into: Flowchart, from: Flowchart, ids: string[], same: boolean) {
  const clip = readClip(writeClip(copy(from, CATALOG, ids, "one")));
  if (!clip) throw new Error("The clip cannot be read again.");
  const { patch, ids: fresh } = paste(into, CATALOG, clip, same ? "one" : "two", NOWHERE, seeded(3));
  return { document: apply(into, patch), fresh };
}

test("a pasted part is the copied one under other ids, with its references and edges rewritten", () => {
  fc.assert(fc.property(fc.constantFrom(...EXAMPLES), (name) => {
    const from = example(name);
    const { document, fresh } = pasted(EMPTY, from, Object.keys(from.nodes), false);
    let text = JSON.stringify({ nodes: document.nodes, edges: Object.values(document.edges) });
    for (const [old, id] of fresh) text = text.replaceAll(`"${id}"`, `"${old}"`);
    expect(JSON.parse(text)).toEqual({ nodes: from.nodes, edges: Object.values(from.edges) });
  }));
});

test("ids are fresh, also within the same journey", () => {
  const from = example("mario");
  const { document, fresh } = pasted(from, from, Object.keys(from.nodes), true);
  expect(new Set([...fresh.keys(), ...fresh.values()]).size).toBe(2 * fresh.size);
  expect(Object.keys(document.nodes)).toHaveLength(2 * Object.keys(from.nodes).length);
  for (const id of fresh.values()) expect(id).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
});

test("message and since follow the nodes that they name", () => {
  const from = example("coupon");
  const { document, fresh } = pasted(from, from, ["email", "opened"], true);
  expect(document.nodes[fresh.get("opened") ?? ""]?.config["message"]).toBe(fresh.get("email"));
  const mario = example("mario");
  const waits = pasted(mario, mario, ["email", "visited", "bought"], true);
  expect(waits.document.nodes[waits.fresh.get("visited") ?? ""]?.config["since"]).toBe(waits.fresh.get("email"));
});

test("a reference to a node outside stays within the journey and is taken out in another", () => {
  const from = example("coupon");
  const here = pasted(from, from, ["opened"], true);
  expect(here.document.nodes[here.fresh.get("opened") ?? ""]?.config["message"]).toBe("email");
  const there = pasted(EMPTY, from, ["opened"], false);
  expect(there.document.nodes[there.fresh.get("opened") ?? ""]?.config).not.toHaveProperty("message");
});

test("templates and promotions come along, and make way for others of the same name", () => {
  const from = example("coupon");
  const { document } = pasted(EMPTY, from, ["email", "coupon"], false);
  expect(Object.keys(document.templates)).toEqual(["offer"]);
  expect(Object.keys(document.promotions)).toEqual(["SPECIAL-20"]);
  const other: Flowchart = { ...EMPTY, templates: { offer: { channel: "email", subject: "Another" } } };
  const beside = pasted(other, from, ["email"], false);
  const name = beside.document.nodes[beside.fresh.get("email") ?? ""]?.config["template"] as string;
  expect(name).not.toBe("offer");
  expect(beside.document.templates["offer"]).toEqual(other.templates["offer"]);
  expect(beside.document.templates[name]).toEqual(from.templates["offer"]);
});

test.each(["", "hello", "[]", '{"app":"other"}', '{"app":"wend","nodes":[]}'])("the text %j is no clip", (text) => {
  expect(readClip(text)).toBeUndefined();
});
