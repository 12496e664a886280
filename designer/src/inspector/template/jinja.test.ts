import fc from "fast-check";
import { expect, test } from "vitest";

import { changeBetween, completionAt, namesIn, spansOf, written } from "./jinja";

const VARIABLES = [{ name: "contact.first_name", sample: "Mario" }, { name: "coupon.code", sample: "" }];

function looks(text: string): string[] {
  return spansOf(text).map(({ from, to, look }) => `${look}:${text.slice(from, to)}`);
}

test("what stands in a tag is told apart: variables, filters, texts, words of blocks", () => {
  expect(looks('Hi {{ contact.first_name|default("there") }}!')).toEqual(["tag:{{", "variable:contact.first_name", "filter:|default", 'string:"there"', "tag:}}"]);
  expect(looks("{% if contact.age >= 18 %}x{% endif %}")).toEqual(["tag:{%", "keyword:if", "variable:contact.age", "number:18", "tag:%}", "tag:{%", "keyword:endif", "tag:%}"]);
  expect(looks("{# to do #}")).toEqual(["comment:{# to do #}"]);
});

test("spans are in order and never overlap, whatever is typed", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom("{{", "}}", "{%", "%}", "{#", "#}", '"', "'", "|", " ", "a.b", "if", "7", "\n"), { maxLength: 30 }), (pieces) => {
    const text = pieces.join("");
    let end = 0;
    for (const { from, to } of spansOf(text)) {
      expect(from).toBeGreaterThanOrEqual(end);
      expect(to).toBeGreaterThan(from);
      expect(to).toBeLessThanOrEqual(text.length);
      end = to;
    }
  }));
});

test("variables are offered in a tag, filters after a bar, words of blocks at a block's begin, nothing elsewhere", () => {
  const labels = (text: string) => completionAt(text, text.length, VARIABLES)?.offers.map((one) => one.label);
  expect(labels("Hi {{ con")).toEqual(["contact.first_name", "coupon.code"]);
  expect(labels("Hi {{ contact.first_name|")).toContain("default");
  expect(labels("{% ")).toContain("if");
  expect(labels("{% if ")).toContain("coupon.code");
  expect(labels("Hi there")).toBeUndefined();
  expect(labels("{{ a }} b")).toBeUndefined();
  expect(labels('{{ contact.first_name|default("the')).toBeUndefined();
});

test("what is completed is the word before the caret", () => {
  expect(completionAt("Hi {{ contact.fi", 16, VARIABLES)?.from).toBe(6);
});

test("the names in a template are found once each", () => {
  expect(namesIn("{{ contact.city }} {% if contact.city %}{{ coupon.code|upper }}{% endif %} contact.phone")).toEqual(["contact.city", "coupon.code"]);
});

test("what a contact may lack is put in with something to stand in for it", () => {
  expect(written("contact.first_name")).toBe('{{ contact.first_name|default("") }}');
  expect(written("coupon.code")).toBe("{{ coupon.code }}");
});

test("a text becomes another by the smallest change in one place", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (was, is) => {
    const { from, to, insert } = changeBetween(was, is);
    expect(was.slice(0, from) + insert + was.slice(to)).toBe(is);
  }));
  expect(changeBetween("Hello you", "Hello dear you")).toEqual({ from: 6, to: 6, insert: "dear " });
});
