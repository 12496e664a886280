/**
 * Saving by itself, a patch at a time, and merging what others save.
 *
 * Whatever changes is in the journal first, then sent a moment later; one request at a time. A request whose answer was
 * lost is sent again under its key. What the server refuses for its content is held back by itself, so that one bad value
 * does not keep the rest from being saved.
 */

import { createStore, type StoreApi } from "zustand/vanilla";

import { Problem, type SavedChange } from "../api/client";
import type { Draft, PatchIn } from "../api/queries";
import { sameJson, type Flowchart } from "../graph/document";
import { difference, placeOf, type Change } from "../graph/patch";
import { accepted, decide, pruned, takeIn, unsaved, type Dispute, type Synced, type Taken } from "../graph/sync";
import type { EditorStore } from "./editor";
import type { Journal, Sent } from "./journal";
import { refusedChanges } from "./refusal";

export interface Refusal {
  readonly change: Change;
  readonly why: string;
}

export interface Saving {
  /** `conflict`: all that can be saved is, the disputes wait for a choice. `failed`: so do the refusals, for a change. */
  readonly state: "saved" | "waiting" | "saving" | "offline" | "conflict" | "failed";
  readonly why: string;
  /** When it is tried again, while the server is away. */
  readonly retryAt: number | undefined;
  readonly disputes: readonly Dispute[];
  readonly refused: readonly Refusal[];
  /** Whether this browser keeps what is not saved. */
  readonly kept: boolean;
}

export interface Server {
  fetchDraft(journey: string): Promise<Draft>;
  patchDraft(journey: string, change: PatchIn, keepalive?: boolean): Promise<SavedChange>;
}

export interface Autosave {
  readonly status: StoreApi<Saving>;
  /** Save what is not saved yet, now. */
  flush(): Promise<void>;
  /** The page is going away: send what is not sent, without waiting. */
  leave(): void;
  /** Decide a dispute, or all of them, and go on saving. */
  choose(side: "mine" | "theirs", dispute?: Dispute): void;
  /** A change that somebody saved; one's own is known by its key. */
  receive(change: SavedChange): Promise<void>;
  /** Read the draft: what was saved in between is not kept any more. */
  catchUp(): Promise<void>;
  /** The revision that this window has seen. */
  revision(): number;
  /** What the server has at that revision. */
  base(): Flowchart;
  /** Save from now on, until the answer is called. */
  start(): () => void;
  /** The journey is being deleted from here: nothing more is sent. Done once nothing is under way. */
  hold(): Promise<void>;
  /** It was not deleted: go on saving. */
  release(): void;
  /** The journey is deleted: nothing is saved any more, and nothing kept in this browser. */
  end(): void;
}

export interface Beginning {
  readonly synced: Synced;
  readonly sent?: Sent | undefined;
}

export interface Surroundings {
  readonly server: Server;
  readonly journal: Journal;
  readonly author: () => { readonly tab: string; readonly name: string };
  readonly pause?: number;
  readonly newKey?: () => string;
  readonly now?: () => number;
}

const PAUSE = 600;
const FIRST_RETRY = 1_000;
const LAST_RETRY = 30_000;
const MOST_ROUNDS = 50;
const KEEPALIVE_LIMIT = 60_000;

