/** Which node types were added last on this machine, so that the palette can offer them first. */

import { createStore } from "zustand/vanilla";

const KEY = "wend.recent-nodes";
const MANY = 5;

/** The keys of the types, the newest first. They change where one adds a node, and never under a hand that reaches for one. */
export const recent = createStore<readonly string[]>()(read);

export function remember(key: string): void {
  const next = [key, ...recent.getState().filter((one) => one !== key)].slice(0, MANY);
  recent.setState(next, true);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // A browser that stores nothing still draws.
  }
}

function read(): readonly string[] {
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(raw) ? raw.filter((one) => typeof one === "string").slice(0, MANY) : [];
  } catch {
    return [];
  }
}
