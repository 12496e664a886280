/** The order of a list of journeys. Pure. */

import type { Journey } from "../api/client";

export type Key = "name" | "state" | "version" | "entered" | "inside" | "problems";

export interface Sorting {
  readonly key: Key;
  readonly down: boolean;
}

const STATES: readonly Journey["state"][] = ["running", "paused", "draft", "stopped"];

const valueOf = (journey: Journey, key: Exclude<Key, "name">): number =>
  key === "state" ? STATES.indexOf(journey.state) : key === "version" ? (journey.plan?.number ?? 0) : journey[key];

/** The journeys in order; equal ones by name. */
export function sorted(journeys: readonly Journey[], { key, down }: Sorting): Journey[] {
  const byName = (one: Journey, other: Journey): number => one.name.localeCompare(other.name);
  const by = key === "name" ? byName : (one: Journey, other: Journey): number => valueOf(one, key) - valueOf(other, key);
  return [...journeys].sort((one, other) => (down ? -by(one, other) : by(one, other)) || byName(one, other));
}

/** The sorting after a press on a column: numbers begin with the largest, a second press turns it round. */
export function pressed(sorting: Sorting, key: Key): Sorting {
  if (sorting.key === key) return { key, down: !sorting.down };
  return { key, down: key !== "name" && key !== "state" };
}
