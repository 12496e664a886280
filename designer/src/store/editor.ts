/** The draft that is being drawn, with its history: the one place that changes it. */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { Flowchart } from "../graph/document";
import * as steps from "../graph/history";
import type { Catalog } from "../graph/manifest";
import { placeOf, type Patch } from "../graph/patch";

export interface Editor {
  readonly journey: string;
  readonly catalog: Catalog;
  readonly history: steps.History;
  /** Make a step of a patch. */
  readonly record: (name: string, patch: Patch) => void;
  /**
   * Take over what is being typed, at every change: nothing stays in a field alone, so that nothing is lost with it.
   * Changes of the same places in a row are one step, until a pause or `endTyping` (a field does that on blur).
   */
  readonly type: (name: string, patch: Patch) => void;
  readonly endTyping: () => void;
  /** Take over what somebody else changed. */
  readonly receive: (patch: Patch) => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

export type EditorStore = StoreApi<Editor>;

const BURST = 2_000;

/** A store for one journey's draft. `now` is asked for the pauses between keystrokes. */
export function makeEditor(journey: string, document: Flowchart, catalog: Catalog, now: () => number = Date.now): EditorStore {
  let burst: { readonly places: string; readonly at: number; readonly depth: number } | undefined;
  return createStore<Editor>()((set) => ({
    journey,
    catalog,
    history: steps.begin(document),
    record: (name, patch) => set(({ history }) => ({ history: steps.record(history, name, patch) })),
    type: (name, patch) => set(({ history }) => {
      if (patch.length === 0) return {};
      const places = patch.map(placeOf).sort().join();
      const goesOn = burst?.places === places && now() - burst.at < BURST && history.past.length === burst.depth && history.future.length === 0;
      const next = steps.recordBurst(history, name, patch, goesOn);
      // A burst that took itself back is over: the step before it is another one's.
      burst = next.past.length < history.past.length ? undefined : { places, at: now(), depth: next.past.length };
      return { history: next };
    }),
    endTyping: () => { burst = undefined; },
    receive: (patch) => set(({ history }) => ({ history: steps.receive(history, patch) })),
    undo: () => set(({ history }) => ({ history: steps.undo(history) })),
    redo: () => set(({ history }) => ({ history: steps.redo(history) })),
  }));
}
