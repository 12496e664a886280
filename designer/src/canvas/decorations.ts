/**
 * What a canvas shows on top of the document: numbers, problems, changes, where somebody is. It is never in the document,
 * and never in the nodes that React Flow is given: each node and edge listens to its own entry, so that a new number
 * draws one node again and not the canvas.
 */

import { createContext, useContext } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";

export type Mark = "added" | "removed" | "changed" | "here" | "passed";

export interface NodeCounts {
  readonly entered: number;
  readonly here: number;
  readonly parked: number;
  /** Who left, by port. */
  readonly left: Readonly<Record<string, number>>;
}

export interface NodeDecoration {
  readonly counts?: NodeCounts;
  readonly problem?: { readonly severity: "error" | "warning"; readonly text: string };
  readonly mark?: Mark;
  /** Other people who have this node open, by name. */
  readonly people?: readonly { readonly name: string; readonly colour: string }[];
}

export interface EdgeDecoration {
  readonly count?: number;
  /** The part of those who left the edge's node that went this way, 0 to 1. */
  readonly share?: number;
  readonly mark?: Mark;
}

export interface Decorations {
  readonly nodes: Readonly<Record<string, NodeDecoration>>;
  readonly edges: Readonly<Record<string, EdgeDecoration>>;
}

export type DecorationsStore = StoreApi<Decorations>;

/** A store in which nothing is decorated. */
export function makeDecorations(begin: Decorations = { nodes: {}, edges: {} }): DecorationsStore {
  return createStore<Decorations>()(() => begin);
}

/** One aspect of the nodes replaced (`counts`, `problem`, `mark`, `people`), the others kept; what is equal stays the same object. */
export function decorateNodes<K extends keyof NodeDecoration>(store: DecorationsStore, aspect: K, values: Readonly<Record<string, NodeDecoration[K]>>): void {
  const { nodes } = store.getState();
  const next: Record<string, NodeDecoration> = {};
  for (const id of new Set([...Object.keys(nodes), ...Object.keys(values)])) {
    const known = nodes[id] ?? {};
    const value = values[id];
    if (JSON.stringify(known[aspect]) === JSON.stringify(value)) next[id] = known;
    else {
      const { [aspect]: _, ...others } = known;
      next[id] = value === undefined ? others : { ...others, [aspect]: value };
    }
  }
  store.setState({ nodes: next });
}

const NOTHING = makeDecorations();
const NO_NODE: NodeDecoration = {};
const NO_EDGE: EdgeDecoration = {};

/** The decorations of the canvas around a component. */
export const DecorationsContext = createContext<DecorationsStore>(NOTHING);

export function useNodeDecoration(id: string): NodeDecoration {
  return useStore(useContext(DecorationsContext), (state) => state.nodes[id] ?? NO_NODE);
}

export function useEdgeDecoration(id: string): EdgeDecoration {
  return useStore(useContext(DecorationsContext), (state) => state.edges[id] ?? NO_EDGE);
}
