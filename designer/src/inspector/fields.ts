/** What a JSON Schema asks for, as a form sees it: fields in order, kinds, variants of a union, values to begin with. Pure. */

import { isObject, type Json } from "../graph/document";
import { asSchema, resolved, widgetOf, type Schema } from "../graph/manifest";

export interface FieldPart {
  readonly key: string;
  readonly part: Schema;
  readonly title: string;
  readonly help: string;
  readonly required: boolean;
}

export interface Variant {
  readonly label: string;
  readonly part: Schema;
  /** The value of the discriminator that stands for this variant; undefined where the union has none. */
  readonly tag: Json | undefined;
}

/** The fields of an object, in the schema's order. */
export function fieldsOf(part: Schema, root: Schema): FieldPart[] {
  const needed = Array.isArray(part["required"]) ? (part["required"] as unknown[]) : [];
  return Object.entries(asSchema(part["properties"])).map(([key, inner]) => {
    const described = resolved(asSchema(inner), root);
    return { key, part: described, title: titleOf(described, key), help: textOf(described["description"]), required: needed.includes(key) };
  });
}

/** What a part is called: its title, or its key made readable. */
export function titleOf(part: Schema, key: string): string {
  const title = textOf(part["title"]);
  if (title) return title;
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Which field shows a part: its own widget if it names one, else what its type suggests; "json" where nothing fits. */
export function kindOf(part: Schema, known: ReadonlySet<string>): string {
  const widget = widgetOf(part);
  if (widget !== undefined && known.has(widget)) return widget;
  if (isUnion(part)) return "union";
  if (Array.isArray(part["enum"])) return "select";
  if ("const" in part) return "const";
  const types = Array.isArray(part["type"]) ? (part["type"] as unknown[]).filter((one) => one !== "null") : [part["type"]];
  switch (types.length === 1 ? types[0] : undefined) {
    case "string":
      return part["format"] === "date" || part["format"] === "date-time" ? "date" : "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "switch";
    case "array":
      return isObject(part["items"]) ? "list" : "json";
    case "object":
      if (isObject(part["properties"])) return "object";
      return isObject(part["additionalProperties"]) ? "map" : "json";
    default:
      return "json";
  }
}

/** Whether a part is one of several alternatives. */
export function isUnion(part: Schema): boolean {
  return Array.isArray(part["oneOf"]) || Array.isArray(part["anyOf"]);
}

/** The alternatives of a union, with what people call them. */
export function variantsOf(part: Schema, root: Schema): Variant[] {
  const options = (part["oneOf"] ?? part["anyOf"]);
  if (!Array.isArray(options)) return [];
  const tag = tagOf(part);
  const labels = asSchema(asSchema(part["x-ui"])["labels"]);
  return (options as unknown[]).map((option, at) => {
    const described = resolved(asSchema(option), root);
    const value = tag === undefined ? undefined : constantOf(asSchema(asSchema(described["properties"])[tag]));
    const said = typeof value === "string" ? textOf(labels[value]) : "";
    const label = said || textOf(described["title"]) || (typeof value === "string" ? titleOf({}, value) : "") || typeWords(described, at);
    return { label, part: described, tag: value };
  });
}

/** The field by which the variants of a union are told apart. */
export function tagOf(part: Schema): string | undefined {
  const name = asSchema(part["discriminator"])["propertyName"];
  return typeof name === "string" ? name : undefined;
}

/** Which variant a value is; -1 where it is none. */
export function variantAt(part: Schema, root: Schema, value: unknown): number {
  const variants = variantsOf(part, root);
  const tag = tagOf(part);
  if (tag !== undefined && isObject(value)) return variants.findIndex((one) => one.tag === value[tag]);
  return variants.findIndex((one) => hasType(one.part, value));
}

/** A value to begin with: what the schema sets or says for itself, and nothing made up. */
export function beginning(part: Schema, root: Schema, depth = 0): Json | undefined {
  const described = resolved(part, root);
  if (depth > 12) return undefined;
  if ("default" in described) return described["default"] as Json;
  const constant = constantOf(described);
  if (constant !== undefined) return constant;
  const types = described["type"];
  if (types === "object" && isObject(described["properties"])) {
    const made: Record<string, Json> = {};
    for (const field of fieldsOf(described, root)) {
      const inner = field.required ? beginning(field.part, root, depth + 1) : undefined;
      if (inner !== undefined) made[field.key] = inner;
    }
    return made;
  }
  if (types === "array") return [];
  return undefined;
}

/** A variant's first value; what was filled in and exists there too is kept. */
export function switched(part: Schema, root: Schema, variant: Variant, value: unknown): Json {
  const begun = beginning(variant.part, root);
  const tag = tagOf(part);
  if (!isObject(begun)) return begun ?? emptyOf(variant.part);
  const fields = asSchema(variant.part["properties"]);
  const kept = isObject(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => key in fields && key !== tag)) : {};
  return { ...begun, ...(kept as Record<string, Json>), ...(tag !== undefined && variant.tag !== undefined ? { [tag]: variant.tag } : {}) };
}

/** An object with one field set, or taken out where the value says nothing. */
export function withField(value: unknown, key: string, inner: Json | undefined): Record<string, Json> {
  const { [key]: _, ...rest } = (isObject(value) ? value : {}) as Record<string, Json>;
  return inner === undefined ? rest : { ...(isObject(value) ? (value as Record<string, Json>) : {}), [key]: inner };
}

/** What a text that was emptied is kept as: nothing, so that the default holds; but where the default is a text, and none may stand in its stead, as emptied. */
export function emptied(part: Schema): Json | undefined {
  if (textOf(part["default"]) === "") return undefined;
  if (mayBeBlank(part)) return "";
  return part["nullable"] === true ? null : undefined;
}

/** The text that a field shows. A default that may be emptied is shown as what it is: a text to change. */
export function shownText(part: Schema, value: unknown): string {
  return textOf(value === undefined && emptied(part) !== undefined ? part["default"] : value);
}

function mayBeBlank(part: Schema): boolean {
  const least = part["minLength"];
  const bound = ["pattern", "format", "enum"].some((word) => word in part);
  return part["type"] === "string" && !bound && !(typeof least === "number" && least > 0);
}

/** A list with the item at one place moved to another. */
export function movedItem<T>(list: readonly T[], from: number, to: number): T[] {
  const [item, ...none] = list.slice(from, from + 1);
  if (item === undefined || none.length > 0 || to < 0 || to >= list.length) return [...list];
  const rest = list.filter((_, at) => at !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

/** The text of a value, or none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function constantOf(part: Schema): Json | undefined {
  if ("const" in part) return part["const"] as Json;
  const values = part["enum"];
  return Array.isArray(values) && values.length === 1 ? (values[0] as Json) : undefined;
}

function emptyOf(part: Schema): Json {
  if (part["type"] === "string") return "";
  if (part["type"] === "boolean") return false;
  if (part["type"] === "array") return [];
  return null;
}

function hasType(part: Schema, value: unknown): boolean {
  switch (part["type"]) {
    case "string":
      return typeof value === "string" && (!("const" in part) || part["const"] === value);
    case "integer":
      return typeof value === "number" && Number.isInteger(value);
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "null":
      return value === null;
    default:
      return false;
  }
}

function typeWords(part: Schema, at: number): string {
  const words: Readonly<Record<string, string>> = { string: "Text", integer: "Whole number", number: "Number", boolean: "Yes or no", array: "List", object: "Fields", null: "Nothing" };
  return words[textOf(part["type"])] ?? `Kind ${String(at + 1)}`;
}
