/**
 * One person's side of a draft that several draw: what the server has, and where this person and others disagree.
 *
 * `base` is the server's draft at a revision, the document is what the person sees, and what is unsaved is the difference
 * of the two. What others save goes into the base at once, and into the document except at disputed places: there the
 * document keeps what was typed, and nothing is sent until somebody chooses. Everything else goes on being saved.
 */

import type { Flowchart } from "./document";
import { apply, changed, difference, inverse, placeOf, type Change, type Patch } from "./patch";
import { rebase, type Conflict } from "./rebase";

export type Place = Pick<Change, "kind" | "id" | "field">;

/** Places about which there is one choice to make. A whole node stands for its edges, too. */
export interface Dispute {
  readonly places: readonly Place[];
  /** Who saved the other side, as far as that is known. */
  readonly by?: string;
}

export interface Synced {
  readonly revision: number;
  readonly base: Flowchart;
  readonly disputes: readonly Dispute[];
}

/** A step of the protocol: the new state, and what the document is to take over. */
export interface Taken {
  readonly synced: Synced;
  readonly incoming: Patch;
}

export interface Unsaved {
  readonly send: Patch;
  /** Held back, since somebody has yet to choose. */
  readonly held: Patch;
}

/** What is not saved yet. */
export function unsaved({ base, disputes }: Synced, now: Flowchart): Unsaved {
  const all = difference(base, now);
  if (disputes.length === 0) return { send: all, held: [] };
  const isHeld = heldBack(base, now, all, (change) => disputes.some((one) => covers(one, change, [base, now])));
  return { send: all.filter((one) => !isHeld(one)), held: all.filter(isHeld) };
}

/** What waits for a choice: what is disputed, without leaving an edge loose on the server. An edge goes with the end that
 * goes, whatever is to be said of its other end; an end stays as long as an edge that I have moved away from it. */
function heldBack(base: Flowchart, now: Flowchart, all: Patch, isDisputed: (change: Change) => boolean): (change: Change) => boolean {
  const moved = all.filter((one) => one.kind === "edge" && now.edges[one.id] !== undefined && isDisputed(one));
  const ends = new Set(moved.flatMap(({ id }) => (base.edges[id] ? [base.edges[id].from, base.edges[id].to] : [])));
  const stays = ({ kind, id, field, after }: Change): boolean => kind === "node" && field === undefined && after === undefined && ends.has(id);
  const gone = removed(all.filter((one) => !isDisputed(one) && !stays(one)));
  const isCut = ({ kind, id }: Change): boolean => {
    const edge = kind === "edge" && now.edges[id] === undefined ? base.edges[id] : undefined;
    return edge !== undefined && (gone.has(edge.from) || gone.has(edge.to));
  };
  return (change) => (isDisputed(change) && !isCut(change)) || stays(change);
}

/** What somebody else has saved on top of the base. */
export function takeIn(synced: Synced, now: Flowchart, theirs: Patch, revision: number, by = ""): Taken {
  const { base } = synced;
  const next = apply(base, theirs);
  const { conflicts } = rebase(difference(base, now), theirs, base);
  const serious = conflicts.filter((one) => !isPosition(one));
  const disputes = serious.reduce((known, one) => joined(known, placesOf(one), by), synced.disputes);
  const quiet = new Set(conflicts.filter(isPosition).map((one) => one.theirs));
  const incoming = theirs.filter((change) => !quiet.has(change) && !disputes.some((one) => covers(one, change, [base, next, now])));
  return settled({ revision, base: next, disputes }, now, incoming);
}

/** My own patch, saved: `saved` is what became of `sent`, with values in the server's form. */
export function accepted(synced: Synced, now: Flowchart, sent: Patch, saved: Patch, revision: number): Taken {
  const assumed = apply(synced.base, sent);
  const base = apply(synced.base, saved);
  const corrected = difference(assumed, base);
  // Where I have typed on meanwhile, mine stays and is sent next.
  const typedOn = new Set(difference(assumed, now).map((one) => placeOf({ kind: one.kind, id: one.id })));
  const incoming = corrected.filter((one) => !typedOn.has(placeOf({ kind: one.kind, id: one.id })));
  return settled({ ...synced, revision, base }, now, incoming);
}

