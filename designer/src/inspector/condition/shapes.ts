/** Which questions the editor can show and write back without a loss. Pure. */

import { isObject } from "../../graph/document";
import type { Raw } from "./tree";

type Fits = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Fits>>;

/** What is not filled in yet may be absent. */
const text: Fits = (value) => value === undefined || typeof value === "string";
const maybe = (fits: Fits): Fits => (value) => value === undefined || value === null || fits(value);
const number: Fits = (value) => typeof value === "number";
const scalar: Fits = (value) => ["string", "number", "boolean"].includes(typeof value);
const ago: Fits = (value) => isObject(value) && Object.keys(value).length === 1 && typeof value["ago"] === "string";
const scalars: Fits = (value) => Array.isArray(value) && value.every(scalar);
const against: Fits = (value) => scalar(value) || ago(value) || scalars(value);
const span: Shape = { within: maybe(text), since_anchor: maybe((value) => typeof value === "boolean") };

const COMPARED: Shape = { field: text, value: maybe(against) };
const OF_FIELDS: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(["is", "is_not", "less", "at_most", "more", "at_least", "contains", "starts_with"].map((op) => [op, COMPARED])),
  one_of: { field: text, value: maybe(scalars) },
  exists: { field: text },
  missing: { field: text },
};
const OTHERS: Readonly<Record<string, Shape>> = {
  any_item: { field: text, where: (value) => value === undefined || isObject(value) },
  tagged: { tag: text },
  in_segment: { segment: text },
  did: { event: text, where: maybe(isObject), at_least: maybe(number), at_most: maybe(number), ...span },
  bought: { channel: maybe((value) => ["any", "online", "offline"].includes(value as string)), ...span },
};

/** Whether nothing stands in the question but what its editor shows. Of an item of a list only its fields are asked. */
export function isKnown(asked: Raw, ofItem: boolean): boolean {
  const op = asked["op"];
  if (typeof op !== "string") return false;
  const shapes = ofItem ? OF_FIELDS : { ...OF_FIELDS, ...OTHERS };
  const shape = Object.hasOwn(shapes, op) ? shapes[op] : undefined;
  return shape !== undefined && Object.entries(asked).every(([key, value]) => key === "op" || (Object.hasOwn(shape, key) && shape[key]?.(value) === true));
}
