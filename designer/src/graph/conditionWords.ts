/** Conditions in words, "city is Rome and opened an email in the last 30 days", as engine/flow/condition_words.py says them. */

import { spelled } from "./duration";
import { isObject } from "./document";

type Raw = Record<string, unknown>;
type Words = Readonly<Record<string, string>>;

const COMPARED: Words = {
  is: "is",
  is_not: "is not",
  less: "is less than",
  at_most: "is at most",
  more: "is more than",
  at_least: "is at least",
  contains: "contains",
  starts_with: "starts with",
};
const BY_TEXT: Words = {
  less: "comes before",
  at_most: "is or comes before",
  more: "comes after",
  at_least: "is or comes after",
};
const BY_AGE: Words = {
  less: "is more than {} ago",
  at_most: "is {} ago or earlier",
  more: "is less than {} ago",
  at_least: "is {} ago or later",
};
const EVENTS: Words = {
  "Product Viewed": "viewed a product",
  "Product Added": "added a product to the cart",
  "Products Searched": "searched for products",
  "Checkout Started": "started a checkout",
  "Order Completed": "placed an order",
  "Order Refunded": "had an order refunded",
  "Order Cancelled": "cancelled an order",
  "message.sent": "was sent a message",
  "message.delivered": "received a message",
  "message.opened": "opened a message",
  "message.clicked": "clicked in a message",
  "message.bounced": "had a message bounce",
  "message.complained": "complained about a message",
  "message.replied": "replied to a message",
  "message.unsubscribed": "unsubscribed",
  "landing.visited": "visited a landing page",
  "form.submitted": "submitted a form",
  "coupon.issued": "was given a coupon",
  "coupon.redeemed": "redeemed a coupon",
};
const MESSAGES: Words = { email: "an email", sms: "an SMS", push: "a push notification" };
const SHOPS: Words = { online: " online", offline: " in a shop", any: "" };
const PLAIN = /^[\p{L}\p{N}_]([\p{L}\p{N}_ .,:@+/-]*[\p{L}\p{N}_])?$/u;
/** Plain texts that would be taken for a number, for yes or no, or for other words of the sentence. */
const MISREAD =
  /^([+-]?[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]+)?|.*,.*|(.* )?(yes|no|and|or|not|known|than|most|least|one of|ago|comes|in)( .*)?)$/u;
const KEY = /^[\p{L}\p{N}][\p{L}\p{N}_$-]*$/u;
const CONTACT_COLUMNS = ["external_id", "email", "phone", "first_name", "last_name", "timezone", "locale"];
const SHOWN = 5;
const LONGEST = 60;

class Unreadable extends Error {}

/** The condition as part of a sentence; undefined where it is none, or not finished. */
export function describeCondition(raw: unknown): string | undefined {
  try {
    inPlace(raw, false);
    return describe(raw);
  } catch (error) {
    if (error instanceof Unreadable || error instanceof RangeError) return undefined;
    throw error;
  }
}

function describe(raw: unknown): string {
  const one = bare(raw);
  switch (one["op"]) {
    case "all":
      return parts(one).map((part) => inside(part, "any")).join(" and ");
    case "any":
      return parts(one).map((part) => inside(part, "all")).join(" or ");
    case "not":
      return denied(bare(one["of"]));
    case "one_of":
      return `${field(one)} is ${listed(one)}`;
    case "exists":
      return `${field(one)} is known`;
    case "missing":
      return `${field(one)} is not known`;
    case "tagged":
      return `has the tag ${value(one["tag"])}`;
    case "in_segment":
      return `is in the segment ${value(one["segment"])}`;
    case "did":
      return did(one);
    case "bought":
      return `bought${shop(one)}${span(one)}`;
    case "any_item":
      return ofItems(one, "any");
    default:
      return compared(one);
  }
}

/** In brackets, if "and" and "or" would otherwise meet. */
function inside(raw: unknown, ambiguous: "all" | "any"): string {
  const one = bare(raw);
  return one["op"] === ambiguous ? `(${describe(one)})` : describe(one);
}

/** The condition without groups of one part and without denials of denials, of which no words would tell. */
function bare(raw: unknown): Raw {
  const one = read(raw);
  if (one["op"] === "all" || one["op"] === "any") {
    const [only, ...more] = parts(one);
    return more.length === 0 ? bare(only) : one;
  }
  if (one["op"] === "not") {
    const inner = bare(one["of"]);
    if (inner["op"] === "not") return bare(inner["of"]);
  }
  return one;
}

function denied(one: Raw): string {
  switch (one["op"]) {
    case "is":
    case "is_not":
      return describe({ ...one, op: one["op"] === "is" ? "is_not" : "is" });
    case "exists":
    case "missing":
      return describe({ ...one, op: one["op"] === "exists" ? "missing" : "exists" });
    case "tagged":
      return `does not have the tag ${value(one["tag"])}`;
    case "in_segment":
      return `is not in the segment ${value(one["segment"])}`;
    case "one_of":
      return `${field(one)} is not ${listed(one)}`;
    case "bought":
      return `did not buy${shop(one)}${span(one)}`;
    case "any_item":
      return ofItems(one, "no");
    case "did":
      if ((one["at_least"] ?? 1) === 1 && (one["at_most"] ?? null) === null) return did({ ...one, at_least: 0, at_most: 0 });
      return `not (${describe(one)})`;
    default:
      return `not (${describe(one)})`;
  }
}

/** What is asked of an item stands in brackets where it is joined, or it would run on into what follows. */
function ofItems(one: Raw, which: "any" | "no"): string {
  const where = bare(one["where"]);
  const words = describe(where);
  const joined = where["op"] === "all" || where["op"] === "any";
  return `has ${which} item of ${field(one)} where ${joined ? `(${words})` : words}`;
}

