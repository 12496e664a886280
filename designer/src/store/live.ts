/** Who else draws here, and what they save: followed while the window is seen, and told of this window in turn. */

import { createStore, type StoreApi } from "zustand/vanilla";

import { Problem, request, type SavedChange, type Schemas } from "../api/client";
import { decorateNodes, type DecorationsStore } from "../canvas/decorations";
import type { Autosave } from "./autosave";
import { myName } from "./me";
import type { SessionStore } from "./session";

export type Person = Schemas["PersonOut"];

export interface Company {
  /** Everybody in the draft, this window too. */
  readonly people: readonly Person[];
  readonly me: Person | undefined;
  /** Whether somebody has deleted the journey. */
  readonly gone: boolean;
}

export interface Live {
  readonly company: StoreApi<Company>;
  readonly start: () => () => void;
  /** The journey is being deleted from here: nothing is followed or said any more. Done once what was said is answered. */
  readonly hold: () => Promise<void>;
  /** It was not deleted: go on. */
  readonly release: () => void;
}

interface Parts {
  readonly journey: string;
  readonly tab: string;
  readonly autosave: Autosave;
  readonly session: SessionStore;
  readonly decorations: DecorationsStore;
}

/** Whether one says that one leaves: nobody hears it of a journey that is gone. */
type Leaving = "saying so" | "silently";

const SIGN_OF_LIFE = 6_000;
const SETTLE = 250;
const IDLE_AFTER = 60_000;
const HIDDEN_FOR = 3_000;
const FIRST_WAIT = 1_000;
const LAST_WAIT = 5_000;

/** What follows a draft, once it is started. */
export function makeLive({ journey, tab, autosave, session, decorations }: Parts): Live {
  const company = createStore<Company>()(() => ({ people: [], me: undefined, gone: false }));
  let started = false;
  let unfollow: (() => void) | undefined;
  let presence: Presence | undefined;
  const stop = (how: Leaving): Promise<void> => {
    const answered = presence?.stop(how) ?? Promise.resolve();
    unfollow?.();
    unfollow = presence = undefined;
    return answered;
  };
  const lose = (): void => {
    void stop("silently");
    company.setState({ gone: true });
  };
  const meet = (people: readonly Person[]): void => {
    company.setState({ people, me: people.find((one) => one.tab === tab) });
    const open: Record<string, { name: string; colour: string }[]> = {};
    for (const { tab: other, node, name, colour } of people) {
      if (other !== tab && node !== null) (open[node] ??= []).push({ name, colour });
    }
    decorateNodes(decorations, "people", open);
  };

  const begin = (): void => {
    presence = beSeen(journey, tab, session, meet, lose);
    unfollow = follow(journey, autosave, meet, lose, presence.say);
  };
  const start = (): (() => void) => {
    started = true;
    begin();
    return () => {
      started = false;
      void stop("saying so");
    };
  };
  const hold = (): Promise<void> => stop("silently");
  const release = (): void => { if (started && !presence && !company.getState().gone) begin(); };
  return { company, start, hold, release };
}

/**
 * Hear what others save and where they are. A hidden window does not: browsers allow few connections to one server.
 * `refused` is for a stream that the server does not give: a browser does not say why, so that another request has to, before
 * the stream is asked for again.
 */
