import fc from "fast-check";
import { expect, test } from "vitest";

import { setConfig } from "./commands";
import { apply, compose, difference, inverse } from "./patch";
import { disjoint, rebase } from "./rebase";
import { applied, CATALOG, example, flowchart, gesture, patchOf, seeded } from "./samples";

const around = { catalog: CATALOG, random: seeded(1) };

test("a patch and its inverse give the flowchart that was there", () => {
  fc.assert(fc.property(flowchart, gesture, (document, one) => {
    const patch = patchOf(document, one);
    expect(apply(apply(document, patch), inverse(patch))).toEqual(document);
  }));
});

test("the difference of two flowcharts leads from one to the other", () => {
  fc.assert(fc.property(flowchart, flowchart, (from, to) => {
    expect(apply(from, difference(from, to))).toEqual(to);
  }));
});

test("patches composed do what they do one after another, and their inverse takes it all back", () => {
  fc.assert(fc.property(flowchart, fc.array(gesture, { maxLength: 8 }), (start, gestures) => {
    let document = start;
    const patches = gestures.map((one) => {
      const patch = patchOf(document, one);
      document = apply(document, patch);
      return patch;
    });
    const all = compose(patches);
    expect(apply(start, all)).toEqual(document);
    expect(apply(document, inverse(all))).toEqual(start);
  }));
});

test("patches that do not touch give the same in any order", () => {
  let met = 0;
  fc.assert(fc.property(flowchart, gesture, gesture, (base, one, two) => {
    const [mine, theirs] = [patchOf(base, one), patchOf(base, two)];
    if (!disjoint(mine, theirs, base)) return;
    met += 1;
    const after = apply(apply(base, theirs), rebase(mine, theirs, base).patch);
    const before = apply(apply(base, mine), rebase(theirs, mine, base).patch);
    expect(after).toEqual(before);
    expect(rebase(mine, theirs, base).conflicts).toEqual([]);
  }), { numRuns: 300 });
  expect(met).toBeGreaterThan(50);
});

test("of patches that touch, the rest is merged and each meeting place is shown", () => {
  fc.assert(fc.property(flowchart, fc.array(gesture, { maxLength: 4 }), fc.array(gesture, { maxLength: 4 }), (base, ones, twos) => {
    const mine = difference(base, ones.reduce(applied, base));
    const theirs = difference(base, twos.reduce(applied, base));
    const { patch, conflicts } = rebase(mine, theirs, base);
    expect(disjoint(mine, theirs, base)).toBe(disjoint(theirs, mine, base));
    expect(patch.length + conflicts.length).toBeLessThanOrEqual(mine.length);
    const merged = apply(apply(base, theirs), patch);
    for (const edge of Object.values(merged.edges)) {
      if (conflicts.length > 0) break;
      expect(merged.nodes).toHaveProperty([edge.from]);
      expect(merged.nodes).toHaveProperty([edge.to]);
    }
  }), { numRuns: 300 });
});

test("two people may set two fields of one node", () => {
  const base = example("coupon");
  const mine = setConfig(base, "opened", "within", "3 days", around);
  const theirs = setConfig(base, "opened", "what", "clicked", around);
  const { patch, conflicts } = rebase(mine, theirs, base);
  expect(conflicts).toEqual([]);
  expect(apply(apply(base, theirs), patch).nodes["opened"]?.config).toMatchObject({ within: "3 days", what: "clicked" });
});

test("two values for one field are a conflict, and choosing mine puts mine there", () => {
  const base = example("coupon");
  const mine = setConfig(base, "opened", "within", "3 days", around);
  const theirs = setConfig(base, "opened", "within", "4 days", around);
  const { patch, conflicts } = rebase(mine, theirs, base);
  expect(patch).toEqual([]);
  expect(conflicts).toHaveLength(1);
  const chosen = conflicts.map((one) => one.mine);
  expect(apply(apply(base, theirs), chosen).nodes["opened"]?.config["within"]).toBe("3 days");
});

test("the same change by two people is no conflict", () => {
  const base = example("coupon");
  const mine = setConfig(base, "opened", "within", "3 days", around);
  expect(rebase(mine, mine, base)).toEqual({ patch: [], conflicts: [] });
});

test("an edge to a node that another has deleted is a conflict", () => {
  const base = example("coupon");
  const theirs = difference(base, { ...base, nodes: Object.fromEntries(Object.entries(base.nodes).filter(([id]) => id !== "sent")) });
  const mine = [{ kind: "edge", id: "new", after: { from: "opened", port: "maybe", to: "sent" } }] as const;
  expect(rebase(mine, theirs, base).conflicts).toHaveLength(1);
});

test("two edges at one port, drawn by two people, are a conflict", () => {
  const base = example("coupon");
  const mine = [{ kind: "edge", id: "m", after: { from: "email", port: "expired", to: "sent" } }] as const;
  const theirs = [{ kind: "edge", id: "t", after: { from: "email", port: "expired", to: "done" } }] as const;
  expect(rebase(mine, theirs, base).conflicts).toHaveLength(1);
});
