// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { act, useState } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { describeCondition } from "../../graph/conditionWords";
import type { Json } from "../../graph/document";
import { NO_WORDS, type Vocabulary } from "../vocabulary";
import { ConditionEditor } from "./ConditionEditor";
import { withItems } from "./ItemsInput";
import { itemsOf, kindOfField, operatorOf, operatorsFor, samplesOf, withNewField, withOperator } from "./operators";
import { readTree, withMore, withPart, writeTree, type Group, type Question } from "./tree";

const SHOES = { op: "any_item", field: "event.products", where: { op: "is", field: "item.category", value: "shoes" } };
const TWO = { where: { of: [{ value: 50, op: "more", field: "item.price" }, { op: "exists", field: "item.maker.name" }], op: "all" }, field: "contact.pets", op: "any_item" };
const TAGGED = { op: "tagged", tag: "VIP" };
/** Shapes that the editor has no rows for: of another version, of a file, or written by hand. */
const UNKNOWN: readonly Json[] = [
  { op: "weather", of: [{ op: "sunny" }], field: "contact.city" },
  { op: "not", of: { op: "weather", is: null } },
  { op: "not", of: TAGGED, why: "so" },
  { op: "all", of: [TAGGED], weight: 2 },
  { op: "any", of: "x" },
  { op: "is", field: "contact.city", value: { near: "Rome", km: 5 } },
  { op: "exists", field: "contact.city", since: "1 day" },
  { op: "one_of", field: "contact.city", value: "Rome" },
  { op: "any_item", field: "event.products", where: [SHOES.where] },
  { op: "any_item", field: ["event", "products"], where: SHOES.where },
  { ...SHOES, at_least: 2 },
  { op: "toString", field: "contact.city" },
  { field: "contact.city", value: 1 },
  {},
  null,
  "VIP",
  [TAGGED],
];
const ITEMS = [{ name: "category", kind: "text", samples: ["shoes", "hats"] }, { name: "price", kind: "number", samples: [49.5] }, { name: "maker.name", kind: "text", samples: ["Nova"] }, { name: "sizes", kind: "list", samples: [] }] satisfies Vocabulary["attributes"][number]["items"];
const VOCABULARY: Vocabulary = {
  ...NO_WORDS,
  events: [{ name: "Order Completed", seen: 1, properties: [{ name: "products", kind: "list", samples: [], items: ITEMS }, { name: "category", kind: "text", samples: ["toys"], items: [] }] }],
};

const SEEN = { vocabulary: VOCABULARY, event: "Order Completed" };

const text = (value: unknown): string => JSON.stringify(value);
const question = (raw: unknown): Question => {
  const [part] = readTree(raw).parts;
  if (part?.kind !== "question") throw new Error("no question");
  return part;
};

// ------------------------------------------------------------------------------------------------ the tree

test("a condition that asks into lists passes through the editor untouched", () => {
  const raw = { op: "any", of: [TWO, { op: "not", of: SHOES }, { op: "did", event: "Order Completed", where: SHOES, at_least: 2 }] };
  expect(text(writeTree(readTree(raw)))).toBe(text(raw));
  expect(text(writeTree(readTree(TWO)))).toBe(text(TWO));
});

test("what is changed beside a question about items leaves it as it is", () => {
  const tree = readTree({ op: "all", of: [TAGGED, TWO] });
  const edited = withMore(withPart(tree, 0, { kind: "question", denied: true, asked: TAGGED }), question({ op: "bought" }));
  expect(text(writeTree({ ...edited, join: "any" }))).toBe(text({ op: "any", of: [{ op: "not", of: TAGGED }, TWO, { op: "bought" }] }));
});

test.each(UNKNOWN)("what the editor does not know is kept byte for byte: %j", (raw) => {
  const tree = readTree({ op: "all", of: [raw, TAGGED] });
  expect(tree.parts[0]).toEqual({ kind: "unknown", raw });
  const edited = writeTree({ ...withMore(withPart(tree, 1, undefined), question({ op: "bought" })), join: "none" });
  expect(text(edited)).toBe(text({ op: "not", of: { op: "any", of: [raw, { op: "bought" }] } }));
});

test("a whole condition that the editor does not know is kept, alone and with more beside it", () => {
  const raw = { op: "weather", is: "sunny" };
  expect(text(writeTree(readTree(raw)))).toBe(text(raw));
  expect(writeTree(withMore(readTree(raw), question(TAGGED)))).toEqual({ op: "all", of: [raw, TAGGED] });
});

test("of an item nothing but its fields can be asked; the rest is kept as it stands", () => {
  const parts = [SHOES, TAGGED, { op: "bought" }, { op: "did", event: "x" }, { op: "is", field: "item.a", value: 1 }];
  const inner = readTree({ op: "all", of: parts }, true);
  expect(inner.parts.map((one) => one.kind)).toEqual(["unknown", "unknown", "unknown", "unknown", "question"]);
  expect(text(writeTree(inner))).toBe(text({ op: "all", of: parts }));
});

