/** The words that fields suggest: what has happened here, what is known of contacts, what there is to name. */

import { queryOptions, useQuery } from "@tanstack/react-query";

import { useMemo } from "react";

import { request, type Schemas } from "../api/client";

export type Vocabulary = Schemas["VocabularyOut"];

const FRESH = 60_000;
const LONGEST_LIST = 100;

export const NO_WORDS: Vocabulary = { events: [], attributes: [], columns: [], tags: [], results: [], variables: [] };

export const vocabularyQuery = queryOptions({
  queryKey: ["vocabulary"],
  queryFn: () => request<Vocabulary>("GET", "/vocabulary"),
  staleTime: FRESH,
});

/** The words that are known; none while they load or cannot be had: every field takes free text as well. */
export function useVocabulary(): Vocabulary {
  return useQuery(vocabularyQuery).data ?? NO_WORDS;
}

/** What the fields of conditions suggest. */
export function useWords(): Vocabulary & { readonly segments: readonly string[] } {
  const vocabulary = useVocabulary();
  const segments = useQuery(segmentsQuery).data?.items;
  return useMemo(() => ({ ...vocabulary, segments: (segments ?? []).map((one) => one.name) }), [vocabulary, segments]);
}

export const segmentsQuery = queryOptions({
  queryKey: ["segments", "names"],
  queryFn: () => request<Schemas["Page_SegmentOut_"]>("GET", `/segments?limit=${String(LONGEST_LIST)}`),
  staleTime: FRESH,
});

/** The segment of this name; none where there is no such. */
export const segmentNamedQuery = (name: string) =>
  queryOptions({
    queryKey: ["segments", "named", name],
    queryFn: async () => (await request<Schemas["Page_SegmentOut_"]>("GET", `/segments?limit=${String(LONGEST_LIST)}&search=${encodeURIComponent(name)}`)).items.find((one) => one.name === name) ?? null,
    enabled: name !== "",
    staleTime: FRESH,
  });

export const segmentQuery = (id: string) =>
  queryOptions({ queryKey: ["segments", "one", id], queryFn: () => request<Schemas["SegmentDetail"]>("GET", `/segments/${id}`), staleTime: FRESH });

export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: () => request<Schemas["AccountOut"][] | { items: Schemas["AccountOut"][] }>("GET", "/accounts"),
  staleTime: FRESH,
});

export const libraryTemplatesQuery = queryOptions({
  queryKey: ["library", "templates"],
  queryFn: () => request<Schemas["Page_TemplateOut_"]>("GET", `/templates?limit=${String(LONGEST_LIST)}`),
  staleTime: 10_000,
});

export const libraryPromotionsQuery = queryOptions({
  queryKey: ["library", "promotions"],
  queryFn: () => request<Schemas["Page_PromotionOut_"]>("GET", `/promotions?limit=${String(LONGEST_LIST)}`),
  staleTime: 10_000,
});
