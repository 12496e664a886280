/** Asks the checks while the editor is open, and marks the nodes that they speak of. */

import { useEffect, useState, type ReactNode } from "react";

import { decorateNodes } from "../canvas/decorations";
import { useEditorRoom } from "../editor/room";
import { badgesOf } from "./badges";
import { makeProblems, ProblemsContext, watchProblems } from "./store";

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
