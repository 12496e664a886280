import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Problem, type SavedChange } from "../api/client";
import type { Draft, PatchIn } from "../api/queries";
import { nameJourney, rename, setSetting } from "../graph/commands";
import type { Flowchart } from "../graph/document";
import { apply, difference } from "../graph/patch";
import { CATALOG, example, gesture, patchOf } from "../graph/samples";
import { makeAutosave, type Autosave, type Server } from "./autosave";
import { makeEditor, type EditorStore } from "./editor";
import { makeJournal, readJournal, type Shelf } from "./journal";
import { openDraft } from "./open";

const START = example("coupon");

/** The API as it is over HTTP: it may lose answers, be away, and refuse. */
class Api implements Server {
  document = START;
  log: SavedChange[] = [];
  away = false;
  losesAnswers = false;
  refusal: ((patch: PatchIn) => Problem | undefined) | undefined;
  kept = 500;
  requests = 0;
  /** Answers come after it. */
  until: Promise<void> = Promise.resolve();
  get revision(): number { return this.log.length + 1; }

  fetchDraft(): Promise<Draft> {
    if (this.away) return Promise.reject(new Problem("unreached", 0, "away"));
    return Promise.resolve({ journey: "1", revision: this.revision, document: this.document });
  }
  patchDraft(_: string, sent: PatchIn): Promise<SavedChange> {
    this.requests += 1;
    if (this.away) return Promise.reject(new Problem("unreached", 0, "away"));
    const known = this.log.find((one) => one.key === sent.id);
    if (known) return Promise.resolve(known);
    const refused = this.refusal?.(sent);
    if (refused) return Promise.reject(refused);
    if (sent.revision !== this.revision) {
      const changes = sent.revision < this.revision - this.kept ? [] : this.log.slice(sent.revision - 1);
      return Promise.reject(new Problem("draft-changed", 409, "changed", this.revision, { changes } as object));
    }
    const saved = this.take(sent.patch, sent.id);
    return this.losesAnswers ? Promise.reject(new Problem("unreached", 0, "lost")) : this.until.then(() => saved);
  }
  take(patch: Parameters<typeof apply>[1], key: string): SavedChange {
    const after = apply(this.document, patch);
    const saved = { revision: this.revision + 1, key, author: { tab: "x", name: "" }, step: "", patch: difference(this.document, after), at: "" };
    this.log.push(saved);
    this.document = after;
    return saved;
  }
}

class Memory implements Shelf {
  readonly kept = new Map<string, string>();
  full = false;
  get length(): number { return this.kept.size; }
  key(at: number): string | null { return [...this.kept.keys()][at] ?? null; }
  getItem(key: string): string | null { return this.kept.get(key) ?? null; }
  setItem(key: string, text: string): void {
    if (this.full) throw new Error("QuotaExceededError");
    this.kept.set(key, text);
  }
  removeItem(key: string): void { this.kept.delete(key); }
}

let api: Api;
let shelf: Memory;
let keys = 0;

interface Window {
  readonly editor: EditorStore;
  readonly autosave: Autosave;
  readonly now: () => Flowchart;
  readonly draw: (act: (document: Flowchart) => Parameters<typeof apply>[1]) => void;
  readonly close: () => void;
}

function open(draft: Draft, tab = "t", others: ReadonlySet<string> = new Set()): Window {
  const opened = openDraft(shelf, draft, tab, others);
  const editor = makeEditor("1", opened.document, CATALOG);
  const autosave = makeAutosave(editor, opened, { server: api, journal: makeJournal(shelf, "1", tab), author: () => ({ tab, name: "" }), newKey: () => `key-${String(keys += 1)}` });
  const close = autosave.start();
  const now = (): Flowchart => editor.getState().history.document;
  return { editor, autosave, now, close, draw: (act) => editor.getState().record("Step", act(now())) };
}
const fromServer = (): Draft => ({ journey: "1", revision: api.revision, document: api.document });
const state = (one: Window) => one.autosave.status.getState();
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  api = new Api();
  shelf = new Memory();
});
afterEach(() => { vi.useRealTimers(); });

