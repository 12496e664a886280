/** Templates as an editor sees them: where tags are, what is in them, and what may be written where the caret stands. Pure. */

export type Look = "tag" | "comment" | "variable" | "filter" | "keyword" | "string" | "number";

export interface Span {
  readonly from: number;
  readonly to: number;
  readonly look: Look;
}

export interface Offer {
  readonly label: string;
  readonly detail: string;
  readonly kind: "variable" | "filter" | "keyword";
}

export interface Completion {
  readonly from: number;
  readonly offers: readonly Offer[];
}

export interface KnownVariable {
  readonly name: string;
  readonly sample: string;
}

const TAG = /\{\{[\s\S]*?(?:\}\}|$)|\{%[\s\S]*?(?:%\}|$)|\{#[\s\S]*?(?:#\}|$)/g;
const TOKEN = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\d+(?:\.\d+)?|\|\s*[A-Za-z_]\w*|[A-Za-z_][\w.]*/g;
const KEYWORDS = new Set(["if", "elif", "else", "endif", "for", "endfor", "in", "set", "is", "not", "and", "or", "defined", "undefined", "none", "true", "false"]);

/** What the engine offers after a bar, with an example of what each does. */
export const FILTERS: readonly { readonly name: string; readonly about: string }[] = [
  { name: "default", about: 'default("there"): what stands in for nothing' },
  { name: "date", about: 'date("%d %B %Y"): a date as people write it' },
  { name: "percent", about: "20 → 20%" },
  { name: "money", about: 'money("EUR"): a price' },
  { name: "number", about: "number(2): with two digits after the point" },
  { name: "round", about: "round(1)" },
  { name: "upper", about: "ROME" },
  { name: "lower", about: "rome" },
  { name: "capitalize", about: "Rome wasn't" },
  { name: "title", about: "Rome Wasn't" },
  { name: "trim", about: "without spaces around" },
  { name: "truncate", about: "truncate(40): cut to so many characters" },
  { name: "replace", about: 'replace("a", "b")' },
  { name: "join", about: 'join(", "): a list in one line' },
  { name: "first", about: "the first of a list" },
  { name: "last", about: "the last of a list" },
  { name: "length", about: "how many" },
  { name: "url", about: "in a link" },
  { name: "urlencode", about: "in a part of a link" },
];

const BLOCKS: readonly Offer[] = [
  { label: "if", detail: "only where something holds", kind: "keyword" },
  { label: "elif", detail: "else, where something else holds", kind: "keyword" },
  { label: "else", detail: "otherwise", kind: "keyword" },
  { label: "endif", detail: "end of if", kind: "keyword" },
  { label: "for", detail: "for p in promotion.products", kind: "keyword" },
  { label: "endfor", detail: "end of for", kind: "keyword" },
  { label: "set", detail: "set name = value", kind: "keyword" },
];

/** Where there are tags, and what is in each, in order. */
export function spansOf(text: string): Span[] {
  const found: Span[] = [];
  for (const tag of text.matchAll(TAG)) {
    const begin = tag.index;
    if (tag[0].startsWith("{#")) {
      found.push({ from: begin, to: begin + tag[0].length, look: "comment" });
      continue;
    }
    found.push({ from: begin, to: begin + 2, look: "tag" });
    const closed = /[%}]\}$/.test(tag[0]) && tag[0].length >= 4;
    const inner = tag[0].slice(2, closed ? -2 : undefined);
    for (const token of inner.matchAll(TOKEN)) {
      const from = begin + 2 + token.index;
      found.push({ from, to: from + token[0].length, look: lookOf(token[0]) });
    }
    if (closed) found.push({ from: begin + tag[0].length - 2, to: begin + tag[0].length, look: "tag" });
  }
  return found;
}

function lookOf(token: string): Look {
  if (token.startsWith('"') || token.startsWith("'")) return "string";
  if (/^\d/.test(token)) return "number";
  if (token.startsWith("|")) return "filter";
  return KEYWORDS.has(token) ? "keyword" : "variable";
}

/** What may be written at a place: variables in a tag, filters after a bar, words of blocks at their begin. */
export function completionAt(text: string, at: number, variables: readonly KnownVariable[]): Completion | undefined {
  const before = text.slice(0, at);
  const open = Math.max(before.lastIndexOf("{{"), before.lastIndexOf("{%"));
  if (open < 0) return undefined;
  const inside = before.slice(open + 2);
  if (inside.includes("}}") || inside.includes("%}")) return undefined;
  if (((inside.match(/"/g) ?? []).length) % 2 === 1) return undefined;
  const word = /[A-Za-z_][\w.]*$/.exec(inside)?.[0] ?? "";
  const from = at - word.length;
  const lead = inside.slice(0, inside.length - word.length).trimEnd();
  if (lead.endsWith("|")) return { from, offers: FILTERS.map(({ name, about }) => ({ label: name, detail: about, kind: "filter" })) };
  const begins = before.startsWith("{%", open) && lead === "";
  if (begins) return { from, offers: BLOCKS };
  return { from, offers: variables.map(({ name, sample }) => ({ label: name, detail: sample, kind: "variable" })) };
}

/** The variables that a text names, each once: enough to ask for values, and no judgement of the template. */
export function namesIn(text: string): string[] {
  const found = spansOf(text).filter((span) => span.look === "variable").map((span) => text.slice(span.from, span.to));
  return [...new Set(found)].filter((name) => name.includes("."));
}

/** Whether a text has tags in it, so that it is more than what stands there. */
export function readsSomething(text: string): boolean {
  return /\{[{%#]/.test(text);
}

/** How a variable is written where it is put in: a name that may be missing gets something to stand in. */
export function written(variable: string): string {
  const bare = variable.startsWith("contact.") && variable !== "contact.email" ? `${variable}|default("")` : variable;
  return `{{ ${bare} }}`;
}

/** The smallest change that makes one text the other: an editor keeps its caret through it. */
export function changeBetween(was: string, is: string): { readonly from: number; readonly to: number; readonly insert: string } {
  let from = 0;
  while (from < was.length && from < is.length && was[from] === is[from]) from += 1;
  let end = 0;
  while (end < was.length - from && end < is.length - from && was[was.length - 1 - end] === is[is.length - 1 - end]) end += 1;
  return { from, to: was.length - end, insert: is.slice(from, is.length - end) };
}
