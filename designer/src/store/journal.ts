/**
 * What is drawn and not saved yet, kept in this browser at every change: a reload, a crash or a server that is away lose
 * nothing. Each window has a journal of its own for each journey; what is saved is taken out of it.
 */

import { readDocument, type Flowchart } from "../graph/document";
import { apply, difference, inverse, type Patch } from "../graph/patch";
import { takeIn, type Dispute, type Synced } from "../graph/sync";

/** A patch under way: sent under this key, and not answered yet. */
export interface Sent {
  readonly key: string;
  readonly revision: number;
  readonly patch: Patch;
  readonly step: string;
}

export interface Unfinished {
  readonly synced: Synced;
  readonly document: Flowchart;
  readonly sent: Sent | undefined;
}

export interface Found extends Unfinished {
  /** How many changes were in the journal. */
  readonly count: number;
}

export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export interface Journal {
  /** From now on this is the one that writes. */
  readonly open: () => void;
  /** Whether it could be written. */
  readonly keep: (unfinished: Unfinished) => boolean;
  /** The journey is gone: whatever any window has left unfinished in it is, too. */
  readonly forget: () => void;
}

interface Written {
  readonly revision: number;
  readonly patch: Patch;
  readonly disputes: readonly Dispute[];
  readonly sent?: Sent;
  readonly at: number;
}

const CHANGES = "wend.draft.";
const BASE = "wend.base.";
const nameOf = (journey: string, tab: string): string => `${journey}.${tab}`;

// A page that was left may still hear an answer: only the editor that was opened last writes a window's journal.
const writers = new Map<string, symbol>();

/** The journal of a window for a journey, for the editor that was just opened in it. */
export function makeJournal(shelf: Shelf, journey: string, tab: string, now: () => number = Date.now): Journal {
  const name = nameOf(journey, tab);
  const me = Symbol(name);
  const open = (): void => { writers.set(name, me); };
  let base: Flowchart | undefined;
  const keep = ({ synced, document, sent }: Unfinished): boolean => {
    if (writers.get(name) !== me) return true;
    const patch = difference(synced.base, document);
    try {
      if (patch.length === 0 && !sent) {
        remove(shelf, journey, tab);
        base = undefined;
        return true;
      }
      const { revision, disputes } = synced;
      const written: Written = { revision, patch, disputes, ...(sent ? { sent } : {}), at: now() };
      // The changes first: with the base of another revision they can still be merged, lost ones cannot.
      shelf.setItem(CHANGES + name, JSON.stringify(written));
      if (base !== synced.base) shelf.setItem(BASE + name, JSON.stringify({ revision, document: synced.base }));
      base = synced.base;
      return true;
    } catch {
      return false;
    }
  };
  const forget = (): void => {
    for (const one of unfinishedTabs(shelf, journey)) remove(shelf, journey, one);
  };
  return { open, keep, forget };
}

/** What a window left unfinished in a journey. `draft` is the server's, for where the journal's own base is missing. */
export function readJournal(shelf: Shelf, journey: string, tab: string, draft: { readonly revision: number; readonly document: Flowchart }): Found | undefined {
  const written = parsed(shelf.getItem(CHANGES + nameOf(journey, tab))) as Written | undefined;
  if (!written) return undefined;
  const base = parsed(shelf.getItem(BASE + nameOf(journey, tab))) as { revision: number; document: unknown } | undefined;
  const { revision, patch, disputes, sent } = written;
  if (base?.revision === revision) {
    const synced = { revision, base: readDocument(base.document), disputes };
    return { synced, document: apply(synced.base, patch), sent, count: patch.length };
  }
  return without(patch, draft);
}

/** The windows that left something unfinished in a journey, the latest first. */
export function unfinishedTabs(shelf: Shelf, journey: string): string[] {
  const start = `${CHANGES}${journey}.`;
  const found: { tab: string; at: number }[] = [];
  for (let at = 0; at < shelf.length; at += 1) {
    const key = shelf.key(at);
    if (!key?.startsWith(start)) continue;
    const written = parsed(shelf.getItem(key)) as Written | undefined;
    if (written) found.push({ tab: key.slice(start.length), at: written.at });
  }
  return found.sort((one, other) => other.at - one.at).map((one) => one.tab);
}

/** The journal of one window under the name of another, which goes on with it. */
export function adopt(shelf: Shelf, journey: string, from: string, to: string): void {
  for (const kind of [CHANGES, BASE]) {
    const text = shelf.getItem(kind + nameOf(journey, from));
    if (text !== null) shelf.setItem(kind + nameOf(journey, to), text);
  }
  remove(shelf, journey, from);
}

function remove(shelf: Shelf, journey: string, tab: string): void {
  shelf.removeItem(CHANGES + nameOf(journey, tab));
  shelf.removeItem(BASE + nameOf(journey, tab));
}

/** Changes whose base is not known: it was the draft as it is now, but for what stood before at their places. */
function without(patch: Patch, draft: { readonly revision: number; readonly document: Flowchart }): Found {
  const base = apply(draft.document, inverse(patch));
  const mine = apply(base, patch);
  const { synced, incoming } = takeIn({ revision: draft.revision, base, disputes: [] }, mine, difference(base, draft.document), draft.revision);
  return { synced, document: apply(mine, incoming), sent: undefined, count: patch.length };
}

function parsed(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
