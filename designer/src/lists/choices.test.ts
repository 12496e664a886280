import type { ComboboxParsedItem } from "@mantine/core";
import { expect, test } from "vitest";

import { moreOf } from "../people/ContactSelect";
import { choicesAsked } from "./choices";
import { shownOf } from "./EndOfList";
import { moreLine, suggested } from "./LongSelect";

test("only what is filled in is asked for, in the spelling of addresses", () => {
  expect(choicesAsked({ search: "a & b", channel: "", named: "Ünï" })).toBe("search=a+%26+b&named=%C3%9Cn%C3%AF&limit=50");
});

test("a list says how many more match, and nothing where it is whole", () => {
  expect(moreLine(0)).toEqual([]);
  expect(moreLine(134).map((one) => [one.label, one.disabled])).toEqual([["134 more: type part of the name", true]]);
  expect(moreLine(Infinity).map((one) => one.label)).toEqual(["There are more: type part of the name"]);
});

test("of contacts it is known how many more there are, where they were counted", () => {
  const items = ["Ada", "Eve"];
  expect(moreOf(undefined)).toBe(0);
  expect(moreOf({ items, next: null, total: 2 })).toBe(0);
  expect(moreOf({ items, next: "c", total: 12 })).toBe(10);
  expect(moreOf({ items, next: "c", total: null })).toBe(Infinity);
});

test("a page of a list says of how many it is a part", () => {
  expect(shownOf(50, 1340)).toBe("50 of 1,340 are shown.");
  expect(shownOf(50, null)).toBe("50 are shown, and there are more.");
});

test("words are suggested that hold what is typed, the first sixty, and how many more do", () => {
  const words = (count: number): ComboboxParsedItem[] => Array.from({ length: count }, (_, at) => ({ value: `Word ${String(at)}`, label: `Word ${String(at)}` }));
  const labels = (count: number, search: string): string[] => suggested({ options: words(count), search }).map((one) => ("label" in one ? one.label : ""));
  expect(labels(300, "")).toHaveLength(61);
  expect(labels(300, "").at(-1)).toBe("240 more: type part of the name");
  expect(labels(60, "").at(-1)).toBe("Word 59");
  expect(labels(300, "WORD 29 ")).toEqual(["Word 29", ...Array.from({ length: 10 }, (_, at) => `Word 29${String(at)}`)]);
});
