import { expect, test } from "vitest";

import type { Journey } from "../api/client";
import { pressed, sorted } from "./sorting";

const journey = (name: string, inside: number, state: Journey["state"] = "running"): Journey =>
  ({ id: name, name, state, sending: true, plan: null, revision: 1, created_at: "", entered: inside, inside, problems: 0 });

test("journeys with equal numbers stand by name, whichever way the list is turned", () => {
  const list = [journey("c", 1), journey("a", 1), journey("b", 9)];
  expect(sorted(list, { key: "inside", down: true }).map((one) => one.name)).toEqual(["b", "a", "c"]);
  expect(sorted(list, { key: "inside", down: false }).map((one) => one.name)).toEqual(["a", "c", "b"]);
});

test("what runs comes first, what is stopped last", () => {
  const list = [journey("a", 0, "stopped"), journey("b", 0, "draft"), journey("c", 0)];
  expect(sorted(list, { key: "state", down: false }).map((one) => one.name)).toEqual(["c", "b", "a"]);
});

test("a column of numbers begins with the largest, and a second press turns it round", () => {
  const first = pressed({ key: "name", down: false }, "inside");
  expect(first).toEqual({ key: "inside", down: true });
  expect(pressed(first, "inside")).toEqual({ key: "inside", down: false });
});
