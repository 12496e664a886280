import { expect, test } from "vitest";

import { move, rename } from "../graph/commands";
import { apply } from "../graph/patch";
import { CATALOG, example } from "../graph/samples";
import { makeSession } from "../store/session";
import { makeModel } from "./model";

const COUPON = example("coupon");
const SESSION = makeSession().getState();

const anew = <T extends { id: string }>(before: readonly T[], after: readonly T[]): string[] =>
  after.filter((one) => !before.includes(one)).map((one) => one.id);

test("while a node is dragged only that node is made anew, and no edge", () => {
  const draw = makeModel(CATALOG);
  const before = draw(COUPON, SESSION);
  const after = draw(COUPON, { ...SESSION, dragged: { email: { x: 1, y: 2 } } });
  expect(anew(before.nodes, after.nodes)).toEqual(["email"]);
  expect(after.edges).toBe(before.edges);
  expect(after.nodes.find((node) => node.id === "email")?.data).toBe(before.nodes.find((node) => node.id === "email")?.data);
});

test("a move that is recorded draws what moved, and what it says stays the same", () => {
  const draw = makeModel(CATALOG);
  const before = draw(COUPON, SESSION);
  const after = draw(apply(COUPON, move(COUPON, { sms: { x: 9, y: 9 } })), SESSION);
  expect(anew(before.nodes, after.nodes)).toEqual(["sms"]);
  expect(anew(before.edges, after.edges)).toEqual([]);
});

test("a new name is said wherever the node is named", () => {
  const draw = makeModel(CATALOG);
  draw(COUPON, SESSION);
  const { nodes } = draw(apply(COUPON, rename(COUPON, "email", "The big offer")), SESSION);
  expect(nodes.some((node) => node.id !== "email" && node.data.summary.includes("The big offer"))).toBe(true);
});

test("a type that no worker knows, and a version that is not there, are said so", () => {
  const odd = { ...COUPON, nodes: { ...COUPON.nodes, fax: { type: "acme.fax", version: 2, config: {} }, old: { type: "delay", version: 7, config: {} } } };
  const { nodes } = makeModel(CATALOG)(odd, SESSION);
  expect(nodes.find((node) => node.id === "fax")?.data).toMatchObject({ unknown: true, label: "acme.fax" });
  expect(nodes.find((node) => node.id === "old")?.data.summary).toContain("version 7");
});
