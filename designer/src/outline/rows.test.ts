import { expect, test } from "vitest";

import { outline } from "../graph/outline";
import { CATALOG, example, EXAMPLES } from "../graph/samples";
import { rowsOf, walk } from "./rows";

test("every node stands in full exactly once, and every key is its own", () => {
  for (const name of EXAMPLES) {
    const rows = rowsOf(outline(example(name), CATALOG), new Set());
    const full = rows.filter((row) => !row.port && !row.again).map((row) => row.node);
    expect(full.sort()).toEqual(Object.keys(example(name).nodes).sort());
    expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
  }
});

test("what is folded hides what stands below, and the arrow opens it again", () => {
  const lists = outline(example("coupon"), CATALOG);
  const rows = rowsOf(lists, new Set());
  const at = rows.findIndex((row) => row.unfolded);
  const row = rows[at];
  const folded = rowsOf(lists, new Set([row?.key ?? ""]));
  expect(folded.length).toBeLessThan(rows.length);
  expect(walk(folded, at, "ArrowRight")).toEqual({ fold: row?.key });
  expect(walk(rows, at, "ArrowRight")).toEqual({ to: at + 1 });
  expect(walk(rows, at, "ArrowLeft")).toEqual({ fold: row?.key });
});

test("the arrow to the left leads to what a row stands under", () => {
  const rows = rowsOf(outline(example("coupon"), CATALOG), new Set());
  const at = rows.findIndex((row) => row.level > 1 && !row.unfolded);
  const { to } = walk(rows, at, "ArrowLeft");
  expect(rows[to ?? -1]?.key).toBe(rows[at]?.parent);
});

test("the ends of the list are not left", () => {
  const rows = rowsOf(outline(example("coupon"), CATALOG), new Set());
  expect(walk(rows, 0, "ArrowUp")).toEqual({ to: 0 });
  expect(walk(rows, rows.length - 1, "ArrowDown")).toEqual({ to: rows.length - 1 });
});
