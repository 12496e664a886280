import { readFileSync } from "node:fs";

import fc from "fast-check";
import { expect, test } from "vitest";

import { describeCondition } from "./conditionWords";
import { diff, sameMeaning } from "./diff";
import { move, rename, setConfig, setSetting } from "./commands";
import { outline, outlineOrder } from "./outline";
import { apply } from "./patch";
import { CATALOG, example, EXAMPLES, flowchart, manifest, MANIFESTS, seeded } from "./samples";
import { summarise } from "./summary";

interface Golden {
  readonly nodes: { readonly example: (typeof EXAMPLES)[number]; readonly node: string; readonly says: string }[];
  readonly conditions: { readonly condition: unknown; readonly says: string }[];
}
const GOLDEN = JSON.parse(readFileSync("golden/words.json", "utf8")) as Golden;
const around = { catalog: CATALOG, random: seeded(1) };

test("every node of the examples is summed up as the engine sums it up", () => {
  for (const { example: name, node, says } of GOLDEN.nodes) {
    const { nodes } = example(name);
    const names = Object.fromEntries(Object.entries(nodes).flatMap(([id, one]) => (one.name ? [[id, one.name]] : [])));
    const drawn = nodes[node];
    expect(drawn && summarise(manifest(drawn.type), drawn.config, names)).toBe(says);
  }
});

test("every condition is described as the engine describes it", () => {
  for (const { condition, says } of GOLDEN.conditions) expect(describeCondition(condition)).toBe(says);
});

test("a condition that is not finished has no words, and a node with it still has a sentence", () => {
  for (const raw of [{}, { op: "all", of: [] }, { op: "is" }, { op: "strange", field: "contact.a" }]) {
    expect(describeCondition(raw)).toBeUndefined();
  }
  expect(summarise(manifest("condition"), { condition: { op: "all", of: [] } })).toContain("a condition");
});

test("every type has a sentence for an empty config", () => {
  for (const one of MANIFESTS) expect(summarise(one, {})).not.toMatch(/[{}[\]]/);
});

test("the outline tells of every node exactly once", () => {
  fc.assert(fc.property(flowchart, (document) => {
    const told = outlineOrder(outline(document, CATALOG));
    expect([...told].sort()).toEqual(Object.keys(document.nodes).sort());
  }));
});

test("the outline puts what follows in one list and branches inside", () => {
  const lists = outline(example("coupon"), CATALOG);
  expect(lists).toHaveLength(1);
  expect(lists[0]?.map((item) => item.node)).toEqual(["start", "email", "opened"]);
  const branches = lists[0]?.[2]?.branches.map((branch) => [branch.port, branch.steps.map((step) => step.node)]);
  expect(branches).toEqual([["yes", ["done"]], ["no", ["coupon", "sms", "sent"]]]);
});

test("where ways meet, the outline tells of the node once and points at it afterwards", () => {
  const again = JSON.stringify(outline(example("mario"), CATALOG)).match(/"again":true/g);
  expect(again?.length).toBeGreaterThan(0);
});

test("a flowchart does not differ from itself, nor by where its nodes stand", () => {
  fc.assert(fc.property(flowchart, (document) => {
    const moved = apply(document, move(document, Object.fromEntries(Object.keys(document.nodes).map((id) => [id, { x: 1, y: 2 }]))));
    expect(sameMeaning(document, moved)).toBe(true);
  }));
});

test("a difference names the node, its field, the port and the rest", () => {
  const from = example("coupon");
  let to = apply(from, setConfig(from, "opened", "within", "3 days", around));
  to = apply(to, rename(to, "sms", "Text it"));
  to = apply(to, setSetting(to, "timezone", "Europe/Rome"));
  to = { ...to, edges: { ...to.edges, other: { from: "email", port: "expired", to: "sent" } } };
  const found = diff(from, to);
  expect(Object.fromEntries(found.nodes)).toEqual({
    opened: { fate: "changed", fields: ["config.within"] },
    sms: { fate: "changed", fields: ["name"] },
  });
  expect(Object.fromEntries(found.ports)).toEqual({ "email.expired": "added" });
  expect(found.rest).toMatchObject([{ kind: "settings", field: "timezone" }]);
});
