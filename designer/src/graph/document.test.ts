import fc from "fast-check";
import { expect, test } from "vitest";

import { NotAFlowchart, readDocument, sameJson, writeDocument } from "./document";
import { example, EXAMPLES, flowchart } from "./samples";

test("export and import give the same flowchart", () => {
  fc.assert(fc.property(flowchart, (document) => {
    expect(readDocument(JSON.parse(writeDocument(document)))).toEqual(document);
  }));
});

test("an example is read with all of its nodes and edges", () => {
  for (const name of EXAMPLES) expect(Object.keys(example(name).nodes).length).toBeGreaterThan(3);
});

test("what is null in the API's answer is left out, and defaults are filled in", () => {
  const read = readDocument({ nodes: { a: { type: "exit", name: null, note: null, position: null } }, settings: { reentry: { after: null } } });
  expect(read.nodes["a"]).toEqual({ type: "exit", version: 1, config: {} });
  expect(read.settings).toEqual({ timezone: "UTC", reentry: { rule: "once" }, limit: "7 days", holidays: [] });
});

test.each([[[]], ["text"], [{ schema: 99 }], [{ nodes: [] }], [{ nodes: { a: {} } }], [{ edges: { e: { from: "a" } } }]])(
  "what is no flowchart is refused with a next step: %j",
  (raw) => {
    expect(() => readDocument(raw)).toThrow(NotAFlowchart);
    expect(() => readDocument(raw)).toThrow(/\. (Choose|Reload|Give)/);
  },
);

test("values are the same whatever the order of their keys, and different whatever their likeness", () => {
  expect(sameJson({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
  expect(sameJson({ a: undefined }, { b: 1 })).toBe(false);
  expect(sameJson([1, 2], { 0: 1, 1: 2 })).toBe(false);
});
