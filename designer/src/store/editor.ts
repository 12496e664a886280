/** The draft that is being drawn, with its history: the one place that changes it. */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { Flowchart } from "../graph/document";
import * as steps from "../graph/history";
import type { Catalog } from "../graph/manifest";
import type { Patch } from "../graph/patch";

export interface Editor {
  readonly journey: string;
  readonly catalog: Catalog;
  readonly history: steps.History;
  /** Make a step of a patch. */
  readonly record: (name: string, patch: Patch) => void;
  /** Take over what somebody else changed. */
  readonly receive: (patch: Patch) => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

export type EditorStore = StoreApi<Editor>;

/** A store for one journey's draft. */
export function makeEditor(journey: string, document: Flowchart, catalog: Catalog): EditorStore {
  return createStore<Editor>()((set) => ({
    journey,
    catalog,
    history: steps.begin(document),
    record: (name, patch) => set(({ history }) => ({ history: steps.record(history, name, patch) })),
    receive: (patch) => set(({ history }) => ({ history: steps.receive(history, patch) })),
    undo: () => set(({ history }) => ({ history: steps.undo(history) })),
    redo: () => set(({ history }) => ({ history: steps.redo(history) })),
  }));
}