test("what is drawn is saved a moment later, and then this browser keeps nothing of it", async () => {
  const one = open(fromServer());
  one.draw((document) => rename(document, "email", "Mine"));
  expect(state(one).state).toBe("waiting");
  expect(shelf.length).toBe(2);
  await pass(700);
  expect(state(one).state).toBe("saved");
  expect(api.document).toEqual(one.now());
  expect(shelf.length).toBe(0);
});

test("a patch whose answer was lost is made once, also when more was typed meanwhile and the page was reloaded", async () => {
  const one = open(fromServer());
  api.losesAnswers = true;
  one.draw((document) => rename(document, "email", "M"));
  await pass(700);
  expect(state(one).state).toBe("offline");
  one.draw((document) => rename(document, "email", "Mine"));
  one.close();
  api.losesAnswers = false;
  const again = open(fromServer());
  expect(again.now().nodes["email"]?.name).toBe("Mine");
  await pass(1_000);
  expect(state(again)).toMatchObject({ state: "saved", disputes: [] });
  expect(api.document.nodes["email"]?.name).toBe("Mine");
  expect(api.log).toHaveLength(2);
});

test("while the server is away it is asked ever less often, and what is drawn is saved when it is back", async () => {
  const one = open(fromServer());
  api.away = true;
  one.draw((document) => rename(document, "email", "Mine"));
  await pass(60_000);
  expect(state(one).state).toBe("offline");
  expect(api.requests).toBeLessThan(9);
  api.away = false;
  await pass(31_000);
  expect(state(one).state).toBe("saved");
  expect(api.document.nodes["email"]?.name).toBe("Mine");
});

test("what another has saved is merged with what is typed, also where the server keeps it no longer", async () => {
  for (const kept of [500, 0]) {
    api = new Api();
    api.kept = kept;
    const one = open(fromServer());
    api.take(rename(api.document, "sms", "Theirs"), "other");
    one.draw((document) => rename(document, "email", "Mine"));
    await pass(2_000);
    expect(state(one).state).toBe("saved");
    expect(api.document).toEqual(one.now());
    expect([one.now().nodes["sms"]?.name, one.now().nodes["email"]?.name]).toEqual(["Theirs", "Mine"]);
  }
});

test("a dispute holds back its place alone, outlives a reload, and is sent once it is decided", async () => {
  const one = open(fromServer());
  api.take(rename(api.document, "email", "Theirs"), "other");
  one.draw((document) => rename(document, "email", "Mine"));
  one.draw((document) => rename(document, "sms", "Text"));
  await pass(2_000);
  expect(state(one)).toMatchObject({ state: "conflict", disputes: [{ places: [{ kind: "node", id: "email", field: "name" }] }] });
  expect([api.document.nodes["email"]?.name, api.document.nodes["sms"]?.name]).toEqual(["Theirs", "Text"]);
  one.close();
  const again = open(fromServer());
  expect(again.now().nodes["email"]?.name).toBe("Mine");
  expect(state(again).state).toBe("conflict");
  again.autosave.choose("mine");
  await pass(1_000);
  expect(api.document.nodes["email"]?.name).toBe("Mine");
  expect(state(again).state).toBe("saved");
});

test("a value that the server refuses is held back by itself, until it is typed anew", async () => {
  const one = open(fromServer());
  api.refusal = ({ patch }) => (patch.some((change) => change.kind === "flowchart" && change.after === "Taken") ? new Problem("journey-name-taken", 409, "Taken already.") : undefined);
  one.draw((document) => nameJourney(document, "Taken"));
  one.draw((document) => setSetting(document, "timezone", "Europe/Rome"));
  await pass(2_000);
  expect(state(one)).toMatchObject({ state: "failed", refused: [{ why: "Taken already." }] });
  expect([api.document.name, api.document.settings.timezone]).toEqual([START.name, "Europe/Rome"]);
  one.draw((document) => nameJourney(document, "Free"));
  await pass(2_000);
  expect(state(one)).toMatchObject({ state: "saved", refused: [] });
  expect(api.document.name).toBe("Free");
});

