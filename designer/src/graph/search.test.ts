import { expect, test } from "vitest";

import { MANIFESTS } from "./samples";
import { fit, searchManifests } from "./search";

const first = (text: string): string | undefined => searchManifests(MANIFESTS, text)[0]?.label;

test("a word that only means the same finds the node", () => {
  expect(first("text")).toBe("Send SMS");
  expect(first("voucher")).toBe("Give coupon");
  expect(first("loop")).toBe("Repeat");
});

test("a label that begins with the text comes before all others", () => {
  expect(first("send")?.startsWith("Send")).toBe(true);
  expect(first("merge")).toBe("Merge");
});

test("every word must fit", () => {
  expect(first("send text")).toBe("Send SMS");
  expect(searchManifests(MANIFESTS, "send zeppelin")).toEqual([]);
});

test("no text finds everything in its order", () => {
  expect(searchManifests(MANIFESTS, "  ")).toEqual(MANIFESTS);
  expect(fit("", "Delay")).toBe(0);
});
