/** Addresses behind the #, so that the API serves one page for all of them. */

import { useSyncExternalStore } from "react";

export type Route = { readonly page: "journeys" } | { readonly page: "editor"; readonly journey: string } | { readonly page: "unknown" };

/** The page that an address asks for. */
export function routeOf(hash: string): Route {
  const steps = hash.replace(/^#/, "").split("/").filter(Boolean);
  if (steps.length === 0 || (steps.length === 1 && steps[0] === "journeys")) return { page: "journeys" };
  if (steps[0] === "journeys" && steps.length === 2 && /^\d{1,19}$/.test(steps[1] ?? "")) return { page: "editor", journey: steps[1] ?? "" };
  return { page: "unknown" };
}

/** The address of a page. */
export function addressOf(route: Exclude<Route, { page: "unknown" }>): string {
  return route.page === "editor" ? `#/journeys/${route.journey}` : "#/journeys";
}

/** The page that is asked for now. */
export function useRoute(): Route {
  return routeOf(useSyncExternalStore(listen, () => window.location.hash));
}

function listen(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
}