function follow(journey: string, autosave: Autosave, meet: (people: readonly Person[]) => void, lose: () => void, refused: () => Promise<void>): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT;
  let ended = false;
  // One after another: a change may have to read the draft before the next one makes sense.
  let line = Promise.resolve();
  const then = (act: () => Promise<void> | void): void => { line = line.then(act).catch(() => { reconnect(); }); };

  const close = (): void => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const reconnect = (): void => {
    close();
    if (ended) return;
    timer = setTimeout(open, wait);
    wait = Math.min(LAST_WAIT, wait * 2);
  };
  const open = (): void => {
    close();
    if (document.hidden) return;
    source = new EventSource(`/v1/journeys/${journey}/draft/stream?since=${String(autosave.revision())}`);
    source.addEventListener("open", () => {
      wait = FIRST_WAIT;
      if (autosave.status.getState().state === "offline") void autosave.flush();
    });
    source.addEventListener("change", (event: MessageEvent<string>) => then(() => autosave.receive(JSON.parse(event.data) as SavedChange)));
    source.addEventListener("behind", () => then(() => autosave.catchUp()));
    source.addEventListener("people", (event: MessageEvent<string>) => meet((JSON.parse(event.data) as { people: Person[] }).people));
    source.addEventListener("gone", lose);
    source.addEventListener("error", (event) => {
      const answered = (event.target as EventSource).readyState === EventSource.CLOSED;
      close();
      if (answered) void refused().then(() => { if (!source) reconnect(); });
      else reconnect();
    });
  };
  const seen = (): void => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(close, HIDDEN_FOR);
    else if (!source) open();
  };
  // Where saving works again, following does, too.
  const unsubscribe = autosave.status.subscribe((next, last) => {
    if (last.state === "offline" && next.state !== "offline" && !source) open();
  });
  open();
  document.addEventListener("visibilitychange", seen);
  return () => {
    unsubscribe();
    document.removeEventListener("visibilitychange", seen);
    ended = true;
    close();
  };
}

interface Presence {
  /** Say it now: an answer tells who is here, or that the journey is gone. */
  readonly say: () => Promise<void>;
  /** Done once everything that was said is answered. */
  readonly stop: (how: Leaving) => Promise<void>;
}

/** Let others know which node is open here, and whether anybody sits before it. */
function beSeen(journey: string, tab: string, session: SessionStore, meet: (people: readonly Person[]) => void, lose: () => void): Presence {
  let active = Date.now();
  let soon: ReturnType<typeof setTimeout> | undefined;
  let last = "";
  let answered: Promise<unknown> = Promise.resolve();
  const where = (): { node: string | null; idle: boolean } => {
    const { nodes } = session.getState();
    const [node = null] = nodes.size === 1 ? nodes : [];
    return { node, idle: document.hidden || Date.now() - active > IDLE_AFTER };
  };
  const say = (leaving = false): Promise<void> => {
    const said = { tab, name: myName.getState().name, ...where(), leaving };
    last = JSON.stringify(where());
    const answer = request<{ people: Person[] }>("PUT", `/journeys/${journey}/presence`, said, leaving)
      .then(({ people }) => { if (!leaving) meet(people); }, (error: unknown) => {
        // Nobody is lost by a missed sign of life: the next one comes in seconds. A hidden window follows nothing, and hears here.
        if (!leaving && error instanceof Problem && error.kind === "unknown-journey") lose();
      });
    answered = Promise.all([answered, answer]);
    return answer;
  };
  const saySoon = (): void => {
    if (JSON.stringify(where()) === last) return;
    clearTimeout(soon);
    soon = setTimeout(() => void say(), SETTLE);
  };
  const act = (): void => {
    const wasIdle = where().idle;
    active = Date.now();
    if (wasIdle) saySoon();
  };
  const leave = (): void => { void say(true); };
  void say();
  const beat = setInterval(() => void say(), SIGN_OF_LIFE);
  const stops = [
    session.subscribe(saySoon),
    myName.subscribe(() => void say()),
    listen(window, "pagehide", leave),
    listen(document, "visibilitychange", saySoon),
    listen(window, "pointerdown", act),
    listen(window, "keydown", act),
  ];
  return {
    say: () => say(),
    stop: (how) => {
      clearInterval(beat);
      clearTimeout(soon);
      for (const stop of stops) stop();
      if (how === "saying so") leave();
      return answered.then(() => undefined);
    },
  };
}

function listen(target: Window | Document, name: string, act: () => void): () => void {
  target.addEventListener(name, act);
  return () => target.removeEventListener(name, act);
}
