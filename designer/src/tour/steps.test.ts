import { describe, expect, it } from "vitest";

import { looksOf, presentStep, progressOf, STEPS, type StepKey, type Tour } from "./steps";

const KEYS = Object.keys(STEPS) as StepKey[];
const stepsWith = (...done: StepKey[]): Tour["steps"] => KEYS.map((key) => ({ key, done: done.includes(key), at: null, message: null }));
const tourWith = (...done: StepKey[]): Tour => ({ state: "running", refused: null, journey: "1", segment: "1", segment_name: "five", day_seconds: 20, started_at: null, steps: stepsWith(...done), people: [] });

describe("the steps of the tour", () => {
  it("the first that is not done is the present one, and there is only one", () => {
    expect(presentStep(tourWith())?.key).toBe("publish");
    expect(presentStep(tourWith("publish", "enter", "arrived"))?.key).toBe("opened");
    expect(looksOf(stepsWith("publish")).filter((look) => look === "now")).toHaveLength(1);
  });

  it("Lucia's days go by beside Mario's steps, and are waited for only when nothing else is left to do", () => {
    expect(presentStep(tourWith("publish", "enter", "arrived", "opened", "clicked", "visited"))?.key).toBe("texted");
    expect(presentStep(tourWith("publish", "enter", "arrived", "opened", "clicked", "visited", "texted"))?.key).toBe("reminded");
  });

  it("a step done out of its turn is done, and the one before it is still asked for", () => {
    const tour = tourWith("publish", "enter", "arrived", "opened", "visited");
    expect(presentStep(tour)?.key).toBe("clicked");
  });

  it("an order before the two days are over makes the code needless", () => {
    const tour = tourWith("publish", "enter", "arrived", "opened", "clicked", "visited", "bought", "converted", "reminded");
    expect(looksOf(tour.steps)[KEYS.indexOf("texted")]).toBe("skipped");
    expect(presentStep(tour)).toBeUndefined();
    expect(progressOf(tour)).toEqual({ over: 10, all: 10 });
  });
});
