/** How a field can be compared, by what it holds, and what that is as the engine has it. Pure. */

import type { Json } from "../../graph/document";
import { isObject } from "../../graph/document";
import type { Vocabulary } from "../vocabulary";
import type { Raw } from "./tree";

export type Kind = Vocabulary["attributes"][number]["kind"];

/** How the value beside an operator is typed. */
export type Against = "value" | "values" | "ago" | "day" | "nothing";

export interface Operator {
  readonly key: string;
  readonly label: string;
  readonly op: string;
  readonly denied: boolean;
  readonly against: Against;
}

const OPERATORS: readonly Operator[] = [
  { key: "is", label: "is", op: "is", denied: false, against: "value" },
  { key: "is_not", label: "is not", op: "is_not", denied: false, against: "value" },
  { key: "one_of", label: "is one of", op: "one_of", denied: false, against: "values" },
  { key: "not one_of", label: "is none of", op: "one_of", denied: true, against: "values" },
  { key: "contains", label: "contains", op: "contains", denied: false, against: "value" },
  { key: "not contains", label: "does not contain", op: "contains", denied: true, against: "value" },
  { key: "starts_with", label: "starts with", op: "starts_with", denied: false, against: "value" },
  { key: "not starts_with", label: "does not start with", op: "starts_with", denied: true, against: "value" },
  { key: "at_least", label: "is at least", op: "at_least", denied: false, against: "value" },
  { key: "more", label: "is more than", op: "more", denied: false, against: "value" },
  { key: "at_most", label: "is at most", op: "at_most", denied: false, against: "value" },
  { key: "less", label: "is less than", op: "less", denied: false, against: "value" },
  { key: "more ago", label: "is less than … ago", op: "more", denied: false, against: "ago" },
  { key: "at_least ago", label: "is … ago or later", op: "at_least", denied: false, against: "ago" },
  { key: "less ago", label: "is more than … ago", op: "less", denied: false, against: "ago" },
  { key: "at_most ago", label: "is … ago or earlier", op: "at_most", denied: false, against: "ago" },
  { key: "less day", label: "is before", op: "less", denied: false, against: "day" },
  { key: "at_least day", label: "is on or after", op: "at_least", denied: false, against: "day" },
  { key: "exists", label: "is known", op: "exists", denied: false, against: "nothing" },
  { key: "missing", label: "is not known", op: "missing", denied: false, against: "nothing" },
];

const BY_KIND: Readonly<Record<Kind, readonly string[]>> = {
  text: ["is", "is_not", "one_of", "not one_of", "contains", "not contains", "starts_with", "not starts_with", "exists", "missing"],
  number: ["is", "is_not", "at_least", "more", "at_most", "less", "one_of", "not one_of", "exists", "missing"],
  yes_no: ["is", "exists", "missing"],
  date: ["more ago", "less ago", "less day", "at_least day", "exists", "missing"],
  list: ["exists", "missing"],
  object: ["exists", "missing"],
};
/** What can be asked of a field of which nothing is known. */
const ALL = OPERATORS.map((one) => one.key).filter((key) => !["at_least ago", "at_most ago"].includes(key));

/** The operators to choose from for a field of this kind; the present one is always among them. */
export function operatorsFor(kind: Kind | undefined, present: Operator): Operator[] {
  const keys = kind ? BY_KIND[kind] : ALL;
  const found = OPERATORS.filter((one) => keys.includes(one.key));
  return found.some((one) => one.key === present.key) ? found : [...found, present];
}

/** The operator of a question as it stands. */
export function operatorOf(asked: Raw, denied: boolean, kind: Kind | undefined): Operator {
  const op = typeof asked["op"] === "string" ? asked["op"] : "is";
  const value = asked["value"];
  const day = kind === "date" && typeof value === "string";
  const against: Against = isObject(value) ? "ago" : op === "one_of" ? "values" : op === "exists" || op === "missing" ? "nothing" : day ? "day" : "value";
  const fits = OPERATORS.find((one) => one.op === op && one.denied === denied && one.against === against);
  if (fits) return fits;
  const plain = OPERATORS.find((one) => one.op === op && one.against === against) ?? OPERATORS.find((one) => one.op === op && one.against === "value");
  return { key: `${denied ? "not " : ""}${op} ${against}`, label: `${denied ? "not: " : ""}${plain?.label ?? op}`, op, denied, against };
}