/** What saves an editor's draft, once it is started. */
export function makeAutosave(editor: EditorStore, begin: Beginning, around: Surroundings): Autosave {
  const { server, journal, author, pause = PAUSE, newKey = () => crypto.randomUUID(), now: clock = Date.now } = around;
  const { journey } = editor.getState();
  let synced = begin.synced;
  let sent = begin.sent;
  let refused: readonly Refusal[] = [];
  let kept = true;
  let away: { readonly why: string; readonly tries: number; readonly retryAt: number } | undefined;
  let trouble = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let busy = false;
  let stopped = true;
  let held = false;
  let ended = false;

  const now = (): Flowchart => editor.getState().history.document;
  const isRefused = (change: Change): boolean => refused.some((one) => placeOf(one.change) === placeOf(change) && sameJson(one.change.after, change.after));
  const toSend = (): Change[] => unsaved(synced, now()).send.filter((one) => !isRefused(one));

  const stateNow = (): Saving["state"] => {
    if (away) return "offline";
    if (busy && (sent ?? toSend().length > 0)) return "saving";
    if (trouble || refused.length > 0) return toSend().length > 0 && !trouble ? "waiting" : "failed";
    if (sent ?? toSend().length > 0) return "waiting";
    return synced.disputes.length > 0 ? "conflict" : "saved";
  };
  const status = createStore<Saving>()(() => ({ state: "saved", why: "", retryAt: undefined, disputes: synced.disputes, refused, kept }));
  /** Whatever happened: keep what is unsaved, then tell how things stand. */
  const note = (): void => {
    if (ended) return;
    synced = pruned(synced, now());
    const open = unsaved(synced, now()).send;
    refused = refused.filter((one) => open.some((change) => placeOf(change) === placeOf(one.change) && sameJson(change.after, one.change.after)));
    kept = journal.keep({ synced, document: now(), sent });
    status.setState({ state: stateNow(), why: away?.why ?? trouble, retryAt: away?.retryAt, disputes: synced.disputes, refused, kept }, true);
  };
  const later = (wait: number): void => {
    clearTimeout(timer);
    if (!stopped && !held) timer = setTimeout(() => void flush(), wait);
  };
  const take = ({ synced: next, incoming }: Taken): void => {
    synced = next;
    if (incoming.length > 0) editor.getState().receive(incoming);
    note();
  };

  const catchUp = async (): Promise<void> => {
    const before = synced.revision;
    const draft = await server.fetchDraft(journey);
    // Late, and overtaken by the stream. An older one than this window has ever seen comes of a restored database.
    if (draft.revision < synced.revision && synced.revision !== before) return;
    sent = undefined;
    take(takeIn(synced, now(), difference(synced.base, draft.document), draft.revision));
  };
  const receive = async (change: SavedChange): Promise<void> => {
    const mine = sent !== undefined && change.key === sent.key ? sent : undefined;
    const next = change.revision === synced.revision + 1;
    if (mine) {
      sent = undefined;
      const same = change.revision === synced.revision && change.patch.length === 0;
      if (next || same) take(accepted(synced, now(), mine.patch, change.patch, change.revision));
      else if (change.revision > synced.revision) await catchUp();
      else note();
    } else if (next) {
      // Made on the revision before, and therefore refused, or about to be.
      sent = undefined;
      take(takeIn(synced, now(), change.patch, change.revision, change.author.name));
    } else if (change.revision > synced.revision) await catchUp();
    if (!stopped && !busy && toSend().length > 0) later(pause);
  };

  /** One request. Gives whether there may be more to do at once. */
  const send = async (): Promise<boolean> => {
    if (!sent) {
      const patch = toSend();
      if (patch.length === 0) return false;
      sent = { key: newKey(), revision: synced.revision, patch, step: editor.getState().history.past.at(-1)?.name ?? "" };
    }
    const mine = sent;
    note();
    try {
      await receive(await server.patchDraft(journey, bodyOf(mine, author())));
    } catch (error) {
      if (!(error instanceof Problem) || isOutage(error)) throw error;
      if (sent === mine) sent = undefined;
      if (error.kind === "draft-changed") await meet(error);
      else if (error.kind === "change-misplaced") await catchUp();
      else {
        const changes = refusedChanges(error, mine.patch);
        refused = [...refused, ...changes.map((change) => ({ change, why: error.message }))];
        note();
        return changes.length > 0;
      }
    }
    return true;
  };
  const meet = async (problem: Problem): Promise<void> => {
    const changes = (problem.document.changes ?? []) as SavedChange[];
    for (const change of changes) await receive(change);
    if ((problem.revision ?? 0) > synced.revision || changes.length === 0) await catchUp();
  };

  const save = async (): Promise<void> => {
    busy = true;
    try {
      for (let round = 0; round < MOST_ROUNDS && !held; round += 1) if (!(await send())) break;
      away = undefined;
      trouble = "";
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (error instanceof Problem && !isOutage(error)) trouble = why;
      else {
        const tries = (away?.tries ?? 0) + 1;
        away = { why, tries, retryAt: clock() + Math.min(LAST_RETRY, FIRST_RETRY * 2 ** (tries - 1)) };
      }
    } finally {
      busy = false;
    }
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    if (stopped || held) return;
    running ??= save().finally(() => { running = undefined; });
    await running;
    note();
    if (away) later(Math.max(0, away.retryAt - clock()));
    else if (sent ?? toSend().length > 0) later(pause);
  };

  const leave = (): void => {
    if (busy || away || held || ended) return;
    const patch = toSend();
    if (!sent && patch.length === 0) return;
    sent ??= { key: newKey(), revision: synced.revision, patch, step: editor.getState().history.past.at(-1)?.name ?? "" };
    note();
    const body = bodyOf(sent, author());
    if (JSON.stringify(body).length < KEEPALIVE_LIMIT) server.patchDraft(journey, body, true).then(receive, () => undefined);
  };

  const start = (): (() => void) => {
    stopped = false;
    journal.open();
    note();
    if (sent ?? toSend().length > 0) later(0);
    const unsubscribe = editor.subscribe((next, last) => {
      if (next.history.document === last.history.document) return;
      note();
      if (!away) later(pause);
    });
    return () => {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
    };
  };

  const hold = async (): Promise<void> => {
    held = true;
    clearTimeout(timer);
    await running;
  };
  const release = (): void => {
    held = false;
    if (sent ?? toSend().length > 0) later(0);
  };

  const end = (): void => {
    ended = true;
    stopped = true;
    clearTimeout(timer);
    journal.forget();
  };

  const choose = (side: "mine" | "theirs", dispute?: Dispute): void => {
    const chosen = dispute ? synced.disputes.filter((one) => one === dispute) : synced.disputes;
    for (const one of chosen) if (synced.disputes.includes(one)) take(decide(synced, now(), one, side));
    later(0);
  };

  return { status, flush, leave, choose, receive, catchUp, revision: () => synced.revision, base: () => synced.base, start, hold, release, end };
}

function bodyOf({ key, revision, patch, step }: Sent, author: { readonly tab: string; readonly name: string }): PatchIn {
  return { id: key, revision, patch, step: step.slice(0, 300), author };
}

/** Whether nothing is said about the change itself: it may have been saved, or not. */
function isOutage(problem: Problem): boolean {
  return problem.status === 0 || problem.status >= 500 || problem.kind === "unreadable";
}
