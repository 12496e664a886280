/** Asks the checks while the editor is open, and marks the nodes that they speak of. */

import { useEffect, useState, type ReactNode } from "react";

import { decorateNodes, type NodeDecoration } from "../canvas/decorations";
import { useEditorRoom } from "../editor/room";
import { makeProblems, ProblemsContext, watchProblems, type Diagnostic } from "./store";

export function WatchProblems({ children }: { readonly children: ReactNode }) {
  const { editor, decorations } = useEditorRoom();
  const [problems] = useState(makeProblems);
  useEffect(() => {
    const stop = watchProblems(editor, problems);
    const mark = problems.subscribe(({ diagnostics }, last) => {
      if (diagnostics !== last.diagnostics) decorateNodes(decorations, "problem", badgesOf(diagnostics));
    });
    return () => {
      stop();
      mark();
    };
  }, [editor, problems, decorations]);
  return <ProblemsContext value={problems}>{children}</ProblemsContext>;
}

/** A badge for each node: the worst of what is said of it, and all of it in words. */
export function badgesOf(diagnostics: readonly Diagnostic[]): Record<string, NodeDecoration["problem"]> {
  const found: Record<string, { severity: "error" | "warning"; text: string }> = {};
  for (const { node, severity, message, fix } of diagnostics) {
    if (!node) continue;
    const words = `${message} ${fix.text}`;
    const known = found[node];
    found[node] = known ? { severity: known.severity === "error" ? "error" : severity, text: `${known.text}\n${words}` } : { severity, text: words };
  }
  return found;
}
