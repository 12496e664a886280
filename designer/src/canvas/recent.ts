/** Which node types were added last on this machine, so that the palette can offer them first. */

const KEY = "wend.recent-nodes";
const MANY = 5;

/** The keys of the types, the newest first. */
export function recent(): string[] {
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(raw) ? raw.filter((one) => typeof one === "string").slice(0, MANY) : [];
  } catch {
    return [];
  }
}

export function remember(key: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([key, ...recent().filter((one) => one !== key)].slice(0, MANY)));
  } catch {
    // A browser that stores nothing still draws.
  }
}
