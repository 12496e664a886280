/** The scripts of the journeys that were tried in this window: they stay while one goes back to draw. */

import { createStore, type StoreApi } from "zustand/vanilla";

import { PRESETS, whoOf } from "./people";
import { begin, type Script } from "./script";

export interface Trying {
  readonly script: Script;
  readonly change: (make: (script: Script) => Script) => void;
}

export type TryingStore = StoreApi<Trying>;

const stores = new Map<string, TryingStore>();

/** The script of a journey. */
export function tryingOf(journey: string): TryingStore {
  let store = stores.get(journey);
  if (!store) {
    const first = PRESETS[0];
    if (!first) throw new Error("There is nobody to try a journey with. Add a person to PRESETS.");
    store = createStore<Trying>()((set) => ({
      script: begin(whoOf(first)),
      change: (make) => set(({ script }) => ({ script: make(script) })),
    }));
    stores.set(journey, store);
  }
  return store;
}
