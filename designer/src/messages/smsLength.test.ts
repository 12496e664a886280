import { describe, expect, it } from "vitest";

import { partsOf } from "./smsLength";

describe("the length of a text message", () => {
  it("is 160 plain characters, and 153 in each of several", () => {
    expect(partsOf("x".repeat(160))).toEqual({ signs: 160, parts: 1 });
    expect(partsOf("x".repeat(161))).toEqual({ signs: 161, parts: 2 });
    expect(partsOf("x".repeat(307))).toEqual({ signs: 307, parts: 3 });
  });

  it("counts some signs twice", () => {
    expect(partsOf("€")).toEqual({ signs: 2, parts: 1 });
  });

  it("is 70 where a sign is not in the phone's alphabet", () => {
    expect(partsOf(`${"x".repeat(70)}😀`)).toEqual({ signs: 72, parts: 2 });
  });

  it("of nothing is nothing", () => {
    expect(partsOf("")).toEqual({ signs: 0, parts: 0 });
  });
});
