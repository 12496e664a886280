import { describe, expect, it } from "vitest";

import { businessAt, paceOf, secondsUntil } from "./businessTime";

describe("business time", () => {
  const reading = { now: 1_000_000, speed: 4320, at: 500 };

  it("goes on from the answer, at its speed", () => {
    expect(businessAt(reading, 500)).toBe(1_000_000);
    expect(businessAt(reading, 20_500)).toBe(1_000_000 + 86_400_000);
  });

  it("a wait is as long as it takes in real time, and never less than nothing", () => {
    expect(secondsUntil(reading, 1_000_000 + 2 * 86_400_000, 500)).toBe(40);
    expect(secondsUntil(reading, 0, 500)).toBe(0);
  });

  it("the pace is told by how long a day lasts", () => {
    expect(paceOf(4320)).toBe("a day lasts 20 seconds");
    expect(paceOf(144)).toBe("a day lasts 10 minutes");
    expect(paceOf(1)).toBe("as fast as real time");
  });
});
