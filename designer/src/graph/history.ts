/**
 * Undo and redo by gesture: a drag, a burst of typing, a paste is one step with a name, as the menu shows it.
 *
 * A history is a value. It knows only what is in the document: selection, viewport and numbers never get here. What
 * others change is received, not recorded, so that nobody takes back another's work.
 */

import { sameJson, type Flowchart } from "./document";
import { apply, changed, compose, inverse, valueAt, type Patch } from "./patch";

export interface Step {
  readonly name: string;
  readonly patch: Patch;
}

export interface History {
  readonly document: Flowchart;
  readonly past: readonly Step[];
  readonly future: readonly Step[];
}

/** A moment in a history, to which a gesture may return. */
export interface Mark {
  readonly depth: number;
  readonly future: readonly Step[];
}

/** A history in which nothing has happened yet. */
export function begin(document: Flowchart): History {
  return { document, past: [], future: [] };
}

/** The history after a step; a patch that changes nothing is no step. */
export function record(history: History, name: string, patch: Patch): History {
  if (patch.length === 0) return history;
  return { document: apply(history.document, patch), past: [...history.past, { name, patch }], future: [] };
}

/** The document changed by somebody else. */
export function receive(history: History, patch: Patch): History {
  return { ...history, document: apply(history.document, patch) };
}

/** The last step taken back; the same history where there is none. */
export function undo(history: History): History {
  const step = history.past.at(-1);
  if (!step) return history;
  const past = history.past.slice(0, -1);
  const back = fitting(history.document, inverse(step.patch));
  // Others have changed all of it since: there is nothing of this step to take back.
  if (back.length === 0) return undo({ ...history, past });
  const undone = { name: step.name, patch: inverse(back) };
  return { document: apply(history.document, back), past, future: [...history.future, undone] };
}

/** The step done again that was taken back last. */
export function redo(history: History): History {
  const step = history.future.at(-1);
  if (!step) return history;
  const future = history.future.slice(0, -1);
  const patch = fitting(history.document, step.patch);
  if (patch.length === 0) return redo({ ...history, future });
  return { document: apply(history.document, patch), past: [...history.past, { name: step.name, patch }], future };
}

/**
 * What of a patch still fits: nobody takes back another's work by undoing his own. A field that another has changed since
 * stays; a part that is to go goes as it is now; an edge comes back only between nodes that are there.
 */
function fitting(document: Flowchart, patch: Patch): Patch {
  const fits = patch.flatMap((one) => {
    const now = valueAt(document, one);
    if (sameJson(now, one.before)) return one.field !== undefined && valueAt(document, { kind: one.kind, id: one.id }) === undefined ? [] : [one];
    const goes = one.field === undefined && one.after === undefined && now !== undefined;
    return goes ? [changed(one.kind, one.id, undefined, now, undefined)] : [];
  });
  const { nodes } = apply(document, fits);
  return fits.filter(({ kind, field, after }) => {
    if (kind !== "edge" || field !== undefined || after === undefined) return true;
    const { from, to } = after as { from: string; to: string };
    return from in nodes && to in nodes;
  });
}

/** This moment, before a gesture of several patches. */
export function mark(history: History): Mark {
  return { depth: history.past.length, future: history.future };
}

/** The gesture given up: everything since the mark is taken back and leaves no step to redo. */
export function bail(history: History, since: Mark): History {
  const taken = history.past.slice(since.depth);
  const back = taken.reverse().reduce((document, step) => apply(document, inverse(step.patch)), history.document);
  return { document: back, past: history.past.slice(0, since.depth), future: since.future };
}

/** The gesture ended: everything since the mark becomes one step, or none if it took itself back. */
export function squash(history: History, since: Mark, name: string): History {
  const patch = compose(history.past.slice(since.depth).map((step) => step.patch));
  const past = history.past.slice(0, since.depth);
  if (patch.length === 0) return { ...history, past, future: history.past.length > since.depth ? since.future : history.future };
  return { ...history, past: [...past, { name, patch }] };
}

/** A patch that continues the last step if it has the same name and the place to go on, else a step of its own. */
export function recordBurst(history: History, name: string, patch: Patch, goesOn: boolean): History {
  const last = history.past.at(-1);
  if (!goesOn || last?.name !== name) return record(history, name, patch);
  const since: Mark = { depth: history.past.length - 1, future: [] };
  return squash(record(history, name, patch), since, name);
}
