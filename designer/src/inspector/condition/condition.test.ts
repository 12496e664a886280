import fc from "fast-check";
import { expect, test } from "vitest";

import words from "../../../golden/words.json";
import { describeCondition } from "../../graph/conditionWords";
import { isObject, type Json } from "../../graph/document";
import { NO_WORDS, type Vocabulary } from "../vocabulary";
import { kindOfField, operatorOf, operatorsFor, samplesOf, splitField, timesOf, withOperator, withTimes, type Kind } from "./operators";
import { readTree, withMore, withPart, writeTree, type Part, type Raw } from "./tree";

const VOCABULARY: Vocabulary = {
  ...NO_WORDS,
  columns: ["email"],
  attributes: [{ name: "age", kind: "number", samples: [41], items: [] }, { name: "born", kind: "date", samples: [], items: [] }],
  events: [{ name: "Product Viewed", seen: 2, properties: [{ name: "product_id", kind: "text", samples: ["TOY-01"], items: [] }] }],
};

const leaf = fc.record({ op: fc.constantFrom("tagged"), tag: fc.string({ minLength: 1 }) });
const condition: fc.Arbitrary<Json> = fc.letrec<{ one: Json }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({ op: fc.constantFrom("all", "any"), of: fc.array(tie("one"), { minLength: 1, maxLength: 3 }) }),
    fc.record({ op: fc.constant("not"), of: tie("one") }),
  ),
})).one;

/** The meaning of a condition over tags, to hold the editor's tree against. */
function holds(raw: Json, tags: ReadonlySet<string>): boolean {
  if (!isObject(raw)) throw new Error("no condition");
  const of = raw["of"] as Json;
  if (raw["op"] === "tagged") return tags.has(raw["tag"] as string);
  if (raw["op"] === "not") return !holds(of, tags);
  const parts = (of as Json[]).map((one) => holds(one, tags));
  return raw["op"] === "all" ? parts.every(Boolean) : parts.some(Boolean);
}

function tagsIn(raw: Json): string[] {
  if (!isObject(raw)) return [];
  if (raw["op"] === "tagged") return [raw["tag"] as string];
  const of = raw["of"] as Json;
  return Array.isArray(of) ? of.flatMap(tagsIn) : tagsIn(of);
}

test("a condition means the same after it was opened in the editor", () => {
  fc.assert(fc.property(condition, fc.infiniteStream(fc.boolean()), (raw, coins) => {
    const written = writeTree(readTree(raw));
    if (written === undefined) throw new Error("the condition is gone");
    const tags = new Set(tagsIn(raw).filter(() => coins.next().value === true));
    expect(holds(written, tags)).toBe(holds(raw, tags));
    expect(writeTree(readTree(written))).toEqual(written);
  }));
});

test("a group with one group in it, which has one question, means the same and is written alike the second time", () => {
  const raw: Json = { op: "all", of: [{ op: "all", of: [{ op: "tagged", tag: " " }] }] };
  const written = writeTree(readTree(raw));
  if (written === undefined) throw new Error("the condition is gone");
  expect([holds(written, new Set([" "])), holds(written, new Set())]).toEqual([true, false]);
  expect(writeTree(readTree(written))).toEqual(written);
});

test("every condition that the engine says in words is read and written without a loss", () => {
  const conditions = (words as unknown as { conditions: { condition: Json }[] }).conditions;
  expect(conditions.length).toBeGreaterThan(5);
  for (const { condition: one } of conditions) {
    const written = writeTree(readTree(one));
    expect(describeCondition(written)).toBeDefined();
    expect(writeTree(readTree(written))).toEqual(written);
  }
});

test("one question alone stands without a group, and a group keeps how it joins while it has one question", () => {
  const tagged: Raw = { op: "tagged", tag: "VIP" };
  const empty = readTree(undefined);
  const one = withMore(empty, { kind: "question", denied: false, asked: tagged });
  expect(writeTree(one)).toEqual(tagged);
  expect(writeTree({ ...one, join: "any" })).toEqual({ op: "any", of: [tagged] });
  expect(writeTree(withPart(one, 0, undefined))).toBeUndefined();
});

test("none of these is a denied any, and a double denial is none", () => {
  const none = readTree({ op: "not", of: { op: "any", of: [{ op: "tagged", tag: "a" }] } });
  expect(none.join).toBe("none");
  const twice = readTree({ op: "not", of: { op: "not", of: { op: "tagged", tag: "a" } } });
  expect(twice.parts[0]).toEqual({ kind: "question", denied: false, asked: { op: "tagged", tag: "a" } } satisfies Part);
});

test("operators fit what a field holds", () => {
  const keys = (kind: Kind | undefined, raw: Raw): string[] => operatorsFor(kind, operatorOf(raw, false, kind)).map((one) => one.key);
  expect(keys("yes_no", { op: "is", field: "contact.vip", value: true })).toEqual(["is", "exists", "missing"]);
  expect(keys("number", { op: "at_least", field: "contact.age", value: 3 })).not.toContain("contains");
  expect(keys("date", { op: "is", field: "contact.born", value: 3 })).toContain("more ago");
  expect(keys("text", { op: "less", field: "contact.city", value: "a" })).toContain("less value".replace(" value", ""));
});

test("with another operator the value is kept as far as it fits", () => {
  const by = (key: string) => operatorsFor(undefined, operatorOf({ op: "is" }, false, undefined)).find((one) => one.key === key) ?? operatorOf({ op: "is" }, false, undefined);
  expect(withOperator({ op: "is", field: "contact.city", value: "Rome" }, by("one_of"))).toEqual({ op: "one_of", field: "contact.city", value: ["Rome"] });
  expect(withOperator({ op: "one_of", field: "contact.city", value: ["Rome", "Paris"] }, by("is"))).toEqual({ op: "is", field: "contact.city", value: "Rome" });
  expect(withOperator({ op: "is", field: "contact.city", value: "Rome" }, by("exists"))).toEqual({ op: "exists", field: "contact.city" });
  expect(withOperator({ op: "is", field: "contact.born", value: "x" }, by("more ago"))).toEqual({ op: "more", field: "contact.born", value: { ago: "30 days" } });
});

test("what a field holds is known however it is spelled", () => {
  expect(kindOfField("contact.attributes.age", { vocabulary: VOCABULARY })).toBe("number");
  expect(kindOfField("contact.age", { vocabulary: VOCABULARY })).toBe("number");
  expect(kindOfField("contact.email", { vocabulary: VOCABULARY })).toBe("text");
  expect(kindOfField("contact.never", { vocabulary: VOCABULARY })).toBeUndefined();
  expect(samplesOf("event.properties.product_id", { vocabulary: VOCABULARY, event: "Product Viewed" })).toEqual(["TOY-01"]);
  expect(samplesOf("event.product_id", { vocabulary: VOCABULARY, event: "Order Completed" })).toEqual([]);
  expect(splitField("event")).toEqual(["event", ""]);
});

test("how often something was done is said and written alike", () => {
  const base: Raw = { op: "did", event: "x" };
  for (const raw of [base, { ...base, at_least: 2 }, { ...base, at_least: 0, at_most: 3 }, { ...base, at_least: 2, at_most: 2 }, { ...base, at_least: 1, at_most: 4 }, { ...base, at_least: 0, at_most: 0 }] as Raw[]) {
    expect(withTimes(raw, timesOf(raw))).toEqual(raw);
  }
  expect(withTimes(base, { often: "between", least: 3, most: 1 })).toEqual({ ...base, at_least: 3, at_most: 4 });
});
