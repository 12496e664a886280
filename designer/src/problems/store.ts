/** What the engine's checks say of the draft as it stands: asked a moment after the last change; only the newest answer counts. */

import { createContext } from "react";
import { createStore, type StoreApi } from "zustand/vanilla";

import { request, type Schemas } from "../api/client";
import type { Flowchart } from "../graph/document";
import type { EditorStore } from "../store/editor";

export type Diagnostic = Schemas["Diagnostic"];

export interface Problems {
  readonly diagnostics: readonly Diagnostic[];
  /** `stale`: the document has changed since, and the answer is awaited. `unknown`: the checks cannot be asked. */
  readonly state: "unknown" | "stale" | "fresh";
}

export type ProblemsStore = StoreApi<Problems>;

export function makeProblems(): ProblemsStore {
  return createStore<Problems>()(() => ({ diagnostics: [], state: "unknown" }));
}

/** The problems of the draft around a component. */
export const ProblemsContext = createContext<ProblemsStore>(makeProblems());

type Ask = (document: Flowchart) => Promise<readonly Diagnostic[]>;

/** Ask the engine what keeps a document from being published. */
export async function askChecks(document: Flowchart): Promise<readonly Diagnostic[]> {
  return (await request<Schemas["CheckOut"]>("POST", "/journeys/check", { document })).diagnostics;
}

const PAUSE = 400;
const AGAIN = 5_000;

/** Keep the problems current, until the answer is called. */
export function watchProblems(
  editor: EditorStore,
  problems: ProblemsStore,
  ask: Ask = askChecks,
  online: () => boolean = () => navigator.onLine,
  pause = PAUSE,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;
  let stopped = false;
  const later = (wait: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void check(), wait);
  };
  const cannot = (): void => {
    problems.setState({ state: "unknown" });
    later(AGAIN);
  };
  const check = async (): Promise<void> => {
    if (!online()) {
      cannot();
      return;
    }
    const number = (asked += 1);
    const answer = await ask(editor.getState().history.document).catch(() => undefined);
    if (stopped || number !== asked) return;
    if (answer) problems.setState({ diagnostics: answer, state: "fresh" });
    else cannot();
  };
  const unsubscribe = editor.subscribe((next, last) => {
    if (next.history.document === last.history.document) return;
    // What is under way answers for a document that is no more.
    asked += 1;
    problems.setState({ state: "stale" });
    later(pause);
  });
  later(0);
  return () => {
    stopped = true;
    clearTimeout(timer);
    unsubscribe();
  };
}
