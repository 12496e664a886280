/** A node in one sentence, "Wait until opened, at most 2 days", as engine/flow/summary.py says it. */

import { describeCondition } from "./conditionWords";
import { isObject, type Config } from "./document";
import { spelled } from "./duration";
import { asSchema, fieldSchema, widgetOf, withDefaults, type Manifest, type Schema } from "./manifest";

const FIELD = /\{([\w.]+)\}/g;
const OPTIONAL = /\[([^[\]]*)\]/g;
const MANY = 3;
const GAP = "…";
const LONGEST = 120;
/** Which field of an object in a list stands for it, the first that is filled. */
const LABEL_KEYS = ["label", "event", "tag", "name", "port"];

type Names = Readonly<Record<string, string>>;

/** What a node with this config does. `names` says what the nodes of the journey are called, by id. */
export function summarise(manifest: Manifest, config: Config, names: Names = {}): string {
  if (!manifest.summary) return manifest.label;
  const schema = manifest.config_schema;
  const filled = withDefaults(schema, config);
  const words = (place: string): string => at(schema, filled, place, names);
  return manifest.summary
    .replace(OPTIONAL, (_, inner: string) => ([...inner.matchAll(FIELD)].some((found) => !words(found[1] ?? "")) ? "" : inner))
    .replace(FIELD, (_, place: string) => words(place) || GAP);
}

/** The value of a field as a person would say it; empty where there is none. */
export function inWords(schema: Schema, path: readonly (string | number)[], value: unknown, names: Names): string {
  const part = fieldSchema(schema, path);
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
  if (typeof value === "string") {
    const widget = widgetOf(part);
    if (widget === "duration") return spelled(value);
    const words = widget === "node" || widget === "anchor" ? names : asSchema(asSchema(part["x-ui"])["labels"]);
    const said = Object.hasOwn(words, value) ? words[value] : value;
    return typeof said === "string" ? said : value;
  }
  if (Array.isArray(value)) {
    const inner = value.slice(0, MANY).map((item, index) => inWords(schema, [...path, index], item, names));
    return inner.join(", ") + (value.length > MANY ? ` and ${String(value.length - MANY)} more` : "");
  }
  return isObject(value) && Object.keys(value).length > 0 ? objectInWords(value) : "";
}

/** The text, cut to so many characters. */
export function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

function objectInWords(value: Record<string, unknown>): string {
  if ("op" in value) return describeCondition(value) ?? "a condition";
  for (const key of LABEL_KEYS) {
    const words = value[key];
    if ((typeof words === "string" || typeof words === "number") && words) return String(words);
  }
  return GAP;
}

function at(schema: Schema, config: unknown, place: string, names: Names): string {
  const path = place.split(".");
  const value = path.reduce<unknown>((part, step) => (isObject(part) ? part[step] : undefined), config);
  return shortened(inWords(schema, path, value, names), LONGEST);
}
