/** Addresses behind the #, so that the API serves one page for all of them. */

import { useSyncExternalStore } from "react";

/** What one does with a journey: draw its draft, try it, watch its contacts, look at its versions. */
export type JourneyMode = "draw" | "try" | "watch" | "versions";

export type Route =
  | { readonly page: "journeys" | "gallery" | "campaigns" | "contacts" | "segments" | "sandbox" | "tour" }
  | { readonly page: "journey"; readonly journey: string; readonly mode: JourneyMode }
  | { readonly page: "person"; readonly contact: string }
  | { readonly page: "unknown" };

const LISTS = ["journeys", "gallery", "campaigns", "contacts", "segments", "sandbox", "tour"] as const;
const MODES: readonly string[] = ["try", "watch", "versions"] satisfies JourneyMode[];

/** The page that an address asks for. What stands behind a `?` is for the page itself. */
export function routeOf(hash: string): Route {
  const [path = ""] = hash.replace(/^#/, "").split("?");
  const [first, id, mode, ...more] = path.split("/").filter(Boolean);
  if (first === undefined) return { page: "journeys" };
  const list = LISTS.find((one) => one === first);
  if (id === undefined) return list ? { page: list } : { page: "unknown" };
  if (!/^\d{1,19}$/.test(id) || more.length > 0) return { page: "unknown" };
  if (first === "contacts" && mode === undefined) return { page: "person", contact: id };
  if (first !== "journeys") return { page: "unknown" };
  if (mode === undefined) return { page: "journey", journey: id, mode: "draw" };
  return MODES.includes(mode) ? { page: "journey", journey: id, mode: mode as JourneyMode } : { page: "unknown" };
}

/** The address of a page. */
export function addressOf(route: Exclude<Route, { page: "unknown" }>): string {
  if (route.page === "person") return `#/contacts/${route.contact}`;
  if (route.page !== "journey") return `#/${route.page}`;
  return route.mode === "draw" ? `#/journeys/${route.journey}` : `#/journeys/${route.journey}/${route.mode}`;
}

/** The page that is asked for now. */
export function useRoute(): Route {
  return routeOf(useSyncExternalStore(listen, () => window.location.hash));
}

/** What stands behind the `?` of the address, as names and values. */
export function useAddressParts(): URLSearchParams {
  const hash = useSyncExternalStore(listen, () => window.location.hash);
  return new URLSearchParams(hash.split("?")[1] ?? "");
}

/** Go to a page. */
export function goTo(route: Exclude<Route, { page: "unknown" }>, parts: Readonly<Record<string, string>> = {}): void {
  const query = new URLSearchParams(parts).toString();
  window.location.hash = addressOf(route) + (query ? `?${query}` : "");
}

function listen(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}
