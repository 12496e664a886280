import { expect, test } from "vitest";

import { askedOf, partsOf, watchedOf } from "./period";

test("the version and the period of an address come back to it", () => {
  const watched = watchedOf(new URLSearchParams("version=3&period=week"));
  expect(watched).toEqual({ version: 3, period: "week" });
  expect(partsOf(watched)).toEqual({ version: "3", period: "week" });
});

test("what an address says wrongly is all versions since the beginning", () => {
  expect(watchedOf(new URLSearchParams("version=-1&period=year"))).toEqual({ version: undefined, period: "all" });
  expect(partsOf({ version: undefined, period: "all" })).toEqual({});
});

test("a period is asked for by its first moment", () => {
  expect(askedOf({ version: 2, period: "day" }, Date.UTC(2025, 2, 3, 9))).toBe("?version=2&since=2025-03-02T09%3A00%3A00.000Z");
  expect(askedOf({ version: undefined, period: "all" }, 0)).toBe("");
});
