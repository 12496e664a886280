/** A condition as it is edited: groups and questions, each of which may be denied; and back into the engine's tree. Pure. */

import { isObject, type Json } from "../../graph/document";

export type Raw = Readonly<Record<string, Json>>;
export type Join = "all" | "any" | "none" | "not_all";

export interface Group {
  readonly kind: "group";
  readonly join: Join;
  readonly parts: readonly Part[];
}

export interface Question {
  readonly kind: "question";
  readonly denied: boolean;
  readonly asked: Raw;
}

export type Part = Group | Question;

const JOINS: Readonly<Record<Join, { readonly op: "all" | "any"; readonly denied: boolean }>> = {
  all: { op: "all", denied: false },
  any: { op: "any", denied: false },
  none: { op: "any", denied: true },
  not_all: { op: "all", denied: true },
};

/** A condition as one group: a single question stands in a group of its own. */
export function readTree(raw: unknown): Group {
  const part = readPart(raw);
  if (!part) return { kind: "group", join: "all", parts: [] };
  return part.kind === "group" ? part : { kind: "group", join: "all", parts: [part] };
}

/** The condition that a group says; undefined where it asks nothing. */
export function writeTree(group: Group): Json | undefined {
  const [only] = group.parts;
  if (!only) return undefined;
  if (group.join === "all" && group.parts.length === 1 && only.kind === "question") return writePart(only);
  return writePart(group);
}

/** One part as the engine has it. A group that asks nothing yet is kept, so that it does not vanish while it is filled. */
export function writePart(part: Part): Json {
  if (part.kind === "question") return part.denied ? { op: "not", of: part.asked as Json } : (part.asked);
  const { op, denied } = JOINS[part.join];
  const group: Json = { op, of: part.parts.map(writePart) };
  return denied ? { op: "not", of: group } : group;
}

/** The group with another part at a place, or without it. */
export function withPart(group: Group, at: number, part: Part | undefined): Group {
  return { ...group, parts: group.parts.flatMap((one, place) => (place !== at ? [one] : part ? [part] : [])) };
}

export function withMore(group: Group, part: Part): Group {
  return { ...group, parts: [...group.parts, part] };
}

/** Whether the condition, or anything in it, asks about what fits a test. A `where` is not looked into. */
export function asksAbout(raw: unknown, fits: (asked: Raw) => boolean): boolean {
  const part = readPart(raw);
  if (!part) return false;
  if (part.kind === "question") return fits(part.asked);
  return part.parts.some((one) => asksAbout(writePart(one), fits));
}

function readPart(raw: unknown): Part | undefined {
  if (!isObject(raw) || Object.keys(raw).length === 0) return undefined;
  const { op, of } = raw;
  if (op === "all" || op === "any") return { kind: "group", join: op, parts: partsOf(of) };
  if (op === "not") {
    const inner = readPart(of);
    return inner && denied(inner);
  }
  return { kind: "question", denied: false, asked: raw as Raw };
}

function denied(part: Part): Part {
  if (part.kind === "question") return { ...part, denied: !part.denied };
  const turned: Readonly<Record<Join, Join>> = { all: "not_all", any: "none", none: "any", not_all: "all" };
  return { ...part, join: turned[part.join] };
}

function partsOf(of: unknown): Part[] {
  if (!Array.isArray(of)) return [];
  return of.flatMap((one) => {
    const part = readPart(one);
    return part ? [part] : [];
  });
}
