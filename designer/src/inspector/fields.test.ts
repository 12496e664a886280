import { expect, test } from "vitest";

import catalog from "../../golden/catalog.json";
import { asSchema, resolved, type Schema } from "../graph/manifest";
import { beginning, emptied, fieldsOf, kindOf, movedItem, shownText, switched, tagOf, variantAt, variantsOf, withField } from "./fields";

const KNOWN = new Set(["text", "number", "duration", "json"]);
const UNION: Schema = {
  oneOf: [{ $ref: "#/$defs/Fixed" }, { $ref: "#/$defs/Share" }],
  discriminator: { propertyName: "by" },
  $defs: {
    Fixed: { title: "A fixed sum", type: "object", properties: { by: { const: "fixed" }, sum: { type: "number" }, why: { type: "string" } }, required: ["by", "sum"] },
    Share: { title: "A share", type: "object", properties: { by: { const: "share" }, percent: { type: "integer", default: 10 }, why: { type: "string" } }, required: ["by", "percent"] },
  },
};

test("a field is shown by its widget, and by its type where nobody knows the widget", () => {
  expect(kindOf({ type: "string", "x-ui": { widget: "duration" } }, KNOWN)).toBe("duration");
  expect(kindOf({ type: "integer", "x-ui": { widget: "hologram" } }, KNOWN)).toBe("number");
  expect(kindOf({ type: ["string", "null"] }, KNOWN)).toBe("text");
  expect(kindOf({ enum: ["a", "b"] }, KNOWN)).toBe("select");
  expect(kindOf({ type: "array", items: { type: "string" } }, KNOWN)).toBe("list");
  expect(kindOf({ type: "object", properties: { a: {} } }, KNOWN)).toBe("object");
  expect(kindOf({ type: "object", additionalProperties: { type: "string" } }, KNOWN)).toBe("map");
  expect(kindOf({ type: "object" }, KNOWN)).toBe("json");
  expect(kindOf({}, KNOWN)).toBe("json");
});

test("a union tells its variants by the discriminator, and begins a variant with what is common kept", () => {
  const [fixed, share] = variantsOf(UNION, UNION);
  expect([fixed?.label, share?.label, tagOf(UNION)]).toEqual(["A fixed sum", "A share", "by"]);
  expect(variantAt(UNION, UNION, { by: "share", percent: 5 })).toBe(1);
  expect(variantAt(UNION, UNION, { by: "other" })).toBe(-1);
  if (!share) throw new Error("no variant");
  expect(switched(UNION, UNION, share, { by: "fixed", sum: 3, why: "spring" })).toEqual({ by: "share", percent: 10, why: "spring" });
});

test("a union without a discriminator tells its variants by type", () => {
  const plain: Schema = { anyOf: [{ type: "string" }, { type: "integer" }] };
  expect(variantsOf(plain, plain).map((one) => one.label)).toEqual(["Text", "Whole number"]);
  expect([variantAt(plain, plain, "x"), variantAt(plain, plain, 3), variantAt(plain, plain, 3.5)]).toEqual([0, 1, -1]);
});

test("what a form begins with comes from the schema alone: nothing is made up for a field without a default", () => {
  const schema: Schema = { type: "object", required: ["name", "size"], properties: { name: { type: "string" }, size: { type: "integer", default: 3 }, note: { type: "string", default: "x" } } };
  expect(beginning(schema, schema)).toEqual({ size: 3 });
});

test("taking a field out leaves the others", () => {
  expect(withField({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
  expect(withField({ a: 1 }, "b", null)).toEqual({ a: 1, b: null });
  expect(withField("no object", "a", 1)).toEqual({ a: 1 });
});

test("a text with a default can be emptied, where none is allowed; else the default holds again", () => {
  const before: Schema = { type: "string", default: "Bearer " };
  expect(emptied(before)).toBe("");
  expect([shownText(before, undefined), shownText(before, ""), shownText(before, "Basic")]).toEqual(["Bearer ", "", "Basic"]);
  expect(emptied({ ...before, minLength: 1 })).toBeUndefined();
  expect(shownText({ ...before, minLength: 1 }, undefined)).toBe("");
  expect(emptied({ ...before, minLength: 1, nullable: true })).toBeNull();
  expect(shownText({ ...before, minLength: 1, nullable: true }, null)).toBe("");
  expect([emptied({ type: "string" }), emptied({ type: "string", default: "" }), emptied({ type: "string", default: null, nullable: true })]).toEqual([undefined, undefined, undefined]);
});

test("an entry moves within its list and not out of it", () => {
  expect(movedItem(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(movedItem(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(movedItem(["a", "b"], 0, 2)).toEqual(["a", "b"]);
});

test("every field of every node that ships has a field to show it, and a name", () => {
  const widgets = new Set<string>();
  for (const manifest of catalog as { key: string; config_schema: Schema }[]) {
    const walk = (part: Schema): void => {
      for (const field of fieldsOf(part, manifest.config_schema)) {
        expect(field.title).not.toBe("");
        widgets.add(kindOf(field.part, new Set()));
        const items = resolved(asSchema(field.part["items"]), manifest.config_schema);
        if ("properties" in items) walk(items);
      }
    };
    walk(manifest.config_schema);
  }
  expect(widgets.size).toBeGreaterThan(4);
});
