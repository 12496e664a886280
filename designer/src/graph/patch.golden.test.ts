import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import type { Flowchart } from "./document";
import { apply, difference, placeOf, type Change, type Patch } from "./patch";

interface Case {
  readonly from: Flowchart;
  readonly patch: Patch;
  readonly after: Flowchart;
  readonly changes: Patch;
}

const CASES = JSON.parse(readFileSync("golden/patches.json", "utf8")) as Case[];
const inOrder = (patch: Patch): Change[] => [...patch].sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));

test("a patch leads here to what it leads to in the engine, whatever it holds", () => {
  expect(CASES.length).toBeGreaterThan(30);
  for (const { from, patch, after } of CASES) expect(apply(from, patch)).toEqual(after);
});

test("two documents differ here by the changes by which they differ in the engine", () => {
  for (const { from, after, changes } of CASES) expect(inOrder(difference(from, after))).toEqual(inOrder(changes));
});
