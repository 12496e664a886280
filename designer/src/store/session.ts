/** What belongs to this window alone and is never saved: selection, sizes, where things are while they are dragged, panels. */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { Position } from "../graph/document";
import type { Size } from "../graph/layout";

/** What stands beside the drawing. Empty: the inspector of what is selected, if one node is. */
export type Side = "settings" | "templates" | "promotions" | "problems" | undefined;

export interface Session {
  readonly nodes: ReadonlySet<string>;
  readonly edges: ReadonlySet<string>;
  readonly dragged: Readonly<Record<string, Position>>;
  readonly sizes: Readonly<Record<string, Size>>;
  readonly view: "canvas" | "outline";
  readonly side: Side;
  /** The field to which a diagnostic led, or the first one: the inspector focuses it as soon as it is there. */
  readonly focus?: { readonly node: string; readonly field?: string } | undefined;
  /** The template or promotion that is open in its editor. */
  readonly part?: { readonly kind: "template" | "promotion"; readonly name: string } | undefined;
}

export type SessionStore = StoreApi<Session>;

/** A session in which nothing is selected. */
export function makeSession(): SessionStore {
  return createStore<Session>()(() => ({ nodes: new Set(), edges: new Set(), dragged: {}, sizes: {}, view: "canvas", side: undefined }));
}
