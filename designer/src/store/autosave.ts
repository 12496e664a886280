/** Saving by itself: a moment after the last change, one request at a time; others' changes are merged by field. */

import { createStore, type StoreApi } from "zustand/vanilla";

import { Problem } from "../api/client";
import type { Draft } from "../api/queries";
import type { Flowchart } from "../graph/document";
import { difference, inverse } from "../graph/patch";
import { rebase, type Conflict } from "../graph/rebase";
import type { EditorStore } from "./editor";

export type Saving =
  | { readonly state: "saved" | "waiting" | "saving" }
  | { readonly state: "failed"; readonly why: string }
  | { readonly state: "conflict"; readonly conflicts: readonly Conflict[] };

export interface Server {
  fetchDraft(journey: string): Promise<Draft>;
  putDraft(journey: string, revision: number, document: Flowchart): Promise<Draft>;
}

export interface Autosave {
  readonly status: StoreApi<Saving>;
  /** Save what is not saved yet, now. */
  flush(): Promise<void>;
  /** Decide every conflict for one side, and go on saving. */
  choose(side: "mine" | "theirs"): void;
  /** Save from now on, until the answer is called. */
  start(): () => void;
}

const PAUSE = 600;
const AGAIN = 5_000;

/** What saves an editor's draft, once it is started. `draft` is what the editor began with. */
export function makeAutosave(editor: EditorStore, draft: Draft, server: Server, pause = PAUSE): Autosave {
  const status = createStore<Saving>()(() => ({ state: "saved" }));
  let { revision, document: base } = draft;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let stopped = true;
  const now = (): Flowchart => editor.getState().history.document;
  const show = (saving: Saving): void => status.setState(saving, true);
  const inConflict = (): boolean => status.getState().state === "conflict";

  const later = (wait: number): void => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void flush(), wait);
  };

  const merge = async (): Promise<void> => {
    const theirs = await server.fetchDraft(draft.journey);
    const mine = difference(base, now());
    const change = difference(base, theirs.document);
    const { conflicts } = rebase(mine, change, base);
    const disputed = conflicts.map((one) => one.theirs);
    editor.getState().receive(change.filter((one) => !disputed.includes(one)));
    ({ revision, document: base } = theirs);
    show(conflicts.length > 0 ? { state: "conflict", conflicts } : { state: "waiting" });
  };

  const save = async (): Promise<void> => {
    const sent = now();
    if (difference(base, sent).length === 0) {
      show({ state: "saved" });
      return;
    }
    show({ state: "saving" });
    try {
      ({ revision } = await server.putDraft(draft.journey, revision, sent));
      base = sent;
      show({ state: now() === sent ? "saved" : "waiting" });
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== "draft-changed") throw error;
      await merge();
    }
  };

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    if (inConflict() || stopped) return;
    running ??= save().catch((error: unknown) => {
      show({ state: "failed", why: error instanceof Error ? error.message : String(error) });
    }).finally(() => { running = undefined; });
    await running;
    const after = status.getState().state;
    if (after === "waiting") later(pause);
    if (after === "failed") later(AGAIN);
  };

  const start = (): (() => void) => {
    stopped = false;
    const unsubscribe = editor.subscribe((next, last) => {
      if (next.history.document === last.history.document || inConflict()) return;
      if (status.getState().state !== "saving") show({ state: "waiting" });
      later(pause);
    });
    return () => {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
    };
  };

  const choose = (side: "mine" | "theirs"): void => {
    const saving = status.getState();
    if (saving.state !== "conflict") return;
    show({ state: "waiting" });
    const { conflicts } = saving;
    // Mine stands in the document already: theirs was held back at these places.
    if (side === "theirs") {
      editor.getState().receive(inverse(conflicts.map((one) => one.mine)));
      editor.getState().receive(conflicts.map((one) => one.theirs));
    }
    later(0);
  };

  return { status, flush, choose, start };
}
