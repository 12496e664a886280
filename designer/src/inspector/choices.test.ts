import { expect, test } from "vitest";

import { choicesAsked, moreLine } from "./choices";

test("only what is filled in is asked for, in the spelling of addresses", () => {
  expect(choicesAsked({ search: "a & b", channel: "", named: "Ünï" })).toBe("search=a+%26+b&named=%C3%9Cn%C3%AF&limit=50");
});

test("a list says how many more match, and nothing where it is whole", () => {
  expect(moreLine(0)).toEqual([]);
  expect(moreLine(134).map((one) => [one.label, one.disabled])).toEqual([["134 more: type part of the name", true]]);
});
