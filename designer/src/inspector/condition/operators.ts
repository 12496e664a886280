/** How a field can be compared, by what it holds, and what that is as the engine has it. Pure. */

import type { Json } from "../../graph/document";
import { isObject } from "../../graph/document";
import type { Vocabulary } from "../vocabulary";
import type { Question, Raw } from "./tree";

export type Kind = Vocabulary["attributes"][number]["kind"];
type Known = Vocabulary["attributes"][number];

/** What was seen of that which a field is about. */
export interface Seen {
  readonly vocabulary: Vocabulary;
  /** The event whose properties are meant. */
  readonly event?: string | undefined;
  /** The fields of the items of the list that is asked into. */
  readonly items?: Known["items"] | undefined;
}

/** How the value beside an operator is typed. */
export type Against = "value" | "values" | "ago" | "day" | "where" | "nothing";

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
  { key: "any_item", label: "has any item where", op: "any_item", denied: false, against: "where" },
  { key: "not any_item", label: "has no item where", op: "any_item", denied: true, against: "where" },
  { key: "exists", label: "is known", op: "exists", denied: false, against: "nothing" },
  { key: "missing", label: "is not known", op: "missing", denied: false, against: "nothing" },
];

const BY_KIND: Readonly<Record<Kind, readonly string[]>> = {
  text: ["is", "is_not", "one_of", "not one_of", "contains", "not contains", "starts_with", "not starts_with", "exists", "missing"],
  number: ["is", "is_not", "at_least", "more", "at_most", "less", "one_of", "not one_of", "exists", "missing"],
  yes_no: ["is", "exists", "missing"],
  date: ["more ago", "less ago", "less day", "at_least day", "exists", "missing"],
  list: ["any_item", "not any_item", "exists", "missing"],
  object: ["exists", "missing"],
};
/** What can be asked of a field of which nothing is known. */
const ALL = OPERATORS.map((one) => one.key).filter((key) => !["at_least ago", "at_most ago"].includes(key));

/** What is first asked of the items of a list. */
export const OF_ITEM: Raw = { op: "is", field: "item.", value: "" };

/** The operators to choose from for a field of this kind; the present one is always among them. Of an item no list is asked. */
export function operatorsFor(kind: Kind | undefined, present: Operator, ofItem = false): Operator[] {
  const keys = kind ? BY_KIND[kind] : ALL;
  const found = OPERATORS.filter((one) => keys.includes(one.key) && !(ofItem && one.against === "where"));
  return found.some((one) => one.key === present.key) ? found : [...found, present];
}

/** The operator of a question as it stands. */
export function operatorOf(asked: Raw, denied: boolean, kind: Kind | undefined): Operator {
  const op = typeof asked["op"] === "string" ? asked["op"] : "is";
  const value = asked["value"];
  const day = kind === "date" && typeof value === "string";
  const against: Against = op === "any_item" ? "where" : isObject(value) ? "ago" : op === "one_of" ? "values" : op === "exists" || op === "missing" ? "nothing" : day ? "day" : "value";
  const fits = OPERATORS.find((one) => one.op === op && one.denied === denied && one.against === against);
  if (fits) return fits;
  const plain = OPERATORS.find((one) => one.op === op && one.against === against) ?? OPERATORS.find((one) => one.op === op && one.against === "value");
  return { key: `${denied ? "not " : ""}${op} ${against}`, label: `${denied ? "not: " : ""}${plain?.label ?? op}`, op, denied, against };
}

/** The question with another operator; its value is kept as far as it still fits. */
export function withOperator(asked: Raw, operator: Operator): Raw {
  const { value, where, ...rest } = asked;
  const next = { ...rest, op: operator.op };
  switch (operator.against) {
    case "nothing":
      return next;
    case "where":
      return { ...next, where: isObject(where) ? where : OF_ITEM };
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

/**
 * With another field an operator and a value may fit no more: those of the new field's kind take their place. What is asked
 * of the items of a list stays: a name that is still being typed must not take it away.
 */
export function withNewField(question: Question, field: string, seen: Seen): Question {
  const asked: Raw = { ...question.asked, field };
  const kind = kindOfField(field, seen);
  if (!kind || asked["op"] === "any_item") return { ...question, asked };
  const ofItem = splitField(field)[0] === "item";
  const now = operatorOf(asked, question.denied, kind);
  const fitting = operatorsFor(kind, now, ofItem);
  const allowed = fitting.length > 0 && operatorsFor(kind, { ...now, key: "" }, ofItem).some((one) => one.key === now.key);
  const operator = allowed ? now : (fitting[0] ?? now);
  const next = withOperator(asked, operator);
  const value = next["value"];
  if (kind === "yes_no" && operator.against === "value" && typeof value !== "boolean") return { ...question, denied: operator.denied, asked: { ...next, value: true } };
  if (kind === "number" && operator.against === "value" && typeof value !== "number") return { ...question, denied: operator.denied, asked: { ...next, value: Number(typeof value === "string" ? value : 0) || 0 } };
  return { ...question, denied: operator.denied, asked: next };
}

/** What a field holds, if it was seen. */
export function kindOfField(field: string, seen: Seen): Kind | undefined {
  const [source, name] = splitField(field);
  if (source === "contact" && seen.vocabulary.columns.includes(name)) return "text";
  return namesakes(field, seen)[0]?.kind;
}

/** Values that a field was seen to hold. */
export function samplesOf(field: string, seen: Seen): Known["samples"] {
  return namesakes(field, seen)[0]?.samples ?? [];
}

/** The fields of the items of a list; where no event in particular is meant, of the lists of that name in all. */
export function itemsOf(field: string, seen: Seen): Known["items"] {
  return namesakes(field, seen).flatMap((one) => ("items" in one ? one.items : []));
}

/** What was seen under a field's name. */
function namesakes(field: string, { vocabulary, event, items = [] }: Seen): readonly (Known | Known["items"][number])[] {
  const [source, name] = splitField(field);
  const among = source === "item" ? items : source === "contact" ? vocabulary.attributes : propertiesOf(vocabulary, event);
  return among.filter((one) => one.name === name);
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
  if (source === "item") return [source, name];
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
