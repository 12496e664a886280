/** What may become of whoever is parked, and what did, in words. Pure. */

import type { Schemas } from "../api/client";
import { count, people } from "./words";

export type Wanted = Required<Schemas["ReplayIn"]>;
export type How = Wanted["how"];

/** Whoever is parked: all of one cause, or one contact, perhaps on several parallel paths. */
export interface Parked {
  /** Where to ask for it: an incident's address, or an enrolment's. */
  readonly address: string;
  /** The contact's name, where it is one. */
  readonly name?: string;
  /** Where they are parked, and why. */
  readonly at: readonly { readonly label: string; readonly words: string }[];
  /** How many contacts, or parallel paths of the one. */
  readonly count: number;
}

export interface Notice {
  readonly color: "green" | "orange";
  readonly title: string;
  readonly message: string;
}

/** “Send the offer”, or “Send the offer” and “Send the code”. */
export function placesOf({ at }: Pick<Parked, "at">): string {
  return [...new Set(at.map(({ label }) => `“${label}”`))].join(" and ");
}

/** Each place with its cause; the causes alone where there is but one place. */
export function causesOf({ at }: Pick<Parked, "at">): string[] {
  const many = at.length > 1;
  return [...new Set(at.map(({ label, words }) => `${many ? `At “${label}”: ` : ""}${words}`))];
}

/** Whom an act means: "Ann", "2 parallel paths of Ann", "1,200 contacts". */
export function whomOf({ name }: Pick<Parked, "name">, count: number): string {
  if (name === undefined) return people(count);
  return count === 1 ? name : `${String(count)} parallel paths of ${name}`;
}

/** What is said of an act with which the API has moved so many: green only where it moved all of them. */
export function outcomeOf(parked: Parked, wanted: Wanted, moved: number): Notice {
  const places = placesOf(parked);
  const kept = `${staying(wanted.how)} Where they stand now is shown here.`;
  if (moved === 0) return { color: "orange", title: "Nothing was done", message: `${whomOf(parked, parked.count)} at ${places}: ${kept}` };
  const one = parked.name !== undefined;
  // An end takes the whole enrolment along, however many of its paths are parked.
  const left = one && wanted.how === "exit" ? 0 : parked.count - moved;
  const whom = one && left <= 0 ? parked.name : whomOf(parked, moved);
  const done = `${whom} at ${places}: ${deed(wanted)}`;
  if (left <= 0) return { color: "green", title: TITLES[wanted.how], message: done };
  const others = one ? `parallel ${left === 1 ? "path" : "paths"}` : (left === 1 ? "contact" : "contacts");
  return { color: "orange", title: "Done with a part of them", message: `${done} ${count(left)} other ${others}: ${kept}` };
}

const TITLES: Readonly<Record<How, string>> = { "retry": "Tried again", "send again": "Sent again", "leave": "Let go on", "exit": "Ended" };

function deed({ how, port, result }: Wanted): string {
  switch (how) {
    case "retry": return "on the way again. Whoever meets the same cause is parked again.";
    case "send again": return "on the way again, with a message of its own.";
    case "leave": return `on the way again, by “${port}”.`;
    case "exit": return `ended with “${result.trim()}”.`;
  }
}

/** Why somebody was not moved, and what to do. */
function staying(how: How): string {
  if (how === "send again") return "gone on meanwhile, or nothing is left to send again. Whoever is still parked: retry, or let them leave by a port.";
  if (how === "leave") return "gone on meanwhile, or parked where there is no such port. Whoever is still parked: choose another way.";
  return "gone on meanwhile.";
}