test("what is asked of an item is read, changed and written back as any condition is", () => {
  const inner = readTree(SHOES.where, true);
  const more = withMore(inner, question({ op: "more", field: "item.price", value: 50 }));
  expect(withItems(SHOES, { ...more, join: "none" })).toEqual({ ...SHOES, where: { op: "not", of: { op: "any", of: [SHOES.where, { op: "more", field: "item.price", value: 50 }] } } });
  const emptied: Group = withPart(inner, 0, undefined);
  expect(withItems(SHOES, emptied)).toEqual({ ...SHOES, where: { op: "all", of: [] } });
  expect(describeCondition(withItems(SHOES, emptied))).toBeUndefined();
  expect(writeTree(readTree(withItems(SHOES, emptied)))).toEqual(withItems(SHOES, emptied));
});

// ------------------------------------------------------------------------------------------------ operators and fields

test("a list can be asked for an item that fits, and for none; an item's fields cannot", () => {
  const present = operatorOf({ op: "exists" }, false, "list");
  expect(operatorsFor("list", present).map((one) => one.label)).toEqual(["has any item where", "has no item where", "is known", "is not known"]);
  expect(operatorOf(SHOES, true, "list").label).toBe("has no item where");
  expect(operatorsFor(undefined, present).map((one) => one.key)).toContain("any_item");
  expect(operatorsFor(undefined, present, true).map((one) => one.key)).not.toContain("any_item");
});

test("the value goes and comes with the operator that asks into a list", () => {
  const [any] = operatorsFor("list", operatorOf({ op: "exists" }, false, "list"));
  if (!any) throw new Error("no operator");
  const asked = withOperator({ op: "is", field: "event.products", value: "x" }, any);
  expect(asked).toEqual({ op: "any_item", field: "event.products", where: { op: "is", field: "item.", value: "" } });
  expect(withOperator(SHOES, any)).toEqual(SHOES);
  expect(withOperator(SHOES, operatorOf({ op: "exists" }, false, "list"))).toEqual({ op: "exists", field: "event.products" });
});

test("choosing a list field asks into it, and a field that is typed over takes nothing away", () => {
  const chosen = withNewField(question({ op: "is", field: "event.", value: "" }), "event.products", SEEN);
  expect(chosen.asked["op"]).toBe("any_item");
  for (const field of ["event.product", "event.category", "contact.", ""]) {
    expect(withNewField(question(SHOES), field, SEEN).asked).toEqual({ ...SHOES, field });
  }
});

test("the fields of a list's items are known with what they hold, and of no event in particular those of all", () => {
  const items = itemsOf("event.products", SEEN);
  expect(items.map((one) => one.name)).toEqual(["category", "price", "maker.name", "sizes"]);
  expect(itemsOf("event.properties.products", { vocabulary: VOCABULARY })).toEqual(items);
  expect([itemsOf("event.category", SEEN), itemsOf("event.never", SEEN), itemsOf("contact.products", SEEN)]).toEqual([[], [], []]);
  const inside = { ...SEEN, items };
  expect([kindOfField("item.price", inside), kindOfField("item.maker.name", inside), kindOfField("item.never", inside)]).toEqual(["number", "text", undefined]);
  expect(kindOfField("item.price", SEEN)).toBeUndefined();
  expect(samplesOf("item.category", inside)).toEqual(["shoes", "hats"]);
});

test("a field of an item takes the operators of its kind, and is asked into as little as any item", () => {
  const inside = { ...SEEN, items: ITEMS };
  const chosen = withNewField(question({ op: "contains", field: "event.x", value: "9" }), "item.price", inside);
  expect(chosen.asked).toEqual({ op: "is", field: "item.price", value: 9 });
  expect(withNewField(question({ op: "is", field: "event.x", value: "" }), "item.sizes", inside).asked).toEqual({ op: "exists", field: "item.sizes" });
});

test("a question about items is in words only where it is finished and in its place", () => {
  expect(describeCondition(SHOES)).toBe("has any item of products where category is shoes");
  const { where } = SHOES;
  for (const raw of [where, { ...SHOES, where: { ...where, field: "item." } }, { ...SHOES, where: { ...where, field: "event.category" } }, { ...SHOES, where: TAGGED }, { ...SHOES, where: SHOES }, { ...SHOES, field: "item.parts" }, { ...SHOES, field: "contact.email" }, { op: "any_item", field: "event.products" }]) {
    expect(describeCondition(raw)).toBeUndefined();
  }
});

// ------------------------------------------------------------------------------------------------ on the page

let root: Root;
const changed = vi.fn<(condition: Json | undefined) => void>();
const now = (): Json | undefined => changed.mock.lastCall?.[0];

beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  changed.mockClear();
  document.body.innerHTML = "<div id=root></div>";
  root = createRoot(document.querySelector("#root") as HTMLElement);
});

