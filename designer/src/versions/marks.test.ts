import { expect, test } from "vitest";

import { deleteNodes, disconnect, move, rename } from "../graph/commands";
import { apply } from "../graph/patch";
import { example } from "../graph/samples";
import { marksOf, nodeOf } from "./marks";

const drawing = example("mario");

test("a change of position is no change", () => {
  const moved = apply(drawing, move(drawing, { email: { x: 1, y: 2 } }));
  expect(marksOf(drawing, moved)).toEqual({ old: { nodes: {}, edges: {} }, new: { nodes: {}, edges: {} } });
});

test("what is gone is marked on the old drawing, what is new on the new one, what changed on both", () => {
  const without = apply(drawing, deleteNodes(drawing, ["coupon"]));
  const gone = marksOf(drawing, without);
  expect(gone.old.nodes).toEqual({ coupon: { mark: "removed" } });
  expect(gone.new.nodes).toEqual({});
  expect(gone.old.edges["e9"]).toEqual({ mark: "removed" });
  expect(marksOf(without, drawing).new.nodes).toEqual({ coupon: { mark: "added" } });
  const renamed = marksOf(drawing, apply(drawing, rename(drawing, "email", "Another name")));
  expect([renamed.old.nodes, renamed.new.nodes]).toEqual([{ email: { mark: "changed" } }, { email: { mark: "changed" } }]);
});

test("an edge that is gone is marked where it was", () => {
  const cut = marksOf(drawing, apply(drawing, disconnect(drawing, ["e2"])));
  expect(cut.old.edges).toEqual({ e2: { mark: "removed" } });
  expect(cut.new.edges).toEqual({});
});

test("a change leads to its node, and one of an edge to the node that it leaves", () => {
  expect(nodeOf({ part: "node", id: "email" }, drawing)).toBe("email");
  expect(nodeOf({ part: "edge", id: "email.sent" }, drawing)).toBe("email");
  expect(nodeOf({ part: "edge", id: "gone.sent" }, drawing)).toBeUndefined();
  expect(nodeOf({ part: "setting", id: "limit" }, drawing)).toBeUndefined();
});
