import { expect, test } from "vitest";

import { deleteNodes, rename, setConfig } from "./commands";
import { disputeInWords } from "./disputeWords";
import { apply, difference, type Patch } from "./patch";
import { CATALOG, example, seeded } from "./samples";

const base = example("coupon");
const around = { catalog: CATALOG, random: seeded(1) };
const words = (mine: Patch, theirs: Patch) => {
  const [my, their] = [apply(base, mine), apply(base, theirs)];
  return disputeInWords(difference(their, my), their, my, CATALOG);
};

test("a disputed field is told by the node's name, the field's label and both values as people say them", () => {
  expect(words(setConfig(base, "opened", "within", "3 days", around), setConfig(base, "opened", "within", "36 HOURS", around))).toEqual([
    { title: `“${base.nodes["opened"]?.name ?? "Message engagement"}”: Within`, mine: "3 days", theirs: "36 hours" },
  ]);
});

test("a node that one deleted and the other changed says who did what", () => {
  const [told] = words(rename(base, "opened", "Opened it?"), deleteNodes(base, new Set(["opened"])));
  expect(told).toEqual({
    title: "“Opened it?” was deleted by them and changed by you",
    mine: "Keep it as you have it, with its connections",
    theirs: "Delete it",
  });
});

test("long texts are cut where they differ", () => {
  const long = "a".repeat(500);
  const [told] = words([{ kind: "template", id: "t", after: { channel: "sms", text: `${long}mine` } }, { kind: "node", id: "email", field: "note", after: `${long} mine` }], [{ kind: "node", id: "email", field: "note", after: `${long} theirs` }]);
  expect(told?.mine).toMatch(/^….* mine$/);
  expect(told?.theirs).toMatch(/^….* theirs$/);
});
