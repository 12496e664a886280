/** The drawing desk: what the palette, the canvas, the outline and the commands share while one draws. Nothing here is saved. */

import type { ReactFlowInstance } from "@xyflow/react";
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";

import type { Position } from "../graph/document";
import type { Line } from "../graph/guides";
import type { EditorStore } from "../store/editor";
import type { SessionStore } from "../store/session";
import type { CanvasEdge, CanvasNode } from "./model";

/** Where a new node goes. */
export type Place =
  | { readonly kind: "free"; readonly at?: Position }
  | { readonly kind: "port"; readonly node: string; readonly port: string; readonly at?: Position }
  | { readonly kind: "edge"; readonly edge: string }
  | { readonly kind: "before"; readonly node: string };

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A panel over the drawing, if one is open. `at` is where on the screen. */
export type Over =
  | { readonly kind: "add"; readonly place: Place; readonly at: Point }
  | { readonly kind: "menu"; readonly on: "node" | "edge" | "pane" | "branch"; readonly at: Point; readonly spot?: Position }
  | { readonly kind: "connect"; readonly node: string; readonly port?: string }
  | { readonly kind: "words"; readonly field: "name" | "note"; readonly node: string }
  | { readonly kind: "find" | "commands" | "keys" };

export interface Ui {
  readonly over: Over | undefined;
  /** The connection that is being drawn, and where it may end. */
  readonly connecting: { readonly from: string; readonly legal: ReadonlySet<string> } | undefined;
  /** The edge into which what is dragged would go. */
  readonly into: string | undefined;
  readonly guides: readonly Line[];
  readonly palette: boolean;
  readonly snap: boolean;
  /** Dragging on the empty canvas selects instead of moving the view. */
  readonly lasso: boolean;
  /** What was done without a trace on the screen, for whoever listens to it. */
  readonly said: string;
  /** The row of the outline that has the focus: a node, or one of its ports. */
  readonly row: { readonly node: string; readonly port?: string } | undefined;
}

export interface Desk {
  readonly journey: string;
  readonly editor: EditorStore;
  readonly session: SessionStore;
  readonly ui: StoreApi<Ui>;
  /** React Flow, while the canvas is shown; and the pointer's last place on the screen over it. */
  readonly live: { flow?: ReactFlowInstance<CanvasNode, CanvasEdge> | undefined; pointer?: Point | undefined; reconnecting?: string | undefined };
}

const CALM: Ui = { over: undefined, connecting: undefined, into: undefined, guides: [], palette: true, snap: true, lasso: false, row: undefined, said: "" };

/** A desk on which nothing is open. */
export function makeDesk(journey: string, editor: EditorStore, session: SessionStore): Desk {
  return { journey, editor, session, ui: createStore<Ui>()(() => CALM), live: {} };
}

export const DeskContext = createContext<Desk | undefined>(undefined);

/** The desk around a component. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("This part stands outside the drawing desk. Put it into DeskContext.");
  return desk;
}

const NO_UI = createStore<Ui>()(() => CALM);

/** Something of the desk's state; as if nothing were going on where one only looks at a flowchart. */
export function useUi<T>(select: (ui: Ui) => T): T {
  return useStore(useContext(DeskContext)?.ui ?? NO_UI, select);
}
