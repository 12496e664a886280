/** The script of a rehearsal: who, from when, and what happens, act by act. Pure. The engine plays it; nothing is played here. */

import type { Schemas } from "../api/client";

export type RehearsalIn = Schemas["RehearsalIn"];
export type Rehearsal = Schemas["RehearsalOut"];
export type Act = NonNullable<RehearsalIn["acts"]>[number];
export type Invented = Schemas["InventedContact"];
export type StoryLine = Schemas["StoryLine"];
export type Choice = Schemas["ChoiceOut"];
export type Standing = Schemas["StandingOut"];

/** What a person did at once: an act, or several that belong together, and how one says it. */
export interface Gesture {
  readonly words: string;
  readonly acts: readonly Act[];
}

export type Who =
  | { readonly kind: "invented"; readonly name: string; readonly person: Invented }
  | { readonly kind: "real"; readonly name: string; readonly contact: string };

export interface Script {
  readonly who: Who;
  /** When the contact enters; undefined until the first answer says when that was. */
  readonly at?: string;
  readonly trigger?: string;
  readonly event?: { readonly name: string; readonly properties: Readonly<Record<string, unknown>> };
  /** Ports by which questions answer and acts are left, whatever they would do. */
  readonly choices: Readonly<Record<string, string>>;
  readonly gestures: readonly Gesture[];
}

/** A script in which nothing has happened yet. */
export function begin(who: Who): Script {
  return { who, choices: {}, gestures: [] };
}

/** Something more happens. */
export function add(script: Script, words: string, ...acts: readonly Act[]): Script {
  return { ...script, gestures: [...script.gestures, { words, acts }] };
}

/** The last thing did not happen. */
export function takeBack(script: Script): Script {
  return { ...script, gestures: script.gestures.slice(0, -1) };
}

/** Only the first `count` things have happened. */
export function goBack(script: Script, count: number): Script {
  return { ...script, gestures: script.gestures.slice(0, count) };
}

/** A node is left by this port from now on; undefined: as it would be. */
export function choose(script: Script, node: string, port: string | undefined): Script {
  const { [node]: _, ...others } = script.choices;
  return { ...script, choices: port === undefined ? others : { ...others, [node]: port } };
}

/** The same from another beginning: nothing has happened yet, and what was chosen stays. */
export function restart(script: Script, change: Partial<Pick<Script, "who" | "at" | "trigger" | "event">>): Script {
  return { ...script, ...change, gestures: [] };
}

/** What is asked of the API for this script. */
export function requestOf(script: Script, document: Readonly<Record<string, unknown>>): RehearsalIn {
  const { who, at, trigger, event, choices, gestures } = script;
  // Choices for nodes that are gone would make the whole script a misfit.
  const nodes = document["nodes"] as Readonly<Record<string, unknown>>;
  return {
    document: { ...document },
    ...(who.kind === "real" ? { contact: who.contact } : { invented: who.person }),
    ...(at === undefined ? {} : { at }),
    ...(trigger === undefined || !(trigger in nodes) ? {} : { trigger }),
    ...(event === undefined ? {} : { event: { name: event.name, properties: { ...event.properties } } }),
    choices: Object.fromEntries(Object.entries(choices).filter(([node]) => node in nodes)),
    acts: gestures.flatMap((one) => one.acts),
  };
}

/** The answer without steps of nodes that the compiler added: nobody drew them. */
export function drawnOnly<T extends Pick<Rehearsal, "story">>(answer: T, document: { readonly nodes: Readonly<Record<string, unknown>> }): T {
  return { ...answer, story: answer.story.filter((line) => line.kind !== "step" || !line.node || line.node in document.nodes) };
}

export interface Chapter {
  /** How many gestures had been made when it was over: going back to it keeps so many. */
  readonly gestures: number;
  readonly words: string;
  readonly lines: readonly StoryLine[];
  /** Why it could not happen any more; undefined where it did. */
  readonly misfit?: string;
}