test("one's own change may come by the stream before its answer", async () => {
  const one = open(fromServer());
  api.losesAnswers = true;
  one.draw((document) => rename(document, "email", "Mine"));
  await pass(700);
  const [saved] = api.log;
  if (!saved) throw new Error("nothing was saved");
  await one.autosave.receive(saved);
  await one.autosave.receive(saved);
  expect(one.autosave.revision()).toBe(2);
  expect(shelf.length).toBe(0);
});

test("a browser without room says that it keeps nothing", () => {
  const one = open(fromServer());
  shelf.full = true;
  api.away = true;
  one.draw((document) => rename(document, "email", "Mine"));
  expect(state(one).kept).toBe(false);
});

test("the journal of a window that is gone is taken over, and that of an open one is not", async () => {
  api.away = true;
  const gone = open(fromServer(), "gone");
  gone.draw((document) => rename(document, "email", "From the window that is gone"));
  gone.close();
  await pass(700);
  api.away = false;
  expect(open(fromServer(), "second", new Set(["gone"])).now()).toEqual(START);
  const heir = open(fromServer(), "heir");
  expect(heir.now().nodes["email"]?.name).toBe("From the window that is gone");
  await pass(1_000);
  expect(api.document.nodes["email"]?.name).toBe("From the window that is gone");
  expect(shelf.length).toBe(0);
});

test("what is read from the journal is what was in memory, whatever was drawn, with or without its base", () => {
  fc.assert(fc.property(fc.array(gesture, { minLength: 1, maxLength: 20 }), fc.boolean(), (gestures, baseLost) => {
    shelf = new Memory();
    const journal = makeJournal(shelf, "1", "t");
    journal.open();
    let document: Flowchart = START;
    for (const one of gestures) {
      document = apply(document, patchOf(document, one));
      expect(journal.keep({ synced: { revision: 1, base: START, disputes: [] }, document, sent: undefined })).toBe(true);
    }
    if (baseLost) shelf.removeItem("wend.base.1.t");
    const found = readJournal(shelf, "1", "t", { revision: 1, document: START });
    expect(found?.document ?? START).toEqual(document);
    if (found) expect(found.synced.base).toEqual(START);
  }));
});

test("of a journey that is deleted nothing is sent or kept any more, and what is drawn stays in the window", async () => {
  const one = open(fromServer());
  const other = open(fromServer(), "other");
  other.draw((document) => rename(document, "email", "Theirs"));
  one.draw((document) => rename(document, "email", "Mine"));
  one.autosave.end();
  other.autosave.end();
  one.draw((document) => rename(document, "email", "Mine, later"));
  one.autosave.leave();
  await one.autosave.flush();
  await pass(60_000);
  one.close();
  expect(api.requests).toBe(0);
  expect(shelf.length).toBe(0);
  expect(one.now().nodes["email"]?.name).toBe("Mine, later");
});

test("while the journey is being deleted nothing is sent, and what is under way is waited for; if it stays, all is saved", async () => {
  const one = open(fromServer());
  let answer: (() => void) | undefined;
  api.until = new Promise((resolve) => { answer = resolve; });
  one.draw((document) => rename(document, "email", "Under way"));
  await pass(700);
  one.draw((document) => rename(document, "email", "Drawn meanwhile"));
  let held = false;
  void one.autosave.hold().then(() => { held = true; });
  await pass(60_000);
  expect([held, api.requests]).toEqual([false, 1]);
  answer?.();
  await pass(60_000);
  one.draw((document) => nameJourney(document, "Drawn while it is held"));
  one.autosave.leave();
  await one.autosave.flush();
  await pass(60_000);
  expect([held, api.requests]).toEqual([true, 1]);
  one.autosave.release();
  await pass(700);
  expect(state(one).state).toBe("saved");
  expect(api.document).toEqual(one.now());
});
