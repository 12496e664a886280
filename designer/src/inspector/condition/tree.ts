/** A condition as it is edited: groups and questions, each of which may be denied; and back into the engine's tree. Pure. */

import { isObject, type Json } from "../../graph/document";
import { isKnown } from "./shapes";

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

/** What the editor does not know: it is shown, and written back as it stands. */
export interface Unknown {
  readonly kind: "unknown";
  readonly raw: Json;
}

export type Part = Group | Question | Unknown;

const JOINS: Readonly<Record<Join, { readonly op: "all" | "any"; readonly denied: boolean }>> = {
  all: { op: "all", denied: false },
  any: { op: "any", denied: false },
  none: { op: "any", denied: true },
  not_all: { op: "all", denied: true },
};

/** A condition as one group: a single question stands in a group of its own. `ofItem`: it is asked of an item of a list. */
export function readTree(raw: unknown, ofItem = false): Group {
  const nothing = raw === undefined || raw === null || (isObject(raw) && Object.keys(raw).length === 0);
  const part = nothing ? undefined : readPart(raw as Json, ofItem);
  if (!part) return { kind: "group", join: "all", parts: [] };
  return part.kind === "group" ? part : { kind: "group", join: "all", parts: [part] };
}

/** The condition that a group says; undefined where it asks nothing. */
export function writeTree(group: Group): Json | undefined {
  const [only] = group.parts;
  if (!only) return undefined;
  if (group.join === "all" && group.parts.length === 1 && only.kind !== "group") return writePart(only);
  return writePart(group);
}

/** One part as the engine has it. A group that asks nothing yet is kept, so that it does not vanish while it is filled. */
export function writePart(part: Part): Json {
  if (part.kind === "unknown") return part.raw;
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

/** Whether something in it cannot be edited here, also in a `where`. */
export function holdsUnknown(part: Part): boolean {
  if (part.kind === "group") return part.parts.some(holdsUnknown);
  return part.kind === "unknown" || holdsUnknown(readTree(part.asked["where"], part.asked["op"] === "any_item"));
}

function readPart(raw: Json, ofItem: boolean): Part {
  const unknown: Unknown = { kind: "unknown", raw };
  if (!isObject(raw)) return unknown;
  const { op, of } = raw;
  const bare = Object.keys(raw).length === 2;
  if (op === "all" || op === "any") return bare && Array.isArray(of) ? { kind: "group", join: op, parts: of.map((one) => readPart(one, ofItem)) } : unknown;
  if (op === "not") {
    const inner = bare ? readPart(of as Json, ofItem) : unknown;
    return inner.kind === "unknown" ? unknown : denied(inner);
  }
  return isKnown(raw, ofItem) ? { kind: "question", denied: false, asked: raw } : unknown;
}

function denied(part: Group | Question): Part {
  if (part.kind === "question") return { ...part, denied: !part.denied };
  const turned: Readonly<Record<Join, Join>> = { all: "not_all", any: "none", none: "any", not_all: "all" };
  return { ...part, join: turned[part.join] };
}
