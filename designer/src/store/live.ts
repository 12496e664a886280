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
  /** The journey is deleted from here: nothing is followed or said any more. */
  readonly end: () => void;
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
  let stops: readonly ((how: Leaving) => void)[] = [];
  const stop = (how: Leaving): void => {
    for (const one of stops) one(how);
    stops = [];
  };
  const end = (): void => stop("silently");
  const lose = (): void => {
    end();
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

  const start = (): (() => void) => {
    const presence = beSeen(journey, tab, session, meet, lose);
    stops = [follow(journey, autosave, meet, lose, presence.say), presence.stop];
    return () => stop("saying so");
  };
  return { company, start, end };
}

/**
 * Hear what others save and where they are. A hidden window does not: browsers allow few connections to one server.
 * `refused` is for a stream that the server does not give: a browser does not say why, so that another request has to.
 */
function follow(journey: string, autosave: Autosave, meet: (people: readonly Person[]) => void, lose: () => void, refused: () => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT;
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
      reconnect();
      if (answered) refused();
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
    close();
  };
}

interface Presence {
  /** Say it now: an answer tells who is here, or that the journey is gone. */
  readonly say: () => void;
  readonly stop: (how: Leaving) => void;
}

/** Let others know which node is open here, and whether anybody sits before it. */
function beSeen(journey: string, tab: string, session: SessionStore, meet: (people: readonly Person[]) => void, lose: () => void): Presence {
  let active = Date.now();
  let soon: ReturnType<typeof setTimeout> | undefined;
  let last = "";
  const where = (): { node: string | null; idle: boolean } => {
    const { nodes } = session.getState();
    const [node = null] = nodes.size === 1 ? nodes : [];
    return { node, idle: document.hidden || Date.now() - active > IDLE_AFTER };
  };
  const say = (leaving = false): void => {
    const said = { tab, name: myName.getState().name, ...where(), leaving };
    last = JSON.stringify(where());
    request<{ people: Person[] }>("PUT", `/journeys/${journey}/presence`, said, leaving)
      .then(({ people }) => { if (!leaving) meet(people); }, (error: unknown) => {
        // Nobody is lost by a missed sign of life: the next one comes in seconds. A hidden window follows nothing, and hears here.
        if (!leaving && error instanceof Problem && error.kind === "unknown-journey") lose();
      });
  };
  const saySoon = (): void => {
    if (JSON.stringify(where()) === last) return;
    clearTimeout(soon);
    soon = setTimeout(say, SETTLE);
  };
  const act = (): void => {
    const wasIdle = where().idle;
    active = Date.now();
    if (wasIdle) saySoon();
  };
  const leave = (): void => say(true);
  say();
  const beat = setInterval(say, SIGN_OF_LIFE);
  const stops = [
    session.subscribe(saySoon),
    myName.subscribe(() => say()),
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
    },
  };
}

function listen(target: Window | Document, name: string, act: () => void): () => void {
  target.addEventListener(name, act);
  return () => target.removeEventListener(name, act);
}
