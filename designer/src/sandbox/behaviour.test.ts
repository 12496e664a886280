import { describe, expect, it } from "vitest";

import { behaviourOf, failingOf, type Failing } from "./behaviour";

describe("how an account fails", () => {
  it("what was chosen is what is shown again", () => {
    const choices: readonly (Failing | null)[] = [null, { fault: "refuse", how: "first" }, { fault: "bounce", how: "always" }, { fault: "time_out", how: 30 }];
    for (const one of choices) expect(failingOf(behaviourOf(one))).toEqual(one);
  });

  it("a behaviour that no choice stands for is left alone", () => {
    expect(failingOf({ script: ["refuse", "auth"] })).toBeUndefined();
    expect(failingOf({ share: { refuse: 0.1, bounce: 0.1 } })).toBeUndefined();
  });
});