afterEach(() => act(() => root.unmount()));

function Edited({ start, about }: { readonly start: Json | undefined; readonly about: "contact" | "event" }) {
  const [value, setValue] = useState(start);
  return <ConditionEditor value={value} about={about} event="Order Completed" vocabulary={VOCABULARY} onChange={(next) => { changed(next); setValue(next); }} />;
}

async function show(start: Json | undefined, about: "contact" | "event" = "event"): Promise<void> {
  await act(async () => { root.render(<MantineProvider env="test"><Edited start={start} about={about} /></MantineProvider>); await Promise.resolve(); });
}

/** A field by the group it is in and by what it is called. */
function field(label: string, group = ""): HTMLInputElement {
  const around = group ? `[role=group][aria-label="${group}"] ` : "";
  const found = document.querySelector<HTMLInputElement>(`${around}input[aria-label="${label}"]`);
  if (!found) throw new Error(`no field ${label}`);
  return found;
}

async function type(input: HTMLInputElement, value: string): Promise<void> {
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await Promise.resolve();
  });
}

async function press(words: string): Promise<void> {
  const found = [...document.querySelectorAll<HTMLElement>("button, [role=option]")].find((one) => one.textContent === words);
  if (!found) throw new Error(`no button ${words}`);
  await act(async () => { found.click(); await Promise.resolve(); });
}

const ITEM = "Question 1: what fits the item";

test("a question about items is shown as one, with rows for the item, and nothing is changed by showing it", async () => {
  await show(SHOES);
  expect(field("Question 1: field").value).toBe("event.products");
  expect(field("Question 1: how it is compared").value).toBe("has any item where");
  expect(field("Question 1: field", ITEM).value).toBe("item.category");
  expect(field("Question 1: value", ITEM).value).toBe("shoes");
  expect(document.querySelector(".condition-words")?.textContent).toBe("Has any item of products where category is shoes.");
  expect(changed).not.toHaveBeenCalled();
});

/** What a field suggests once it is opened. */
async function suggested(input: HTMLInputElement): Promise<string[]> {
  await act(async () => { input.focus(); input.click(); await Promise.resolve(); });
  return [...document.querySelectorAll(`#${CSS.escape(input.getAttribute("aria-controls") ?? "")} [role=option]`)].map((one) => one.textContent);
}

test("the item's fields and their values are suggested, and compared as what they hold can be", async () => {
  await show({ ...SHOES, where: { op: "is", field: "item.", value: "" } });
  expect(await suggested(field("Question 1: field", ITEM))).toEqual(["item.category", "item.price", "item.maker.name", "item.sizes"]);
  await press("item.category");
  expect(await suggested(field("Question 1: value", ITEM))).toEqual(["shoes", "hats"]);
  await press("hats");
  expect(now()).toEqual({ ...SHOES, where: { op: "is", field: "item.category", value: "hats" } });
  await type(field("Question 1: field", ITEM), "item.price");
  expect(await suggested(field("Question 1: how it is compared", ITEM))).toContain("is at least");
  expect(now()).toEqual({ ...SHOES, where: { op: "is", field: "item.price", value: 0 } });
});

test("a row of the item is edited like any other, and the rest stays", async () => {
  await show({ op: "all", of: [SHOES, TWO] });
  await type(field("Question 1: value", ITEM), "boots");
  expect(text(now())).toBe(text({ op: "all", of: [{ ...SHOES, where: { ...SHOES.where, value: "boots" } }, TWO] }));
  await type(field("Question 1: field"), "event.category");
  expect(text(now())).toContain("boots");
  expect(document.body.textContent).toContain("As far as was seen, this is no list.");
});

test("the menu adds a question about items, and their rows are added to without a menu", async () => {
  await show(undefined);
  await press("Add a condition");
  await press("Any item of a list that it carries");
  expect(now()).toEqual({ op: "any_item", field: "event.", where: { op: "is", field: "item.", value: "" } });
  expect(document.querySelector(".condition-words")?.textContent).toContain("Not finished yet");
  await press("Add a condition");
  expect(now()).toEqual({ op: "any_item", field: "event.", where: { op: "all", of: [{ op: "is", field: "item.", value: "" }, { op: "is", field: "item.", value: "" }] } });
});

test.each(UNKNOWN)("what the editor does not know is shown without a field, and stays when something is added: %j", async (raw) => {
  const whole: Json = { op: "all", of: [TAGGED, raw] };
  await show(whole, "contact");
  const [, second] = document.querySelectorAll(".condition-question");
  expect(second?.querySelectorAll("input, textarea")).toHaveLength(0);
  expect(second?.textContent).toContain(text(raw));
  expect(second?.textContent).toContain("cannot be edited here");
  expect(changed).not.toHaveBeenCalled();
  await press("Add a condition");
  await press("Bought");
  expect(text(now())).toBe(text({ op: "all", of: [TAGGED, raw, { op: "bought" }] }));
});
