import { expect, test } from "vitest";

import { instantOf, wallTime } from "./moments";

test("a moment is typed on the zone's clock and kept as an instant", () => {
  expect(instantOf("2026-12-24T18:00", "Europe/Rome")).toBe("2026-12-24T17:00:00Z");
  expect(wallTime("2026-12-24T17:00:00Z", "Europe/Rome")).toBe("2026-12-24T18:00");
  expect(wallTime("2026-12-24T19:00:00+02:00", "UTC")).toBe("2026-12-24T17:00");
});

test("a time in a gap moves forward by the gap, and of one that comes twice the first counts", () => {
  expect(instantOf("2026-03-29T02:30", "Europe/Rome")).toBe("2026-03-29T01:30:00Z");
  expect(wallTime("2026-03-29T01:30:00Z", "Europe/Rome")).toBe("2026-03-29T03:30");
  expect(instantOf("2026-10-25T02:30", "Europe/Rome")).toBe("2026-10-25T00:30:00Z");
});

test("what is no moment, and a zone that nobody knows, break nothing", () => {
  expect(wallTime("soon", "UTC")).toBe("");
  expect(instantOf("", "UTC")).toBeUndefined();
  expect(wallTime("2026-12-24T17:00:00Z", "Mars/Base")).toBe("2026-12-24T17:00");
});
