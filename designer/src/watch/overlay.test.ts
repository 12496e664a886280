import { expect, test } from "vitest";

import type { Numbers } from "../api/client";
import { example } from "../graph/samples";
import { edgeCounts, edgesWith, nodeCounts, nodesWith, roomy } from "./overlay";

const node = (left: Record<string, number>, resting = 0, parked = 0) => ({ label: "", entered: 10, admitted: 1, moving: 2, resting, parked, left });
const numbers = (nodes: Numbers["nodes"]): Numbers => ({ entered: 10, admitted: 0, moving: 0, resting: 0, parked: 0, ended: 0, results: {}, nodes });
const drawing = example("mario");

test("whoever stands at a node in any place is here, and the parked are told apart", () => {
  expect(nodeCounts(drawing, numbers({ email: node({ sent: 3 }, 4, 5) }))["email"]).toEqual({ entered: 10, here: 12, parked: 5, left: { sent: 3 } });
});

test("a node without numbers shows zeros, and a node of another version is not shown", () => {
  const counts = nodeCounts(drawing, numbers({ gone: node({}) }));
  expect(counts["email"]).toEqual({ entered: 0, here: 0, parked: 0, left: {} });
  expect(counts).not.toHaveProperty("gone");
});

test("an edge shows how many went along it, and which part of all who left its node that is", () => {
  const edges = edgeCounts(drawing, numbers({ visited: node({ visited: 6, timeout: 2 }) }));
  expect(edges["e3"]).toEqual({ count: 6, share: 0.75 });
  expect(edges["e4"]).toEqual({ count: 2, share: 0.25 });
  expect(edges["e1"]).toEqual({ count: 0, share: 0 });
});

test("a new number makes one node and one edge anew, the others stay the same objects", () => {
  const before = numbers({ email: node({ sent: 3 }), visited: node({ visited: 1 }) });
  const after = numbers({ email: node({ sent: 3 }), visited: node({ visited: 2 }) });
  const nodes = nodesWith({}, nodeCounts(drawing, before));
  const edges = edgesWith({}, edgeCounts(drawing, before));
  const nextNodes = nodesWith(nodes, nodeCounts(drawing, after));
  const nextEdges = edgesWith(edges, edgeCounts(drawing, after));
  expect(Object.keys(nodes).filter((id) => nodes[id] !== nextNodes[id])).toEqual(["visited"]);
  expect(Object.keys(edges).filter((id) => edges[id] !== nextEdges[id])).toEqual(["e3"]);
});

test("with more room, nodes stand further apart in the same order, and nothing else is changed", () => {
  const spread = roomy(drawing);
  const order = (document: typeof drawing) => Object.keys(document.nodes).sort((one, other) => (document.nodes[one]?.position?.x ?? 0) - (document.nodes[other]?.position?.x ?? 0));
  expect(order(spread)).toEqual(order(drawing));
  expect(spread.nodes["email"]?.position).toEqual({ x: 312, y: 168 });
  expect(spread.edges).toBe(drawing.edges);
});
