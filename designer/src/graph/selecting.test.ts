import { expect, test } from "vitest";

import { align, distribute } from "./arrange";
import type { Box } from "./guides";
import { guided } from "./guides";
import { apply } from "./patch";
import { example } from "./samples";
import { downstream, neighbour, upstream } from "./selecting";

const COUPON = example("coupon");
const box = (x: number, y: number): Box => ({ x, y, width: 200, height: 100 });

test("what leads to a node, and what follows it, meet in the node alone", () => {
  const before = upstream(COUPON, ["coupon"]);
  const after = downstream(COUPON, ["coupon"]);
  expect([...before].filter((id) => after.has(id))).toEqual(["coupon"]);
  expect(before.has("email")).toBe(true);
  expect(after.has("sms")).toBe(true);
});

test("a loop is gone through once", () => {
  const round = { ...COUPON, edges: { ...COUPON.edges, back: { from: "sms", port: "unknown", to: "email" } } };
  expect(downstream(round, ["email"]).has("email")).toBe(true);
});

test("the neighbour in a direction is rather straight ahead than near but aside", () => {
  const boxes = new Map([["here", box(0, 0)], ["ahead", box(400, 10)], ["aside", box(220, 300)], ["behind", box(-300, 0)]]);
  expect(neighbour(boxes, "here", "right")).toBe("ahead");
  expect(neighbour(boxes, "here", "left")).toBe("behind");
  expect(neighbour(boxes, "here", "up")).toBeUndefined();
});

test("a dragged node clings to the side of another, and the line reaches both", () => {
  const { position, lines } = guided(box(304, 500), [box(300, 0)]);
  expect(position.x).toBe(300);
  expect(position.y).toBe(500);
  expect(lines).toContainEqual({ axis: "x", at: 300, from: 0, to: 600 });
});

test("a node that is far from every line goes where the hand goes", () => {
  expect(guided(box(333, 555), [box(0, 0)])).toEqual({ position: { x: 333, y: 555 }, lines: [] });
});

test("the nearer of two lines wins", () => {
  expect(guided(box(103, 900), [box(100, 0), box(105, 300)]).position.x).toBe(105);
});

test("aligned nodes share the side that was asked for", () => {
  const boxes = new Map([["email", box(10, 0)], ["sms", { ...box(40, 300), width: 100 }]]);
  const left = apply(COUPON, align(COUPON, boxes, "left"));
  expect([left.nodes["email"]?.position?.x, left.nodes["sms"]?.position?.x]).toEqual([10, 10]);
  const right = apply(COUPON, align(COUPON, boxes, "right"));
  expect(right.nodes["sms"]?.position).toEqual({ x: 110, y: 300 });
  const middle = apply(COUPON, align(COUPON, boxes, "middle"));
  expect(middle.nodes["email"]?.position?.y).toBe(middle.nodes["sms"]?.position?.y);
});

test("spread nodes have the same space between each two, and the outermost stay", () => {
  const boxes = new Map([["email", box(0, 0)], ["sms", box(230, 0)], ["coupon", box(1000, 0)]]);
  const { nodes } = apply(COUPON, distribute(COUPON, boxes, "x"));
  expect(nodes["sms"]?.position?.x).toBe(500);
  expect(distribute(COUPON, new Map([["email", box(0, 0)], ["sms", box(230, 0)]]), "x")).toEqual([]);
});
