import fc from "fast-check";
import { expect, test } from "vitest";

import * as commands from "./commands";
import { EMPTY, type Flowchart } from "./document";
import { illegalEdges, mayConnect } from "./legality";
import { apply, type Patch } from "./patch";
import { portsOfNode } from "./ports";
import { applied, CATALOG, example, EXAMPLES, flowchart, gesture, manifest, seeded } from "./samples";

const around = { catalog: CATALOG, random: seeded(7) };
const targets = (document: Flowchart, from: string): string[] =>
  Object.values(document.edges).flatMap((edge) => (edge.from === from ? [`${edge.port}>${edge.to}`] : []));
const after = (document: Flowchart, patch: Patch): Flowchart => apply(document, patch);

test("no gesture draws what may not be drawn", () => {
  fc.assert(fc.property(flowchart, gesture, (document, one) => {
    const [before, now] = [illegalEdges(document, CATALOG), illegalEdges(applied(document, one), CATALOG)];
    for (const edge of now.keys()) expect(before.has(edge)).toBe(true);
  }));
});

test("a node inserted on an edge stands between its ends, and what follows makes room", () => {
  const start = example("coupon");
  const { patch, id } = commands.insertOnEdge(start, "e2", manifest("delay"), around);
  const end = after(start, patch);
  expect(targets(end, "email")).toEqual([`sent>${id}`]);
  expect(targets(end, id)).toEqual(["done>opened"]);
  expect(end.nodes[id]?.position).toEqual(start.nodes["opened"]?.position);
  expect(end.nodes["opened"]?.position?.x).toBe(480 + commands.STEP.x);
});

test("nothing without a way in is inserted on an edge", () => {
  expect(commands.insertOnEdge(example("coupon"), "e2", manifest("campaign"), around).patch).toEqual([]);
  expect(commands.insertOnEdge(example("coupon"), "e2", manifest("goal"), around).patch).toEqual([]);
});

test("deleting in the middle reconnects what led there with what followed", () => {
  const start = example("mario");
  const end = after(start, commands.deleteAndReconnect(start, "coupon", around));
  expect(end.nodes).not.toHaveProperty("coupon");
  expect(targets(end, "bought")).toEqual(["bought>converted", "not_bought>sms"]);
});

test("deleting where ways part leaves the ports before it open", () => {
  const start = example("coupon");
  const end = after(start, commands.deleteAndReconnect(start, "opened", around));
  expect(targets(end, "email")).toEqual([]);
  expect(Object.values(end.edges).some((edge) => edge.from === "opened" || edge.to === "opened")).toBe(false);
});

test("insert on an edge, then delete and reconnect, gives the edges that were there", () => {
  fc.assert(fc.property(flowchart, fc.nat(), (start, pick) => {
    const ids = Object.keys(start.edges);
    const edge = ids[pick % ids.length];
    if (edge === undefined) return;
    const { patch, id } = commands.insertOnEdge(start, edge, manifest("delay"), around);
    const there = after(start, patch);
    expect(after(there, commands.deleteAndReconnect(there, id, around)).edges).toEqual(start.edges);
  }));
});

test("a port that is connected again leads elsewhere by the same edge", () => {
  const start = example("coupon");
  const end = after(start, commands.connect(start, { from: "opened", port: "yes", to: "sms" }, around));
  expect(end.edges["e3"]).toEqual({ from: "opened", port: "yes", to: "sms" });
  expect(Object.keys(end.edges)).toHaveLength(6);
});

test.each([
  [{ from: "email", port: "expired", to: "email" }, /lead to itself/],
  [{ from: "opened", port: "yes", to: "start" }, /Contacts begin at/],
  [{ from: "opened", port: "maybe", to: "sms" }, /no way out called "maybe"/],
  [{ from: "opened", port: "yes", to: "gone" }, /is gone/],
  [{ from: "opened", port: "yes", to: "sms" }, /leads somewhere already/],
])("the connection %j is refused, with the reason and the next step", (edge, why) => {
  const verdict = mayConnect(example("coupon"), CATALOG, edge);
  expect(verdict).toMatchObject({ ok: false, why: expect.stringMatching(why) as string });
});

test("what the examples draw may be drawn, also a wait that leads to itself", () => {
  for (const name of EXAMPLES) expect(Object.fromEntries(illegalEdges(example(name), CATALOG))).toEqual({});
});

test("nothing leads into a goal", () => {
  const verdict = mayConnect(example("mario"), CATALOG, { from: "email", port: "expired", to: "order" });
  expect(verdict.ok).toBe(false);
});

test("a port renamed in the config keeps its edge, and a port taken out takes its edge along", () => {
  const start = example("mario");
  const events = (port: string) => [{ event: "landing.visited", port }];
  const renamed = after(start, commands.setConfig(start, "visited", "events", events("came"), around));
  expect(targets(renamed, "visited")).toEqual(["came>two_days", "timeout>no_visit"]);
  const emptied = after(start, commands.setConfig(start, "visited", "events", [], around));
  expect(targets(emptied, "visited")).toEqual(["timeout>no_visit"]);
});

test("a new node has the ports of its type, and comes with the lists that make ports", () => {
  for (const key of ["random_split", "parallel", "send_email"]) {
    const { patch, id } = commands.addNode(EMPTY, manifest(key), { x: 0.4, y: 10.6 }, around);
    const end = after(EMPTY, patch);
    expect(end.nodes[id]?.position).toEqual({ x: 0, y: 11 });
    expect(portsOfNode(end, CATALOG, id).map((port) => port.key)).toEqual(
      expect.arrayContaining(manifest(key).ports.map((port) => port.key)),
    );
  }
});

test("a node added at an open port is connected to it and covers no other", () => {
  const start = example("coupon");
  const { patch, id } = commands.addAfter(start, "email", "unreachable", manifest("send_sms"), around);
  const end = after(start, patch);
  expect(targets(end, "email")).toContain(`unreachable>${id}`);
  const place = end.nodes[id]?.position ?? { x: 0, y: 0 };
  for (const [other, { position }] of Object.entries(start.nodes)) {
    expect([other, Math.abs((position?.x ?? 0) - place.x) < 200 && Math.abs((position?.y ?? 0) - place.y) < 100]).toEqual([other, false]);
  }
});

test("an empty name or note is none", () => {
  const start = example("mario");
  const end = after(after(start, commands.rename(start, "in_time", "  ")), commands.note(start, "in_time", ""));
  expect(end.nodes["in_time"]).not.toHaveProperty("name");
  expect(end.nodes["in_time"]).not.toHaveProperty("note");
});
