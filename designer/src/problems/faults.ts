/** What the checks say of one node, as its form needs it. */

import { useContext, useMemo } from "react";
import { useStore } from "zustand";

import { ProblemsContext, type Diagnostic } from "./store";

export interface Faults {
  /** Of the node as a whole. */
  readonly whole: readonly Diagnostic[];
  readonly at: (path: string, deep?: boolean) => string | undefined;
}

const NONE: readonly Diagnostic[] = [];

export function useFaults(node: string): Faults {
  const all = useStore(useContext(ProblemsContext), (state) => state.diagnostics);
  return useMemo(() => faultsOf(all, node), [all, node]);
}

/** The diagnostics of one node, by place. */
export function faultsOf(all: readonly Diagnostic[], node: string): Faults {
  const mine = all.filter((one) => one.node === node);
  if (mine.length === 0) return { whole: NONE, at: () => undefined };
  return {
    whole: mine.filter((one) => !one.field),
    at: (path, deep = false) => {
      const here = mine.filter((one) => one.field === path || (deep && one.field?.startsWith(`${path}.`)));
      return here.length > 0 ? here.map((one) => `${nearby(one.message, node)} ${one.fix.text}`).join(" ") : undefined;
    },
  };
}

/** A message as it is said at the node itself, where its name and id say nothing new. */
export function nearby(message: string, node: string): string {
  const id = ` (${node})`;
  const end = message.indexOf(id);
  const begin = message.lastIndexOf('"', end - 2);
  if (end < 1 || begin < 0) return message;
  return `${message.slice(0, begin)}${begin === 0 ? "This node" : "this node"}${message.slice(end + id.length)}`;
}