/** A dispute decided. Mine: it is sent with the rest. Theirs: the document takes over what the server has. */
export function decide(synced: Synced, now: Flowchart, dispute: Dispute, side: "mine" | "theirs"): Taken {
  const { base } = synced;
  const disputes = synced.disputes.filter((one) => one !== dispute);
  const incoming = side === "mine" ? [] : inverse(difference(base, now).filter((one) => covers(dispute, one, [base, now])));
  return settled({ ...synced, disputes }, now, incoming);
}

/** Disputes that have come to nothing, since both sides say the same by now, left out. */
export function pruned(synced: Synced, now: Flowchart): Synced {
  if (synced.disputes.length === 0) return synced;
  const changes = difference(synced.base, now);
  const disputes = synced.disputes.filter((one) => changes.some((change) => covers(one, change, [synced.base, now])));
  return disputes.length === synced.disputes.length ? synced : { ...synced, disputes };
}

/** What is disputed, as it stands now: from theirs (`before`) to mine (`after`). */
export function disputed({ base }: Synced, now: Flowchart, dispute: Dispute): Patch {
  return difference(base, now).filter((one) => covers(dispute, one, [base, now]));
}

function settled(synced: Synced, now: Flowchart, wanted: Patch): Taken {
  const incoming = withoutLooseEnds(now, wanted);
  return { synced: pruned(synced, apply(now, incoming)), incoming };
}

// ------------------------------------------------------------------------------------------------ disputes

function isPosition({ mine, theirs }: Conflict): boolean {
  return mine.field === "position" && theirs.field === "position";
}

function placesOf({ mine, theirs }: Conflict): Place[] {
  // Half an edge is no edge: there is one choice about all of it.
  return [mine, theirs].map(({ kind, id, field }) => (field === undefined || kind === "edge" ? { kind, id } : { kind, id, field }));
}

function joined(disputes: readonly Dispute[], places: readonly Place[], by: string): readonly Dispute[] {
  const meets = (dispute: Dispute): boolean => dispute.places.some((one) => places.some((other) => overlap(one, other)));
  const all = [...disputes.filter(meets).flatMap((one) => one.places), ...places];
  const wholes = new Set(all.filter((one) => one.field === undefined).map(placeOf));
  const kept = new Map<string, Place>();
  for (const place of all) {
    const whole = placeOf({ kind: place.kind, id: place.id });
    if (place.field === undefined || !wholes.has(whole)) kept.set(placeOf(place), place);
  }
  return [...disputes.filter((one) => !meets(one)), { places: [...kept.values()], ...(by ? { by } : {}) }];
}

function overlap(one: Place, other: Place): boolean {
  if (one.kind !== other.kind || one.id !== other.id) return false;
  return one.field === undefined || other.field === undefined || one.field === other.field;
}

function covers({ places }: Dispute, change: Change, documents: readonly Flowchart[]): boolean {
  return places.some((place) => {
    if (overlap(place, change)) return true;
    if (place.kind !== "node" || place.field !== undefined || change.kind !== "edge") return false;
    return documents.some(({ edges }) => edges[change.id]?.from === place.id || edges[change.id]?.to === place.id);
  });
}

/** The patch without edges that would hang loose after it: one end may be gone here, or go with what others removed. */
function withoutLooseEnds(now: Flowchart, incoming: Patch): Patch {
  const { nodes, edges } = apply(now, incoming);
  const loose = new Set(Object.keys(edges).filter((id) => {
    const edge = edges[id];
    return edge !== undefined && (nodes[edge.from] === undefined || nodes[edge.to] === undefined);
  }));
  if (loose.size === 0) return incoming;
  const cut = [...loose].filter((id) => now.edges[id] !== undefined);
  return [
    ...incoming.filter((one) => one.kind !== "edge" || !loose.has(one.id)),
    ...cut.map((id) => changed("edge", id, undefined, now.edges[id], undefined)),
  ];
}

function removed(patch: Patch): Set<string> {
  return new Set(patch.filter((one) => one.kind === "node" && one.field === undefined && one.after === undefined).map((one) => one.id));
}