/** Fields of an item are asked for in an `any_item` and nowhere else, and nothing else is asked there. */
function inPlace(raw: unknown, ofItem: boolean): void {
  if (!isObject(raw)) return;
  const { op, of } = raw;
  if (op === "all" || op === "any" || op === "not") {
    for (const part of Array.isArray(of) ? (of as unknown[]) : [of]) inPlace(part, ofItem);
    return;
  }
  const source = typeof raw["field"] === "string" ? raw["field"].split(".")[0] : undefined;
  if (ofItem !== (source === "item")) throw new Unreadable();
  if (op === "any_item" && ofItem) throw new Unreadable();
  if (op === "any_item" || op === "did") inPlace(raw["where"], op === "any_item");
}

function compared(one: Raw): string {
  const op = text(one["op"]);
  const [name, against] = [field(one), one["value"]];
  if (isObject(against)) return `${name} ${known(BY_AGE, op).replace("{}", spelled(text(against["ago"])))}`;
  const plain = known(COMPARED, op);
  return `${name} ${typeof against === "string" ? (BY_TEXT[op] ?? plain) : plain} ${value(against)}`;
}

function did(one: Raw): string {
  const event = text(one["event"]);
  let verb = Object.hasOwn(EVENTS, event) ? (EVENTS[event] ?? "") : `did ${value(event)}`;
  let where = one["where"] ?? null;
  const channel = isObject(where) && where["op"] === "is" && asksChannel(where["field"]) ? MESSAGES[String(where["value"])] : undefined;
  if (verb.includes("a message") && channel !== undefined) {
    verb = verb.replace("a message", channel);
    where = null;
  }
  const most = typeof one["at_most"] === "number" ? one["at_most"] : undefined;
  const never = most === 0;
  const filter = where === null ? "" : ` (${describe(where)})`;
  return `${never ? "never " : ""}${verb}${filter}${never ? "" : times(Number(one["at_least"] ?? 1), most)}${span(one)}`;
}

function asksChannel(name: unknown): boolean {
  return name === "event.properties.channel" || name === "event.channel";
}

function times(least: number, most: number | undefined): string {
  if (most === undefined) return least === 1 ? "" : ` at least ${String(least)} times`;
  if (least === most) return ` exactly ${String(least)} time${least === 1 ? "" : "s"}`;
  return least === 0 ? ` at most ${String(most)} time${most === 1 ? "" : "s"}` : ` ${String(least)} to ${String(most)} times`;
}

function span(one: Raw): string {
  const recent = typeof one["within"] === "string" ? ` in the last ${spelled(one["within"]).replace(/^1 /, "")}` : "";
  return one["since_anchor"] === true ? `${recent} since then` : recent;
}

function shop(one: Raw): string {
  return known(SHOPS, text(one["channel"] ?? "any"));
}

/** The name of a field as people say it: without its source, and without "attributes" and "properties". */
function field(one: Raw): string {
  const steps = [...text(one["field"]).matchAll(/"((?:[^"\\]|\\.)*)"|[^."]+/g)].map((found) => found[1] ?? found[0]);
  const [source, ...rest] = steps;
  const within = source === "contact" ? "attributes" : source === "item" ? undefined : "properties";
  const columns = source === "contact" ? CONTACT_COLUMNS : source === "item" ? [] : ["name"];
  const [first] = rest;
  if (first === undefined) throw new Unreadable();
  if (one["op"] === "any_item" && rest.length === 1 && columns.includes(first)) throw new Unreadable();
  if (rest.length === 1 && columns.includes(first)) return first.replaceAll("_", " ");
  const keys = rest.length > 1 && first === within ? rest.slice(1) : rest;
  const words = keys.map((key) => (KEY.test(key) ? key.replaceAll("_", " ") : `"${key}"`)).join(".");
  // Both may be there: the column, and something else of the same name.
  return within !== undefined && columns.includes(keys[0] ?? "") ? `${within}.${words}` : words;
}

function listed(one: Raw): string {
  const values = one["value"];
  if (!Array.isArray(values) || values.length === 0) throw new Unreadable();
  const words = [...new Set(values as unknown[])].sort(byTypeAndValue).map(value);
  if (words.length > SHOWN) return `one of ${String(words.length)} values (${words.slice(0, 3).join(", ")}, …)`;
  return words.length === 1 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

/** The engine's order: a set of values has none of its own. */
function byTypeAndValue(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  const [a, b] = [`${typeof one} ${String(one)}`, `${typeof other} ${String(other)}`];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A value as people write it; a text that would be misread stands in quotes. */
function value(raw: unknown): string {
  if (typeof raw === "boolean") return raw ? "yes" : "no";
  if (typeof raw === "number") return String(raw);
  const words = text(raw);
  const short = words.length <= LONGEST ? words : `${words.slice(0, LONGEST - 1)}…`;
  return PLAIN.test(words) && !MISREAD.test(words) ? short : `"${short}"`;
}

function parts(one: Raw): unknown[] {
  const found = one["of"];
  if (!Array.isArray(found) || found.length === 0) throw new Unreadable();
  return found;
}

function read(raw: unknown): Raw {
  if (!isObject(raw)) throw new Unreadable();
  return raw;
}

function text(raw: unknown): string {
  if (typeof raw !== "string" || raw === "") throw new Unreadable();
  return raw;
}

function known(words: Words, key: string): string {
  const found = words[key];
  if (found === undefined) throw new Unreadable();
  return found;
}
