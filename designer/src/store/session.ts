/** What belongs to this window alone and is never saved: selection, sizes, where things are while they are dragged. */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { Position } from "../graph/document";
import type { Size } from "../graph/layout";

export interface Session {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
  readonly dragged: Readonly<Record<string, Position>>;
  readonly sizes: Readonly<Record<string, Size>>;
}

export type SessionStore = StoreApi<Session>;

/** A session in which nothing is selected. */
export function makeSession(): SessionStore {
  return createStore<Session>()(() => ({ nodes: new Set(), edges: new Set(), dragged: {}, sizes: {} }));
}
