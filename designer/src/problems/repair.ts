/** A diagnostic's fix as a change of the document, where it is one that a program may make. Pure. */

import { isObject, readDocument, type Flowchart } from "../graph/document";
import { difference, type Patch } from "../graph/patch";
import type { Diagnostic } from "./store";

/** The change that a fix proposes; undefined where it is words alone, or no longer fits the document. */
export function repairOf(document: Flowchart, { fix }: Pick<Diagnostic, "fix">): Patch | undefined {
  const steps = fix.patch;
  if (steps.length === 0) return undefined;
  const copy: unknown = structuredClone(document);
  try {
    for (const step of steps) follow(copy, step);
    const patch = difference(document, readDocument(copy));
    return patch.length > 0 ? patch : undefined;
  } catch (error) {
    if (error instanceof DoesNotFit) return undefined;
    throw error;
  }
}

/** What a fix does, on its button. */
export function repairWords({ fix }: Pick<Diagnostic, "fix">): string {
  const [first] = fix.patch;
  const [, kind, , field, name] = first?.path.split("/") ?? [];
  const removesNode = fix.patch.some((one) => one.op === "remove" && /^\/nodes\/[^/]+$/.test(one.path));
  if (removesNode) return "Remove the node";
  if (first?.op === "remove") return kind === "edges" ? "Remove the connection" : "Take it out";
  if (kind === "nodes" && field === undefined) return "Add an exit";
  if (field === "version") return `Use version ${JSON.stringify(first?.value)}`;
  if (typeof first?.value === "string" && (name !== undefined || kind === "settings")) return `Use ${first.value}`;
  return "Mend it";
}

class DoesNotFit extends Error {}

type Step = NonNullable<Diagnostic["fix"]["patch"]>[number];

/** One step of a JSON Patch (RFC 6902): add, remove or replace. */
function follow(document: unknown, { op, path, value }: Step): void {
  const keys = path.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = keys.pop();
  if (last === undefined) throw new DoesNotFit();
  const part = keys.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return (inner as unknown[])[Number(key)];
    if (!isObject(inner)) throw new DoesNotFit();
    return inner[key];
  }, document);
  if (Array.isArray(part)) {
    const at = last === "-" ? part.length : Number(last);
    if (op === "add") part.splice(at, 0, value);
    else if (op === "remove") part.splice(at, 1);
    else part[at] = value;
  } else if (isObject(part)) {
    if (op !== "add" && !(last in part)) throw new DoesNotFit();
    if (op === "remove") Reflect.deleteProperty(part, last);
    else part[last] = value;
  } else throw new DoesNotFit();
}
