/** A draft opened in this window: as the server has it, or as this window, or one that is gone, left it. */

import type { Draft } from "../api/queries";
import type { Flowchart } from "../graph/document";
import type { Beginning } from "./autosave";
import { adopt, readJournal, unfinishedTabs, type Shelf } from "./journal";

export interface Opened extends Beginning {
  readonly document: Flowchart;
  /** How many changes were brought back that no server has. */
  readonly broughtBack: number;
}

/** The draft to begin with. `open`: the windows that are there, whose journals are theirs; undefined if nobody knows. */
export function openDraft(shelf: Shelf, draft: Draft, tab: string, open: ReadonlySet<string> | undefined): Opened {
  const { journey, revision, document } = draft;
  const unfinished = unfinishedTabs(shelf, journey);
  const orphan = unfinished.find((one) => one !== tab && open?.has(one) === false);
  if (!unfinished.includes(tab) && orphan !== undefined) adopt(shelf, journey, orphan, tab);
  const found = readJournal(shelf, journey, tab, draft);
  if (!found) return { synced: { revision, base: document, disputes: [] }, document, broughtBack: 0 };
  return { synced: found.synced, sent: found.sent, document: found.document, broughtBack: found.count };
}

/** Whether a window that is gone has left changes of this journey, besides those that were brought back. */
export function hasOrphans(shelf: Shelf, journey: string, tab: string, open: ReadonlySet<string> | undefined): boolean {
  return unfinishedTabs(shelf, journey).some((one) => one !== tab && open?.has(one) === false);
}
