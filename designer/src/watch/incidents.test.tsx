// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Incident } from "./requests";
import { IncidentsDrawer } from "./Incidents";

/** Causes by the label of their node. */
const cause = (label: string, count: number): Incident => ({
  id: label, journey: "3", journey_name: "Launch", version: 1, node: label, label, reason: "provider_auth", words: "The provider refuses the account: its credentials are wrong or blocked. Mend the account, then retry.", count, short: label, ways: [], undecided: false,
});

const PAGES: Readonly<Record<string, { readonly items: readonly Incident[]; readonly next: string | null }>> = {
  "/v1/incidents?limit=100": { items: [cause("small", 1), cause("large", 9)], next: "c" },
  "/v1/incidents?limit=100&cursor=c": { items: [cause("last", 2), cause("largest", 99)], next: null },
};

let root: Root;
let client: QueryClient;

beforeEach(() => {
  vi.stubGlobal("fetch", (path: string) => Promise.resolve(new Response(JSON.stringify(PAGES[path] ?? {}), { status: path in PAGES ? 200 : 404 })));
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  document.body.innerHTML = "<div id=root></div>";
  root = createRoot(document.querySelector("#root") as HTMLElement);
});

afterEach(() => {
  root.unmount();
  client.clear();
  vi.unstubAllGlobals();
});

const labels = (): string[] => [...document.querySelectorAll("button[aria-label^='Retry']")].map((one) => /“(.*)”/.exec(one.getAttribute("aria-label") ?? "")?.[1] ?? "");
const more = (): HTMLButtonElement | undefined => [...document.querySelectorAll("button")].find((one) => one.textContent === "Show more");

test("causes go on behind the first hundred, and none moves that was shown already", async () => {
  root.render(<MantineProvider env="test"><QueryClientProvider client={client}><IncidentsDrawer opened close={() => undefined} /></QueryClientProvider></MantineProvider>);
  await vi.waitFor(() => { expect(labels()).toEqual(["large", "small"]); });
  more()?.click();
  await vi.waitFor(() => { expect(labels()).toEqual(["large", "small", "largest", "last"]); });
  expect(more()).toBeUndefined();
});
