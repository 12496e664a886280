/** What pages read from the API, kept and refreshed by TanStack Query. */

import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { pages } from "../lists/pages";
import { readDocument, type Flowchart } from "../graph/document";
import { Catalog, type Manifest } from "../graph/manifest";
import type { Patch } from "../graph/patch";
import { request, type DraftOut, type Journey, type Numbers, type SavedChange, type Schemas } from "./client";

export interface Draft {
  readonly journey: string;
  readonly revision: number;
  readonly document: Flowchart;
}

const REFRESH = 5_000;

/** The journeys whose names hold the text, part after part. */
export const journeysQuery = (search: string) =>
  infiniteQueryOptions({
    ...pages<Journey, Schemas["JourneysOut"]>(["journeys"], "/journeys", { search, limit: "100" }),
    refetchInterval: REFRESH,
    placeholderData: keepPreviousData,
  });

/** Where a journey's contacts are. */
export const numbersQuery = (journey: string) =>
  queryOptions({
    queryKey: ["numbers", journey],
    queryFn: () => request<Numbers>("GET", `/journeys/${journey}/numbers`),
    refetchInterval: REFRESH,
  });

/** A journey. */
export const journeyQuery = (journey: string) =>
  queryOptions({ queryKey: ["journey", journey], queryFn: () => request<Journey>("GET", `/journeys/${journey}`) });

/** The node types to draw with. */
export const catalogQuery = queryOptions({
  queryKey: ["catalog"],
  queryFn: async () => new Catalog((await request<{ nodes: Manifest[] }>("GET", "/catalog")).nodes),
  staleTime: 60_000,
  // A catalog is a class with a map inside, which must not be merged key by key.
  structuralSharing: false,
});

/** A journey's draft, as it is now on the server. */
export async function fetchDraft(journey: string): Promise<Draft> {
  return draftOf(await request<DraftOut>("GET", `/journeys/${journey}/draft`));
}

export type PatchIn = Omit<Schemas["PatchIn"], "patch"> & { readonly patch: Patch };

/** A change of the draft saved. Throws Problem: `draft-changed`, with what was saved since, where somebody was faster. */
export function patchDraft(journey: string, change: PatchIn, keepalive = false): Promise<SavedChange> {
  return request<SavedChange>("PATCH", `/journeys/${journey}/draft`, change, keepalive);
}

/** A new journey with this document as its draft, under its name where that is free, else "Welcome 2". */
export function postJourney(document: Flowchart): Promise<Journey> {
  return request<Journey>("POST", "/journeys", { document, free_name: true });
}

/** A new journey that is a copy of one with this document: "Welcome (copy)", "Welcome (copy) 2", shortened to what a name may have. */
export function postCopy(document: Flowchart): Promise<Journey> {
  return request<Journey>("POST", "/journeys", { document, as_copy: true });
}

/** Delete a journey that was never used. Throws Problem: `journey-in-use`, with why it stays and what to do instead. */
export function deleteJourney(journey: string): Promise<undefined> {
  return request<undefined>("DELETE", `/journeys/${journey}`);
}

function draftOf({ journey, revision, document }: DraftOut): Draft {
  return { journey, revision, document: readDocument(document) };
}
