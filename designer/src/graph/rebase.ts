/** Two people's changes to one draft: what does not touch is kept, what does is shown to be chosen. */

import type { Flowchart } from "./document";
import { apply, placeOf, type Change, type Patch } from "./patch";

export interface Conflict {
  readonly mine: Change;
  readonly theirs: Change;
}

export interface Rebased {
  /** My changes as they are made after theirs. */
  readonly patch: Patch;
  /** My changes that are not in `patch`, each with the one of theirs that it meets. */
  readonly conflicts: readonly Conflict[];
}

/** My patch, made on `base` like theirs, as a patch after theirs. */
export function rebase(mine: Patch, theirs: Patch, base: Flowchart): Rebased {
  const [here, there] = [apply(base, mine), apply(base, theirs)];
  const met = claims(theirs, base, there);
  const conflicts: Conflict[] = [];
  const patch: Change[] = [];
  const dropped = new Set<string>();
  for (const change of mine) {
    const other = meeting(change, claimsOf(change, base, here), met);
    if (other === undefined) patch.push(change);
    else if (!alike(change, other)) {
      conflicts.push({ mine: change, theirs: other });
      dropped.add(placeOf({ kind: change.kind, id: change.id }));
    }
  }
  // Of a part about which there is a choice to make, its ends stay together: half a moved edge is no edge.
  const whole = patch.filter((one) => one.kind !== "edge" || !dropped.has(placeOf({ kind: one.kind, id: one.id })));
  return { patch: whole, conflicts };
}

/** Whether two patches made on the same flowchart leave each other alone. */
export function disjoint(one: Patch, other: Patch, base: Flowchart): boolean {
  const met = claims(other, base, apply(base, other));
  const here = apply(base, one);
  return one.every((change) => meeting(change, claimsOf(change, base, here), met) === undefined);
}

// A claim is a place that a change writes, or relies upon; what only reads does not disturb what only reads.
interface Claims {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

interface Met {
  readonly writes: ReadonlyMap<string, Change>;
  readonly reads: ReadonlyMap<string, Change>;
}

function claims(patch: Patch, base: Flowchart, result: Flowchart): Met {
  const writes = new Map<string, Change>();
  const reads = new Map<string, Change>();
  for (const change of patch) {
    const claimed = claimsOf(change, base, result);
    for (const place of claimed.writes) writes.set(place, change);
    for (const place of claimed.reads) reads.set(place, change);
  }
  return { writes, reads };
}

function claimsOf(change: Change, base: Flowchart, result: Flowchart): Claims {
  const part = placeOf({ kind: change.kind, id: change.id });
  const writes = [placeOf(change)];
  const reads = change.field === undefined ? [] : [part];
  if (change.kind === "edge") {
    const [was, is] = [base.edges[change.id], result.edges[change.id]];
    for (const edge of [was, is]) if (edge && (was?.from !== is?.from || was?.port !== is?.port)) writes.push(portOf(edge));
    if (is) reads.push(placeOf({ kind: "node", id: is.from }), placeOf({ kind: "node", id: is.to }));
  }
  return { writes, reads };
}

function portOf({ from, port }: { from: string; port: string }): string {
  return JSON.stringify(["port", from, port]);
}

function meeting(change: Change, mine: Claims, theirs: Met): Change | undefined {
  for (const place of mine.writes) {
    const found = theirs.writes.get(place) ?? theirs.reads.get(place);
    if (found && !isSpectator(change, found)) return found;
  }
  for (const place of mine.reads) {
    const found = theirs.writes.get(place);
    if (found && !isSpectator(found, change)) return found;
  }
  return undefined;
}

/** Whether the writer leaves the reader what it relies upon: it brings or changes the part, and does not remove it. */
function isSpectator(writer: Change, reader: Change): boolean {
  const other = placeOf(writer) !== placeOf(reader) && (writer.kind !== reader.kind || writer.id !== reader.id);
  return other && writer.kind === "node" && reader.kind === "edge" && writer.after !== undefined;
}

function alike(one: Change, other: Change): boolean {
  return placeOf(one) === placeOf(other) && JSON.stringify(one.after) === JSON.stringify(other.after);
}