/** The question with another operator; its value is kept as far as it still fits. */
export function withOperator(asked: Raw, operator: Operator): Raw {
  const { value, ...rest } = asked;
  const next = { ...rest, op: operator.op };
  switch (operator.against) {
    case "nothing":
      return next;
    case "values":
      return { ...next, value: Array.isArray(value) ? value : plain(value) ? [value as Json] : [] };
    case "ago":
      return { ...next, value: isObject(value) ? (value) : { ago: "30 days" } };
    case "day":
      return { ...next, value: typeof value === "string" ? value : "" };
    case "value":
      return { ...next, value: Array.isArray(value) ? (value[0] ?? "") : plain(value) ? (value as Json) : "" };
  }
}

/** What a field holds, if it was seen. */
export function kindOfField(field: string, vocabulary: Vocabulary, event?: string): Kind | undefined {
  const [source, name] = splitField(field);
  if (source === "contact") {
    if (vocabulary.columns.includes(name)) return "text";
    return vocabulary.attributes.find((one) => one.name === name)?.kind;
  }
  return propertiesOf(vocabulary, event).find((one) => one.name === name)?.kind;
}

/** Values that a field was seen to hold. */
export function samplesOf(field: string, vocabulary: Vocabulary, event?: string): readonly (string | number | boolean)[] {
  const [source, name] = splitField(field);
  const known = source === "contact" ? vocabulary.attributes : propertiesOf(vocabulary, event);
  return known.find((one) => one.name === name)?.samples ?? [];
}

/** The properties that an event was seen to carry; of no event in particular, those of all. */
export function propertiesOf(vocabulary: Vocabulary, event?: string): Vocabulary["attributes"] {
  const known = vocabulary.events.find((one) => one.name === event);
  if (known) return known.properties;
  return event ? [] : vocabulary.events.flatMap((one) => one.properties);
}

/** A field's source and its name without "attributes" and "properties", which may be left out. */
export function splitField(field: string): [source: string, name: string] {
  const dot = field.indexOf(".");
  const source = dot < 0 ? field : field.slice(0, dot);
  const name = dot < 0 ? "" : field.slice(dot + 1);
  const inside = source === "contact" ? "attributes." : "properties.";
  return [source, name.startsWith(inside) ? name.slice(inside.length) : name];
}

function plain(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

// ------------------------------------------------------------------------------------------------ how often

export type Often = "at_least" | "at_most" | "exactly" | "between" | "never";

export interface Times {
  readonly often: Often;
  readonly least: number;
  readonly most: number;
}

/** How often something was done, as a person says it. */
export function timesOf(asked: Raw): Times {
  const least = typeof asked["at_least"] === "number" ? asked["at_least"] : 1;
  const most = typeof asked["at_most"] === "number" ? asked["at_most"] : undefined;
  if (most === undefined) return { often: "at_least", least, most: least };
  if (most === 0) return { often: "never", least: 0, most };
  if (least === most) return { often: "exactly", least, most };
  return { often: least === 0 ? "at_most" : "between", least, most };
}

/** The question asked with another number of times. */
export function withTimes(asked: Raw, { often, least, most }: Times): Raw {
  const { at_least: _, at_most: __, ...rest } = asked;
  const some = Math.max(1, least);
  switch (often) {
    case "at_least":
      return some === 1 ? rest : { ...rest, at_least: some };
    case "at_most":
      return { ...rest, at_least: 0, at_most: Math.max(1, most) };
    case "exactly":
      return { ...rest, at_least: some, at_most: some };
    case "between":
      return { ...rest, at_least: some, at_most: Math.max(some + 1, most) };
    case "never":
      return { ...rest, at_least: 0, at_most: 0 };
  }
}