/** The story in chapters: the entry, then one for each gesture. What no longer fits, and what stands behind it, says so. */
export function chaptersOf(script: Script, answer: Pick<Rehearsal, "story" | "misfit">): Chapter[] {
  const chapters: Chapter[] = [{ gestures: 0, words: "Enters", lines: answer.story.filter((line) => line.act < 0), ...(answer.misfit?.act === -1 ? { misfit: answer.misfit.detail } : {}) }];
  let first = 0;
  script.gestures.forEach((gesture, index) => {
    const next = first + gesture.acts.length;
    const from = first;
    const misfit = answer.misfit && answer.misfit.act < next ? (answer.misfit.act >= from ? answer.misfit.detail : "It was left out, as something before it no longer fits.") : undefined;
    chapters.push({ gestures: index + 1, words: gesture.words, lines: answer.story.filter((line) => line.act >= from && line.act < next), ...(misfit === undefined ? {} : { misfit }) });
    first = next;
  });
  return chapters;
}

/** The script without what no longer fits. */
export function mend(script: Script, answer: Pick<Rehearsal, "story" | "misfit">): Script {
  const fitting = chaptersOf(script, answer).findIndex((chapter) => chapter.misfit !== undefined);
  return fitting < 1 ? script : goBack(script, fitting - 1);
}

export interface Delivered {
  readonly index: number;
  readonly at: string;
  readonly node: string;
  readonly message: NonNullable<StoryLine["message"]>;
  /** Whether it is the node's latest: what happens to a message happens to that one. */
  readonly latest: boolean;
  readonly opened: boolean;
}

/** The messages as they arrived, the oldest first. */
export function deliveredOf(story: readonly StoryLine[], opened: ReadonlySet<string>): Delivered[] {
  const last = new Map<string, number>();
  story.forEach((line, index) => line.kind === "message" && line.node && last.set(line.node, index));
  return story.flatMap((line, index) =>
    line.message && line.node ? [{ index, at: line.at, node: line.node, message: line.message, latest: last.get(line.node) === index, opened: opened.has(line.node) }] : [],
  );
}

/** The nodes whose message was opened, by what was done in the script. */
export function openedOf(script: Script): ReadonlySet<string> {
  const found = new Set<string>();
  for (const act of script.gestures.flatMap((one) => one.acts)) {
    if (act.do === "happen" && act.message_of && (act.event === "message.opened" || act.event === "message.clicked")) found.add(act.message_of);
  }
  return found;
}

/** What happens when the contact follows a link: it opens the message if it has not, clicks, and comes to the page. */
export function followLink(script: Script, delivered: Pick<Delivered, "node" | "message" | "opened">, url: string): Script {
  const about = { message_of: delivered.node, properties: { url } };
  const acts: Act[] = [];
  if (delivered.message.channel === "email" && !delivered.opened) acts.push({ do: "happen", event: "message.opened", message_of: delivered.node, properties: {} });
  acts.push({ do: "happen", event: "message.clicked", ...about });
  acts.push({ do: "happen", event: "landing.visited", properties: { url } });
  return add(script, `Follows the link ${url.replace(/^https?:\/\//, "")}`, ...acts);
}

/** The edges that the contact has gone, and how often; by the edge's id. */
export function passedEdges(story: readonly StoryLine[], edges: Readonly<Record<string, { readonly from: string; readonly port: string }>>): ReadonlyMap<string, number> {
  const left = new Map<string, number>();
  for (const line of story) if (line.kind === "step" && line.node) left.set(`${line.node}\n${line.port ?? ""}`, (left.get(`${line.node}\n${line.port ?? ""}`) ?? 0) + 1);
  return new Map(Object.entries(edges).flatMap(([id, edge]) => {
    const count = left.get(`${edge.from}\n${edge.port}`);
    return count === undefined ? [] : [[id, count] as const];
  }));
}
