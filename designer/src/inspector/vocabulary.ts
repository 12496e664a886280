/** The words that fields suggest: what has happened here, what is known of contacts, what there is to name. */

import { queryOptions, useQuery } from "@tanstack/react-query";

import { request, type Schemas } from "../api/client";
import { asking, pages, whole } from "../lists/pages";

export type Vocabulary = Schemas["VocabularyOut"];

const FRESH = 60_000;

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

/** The segment of this name; none where there is no such. */
export const segmentNamedQuery = (name: string) =>
  queryOptions({
    queryKey: ["segments", "named", name],
    queryFn: async () => (await request<Schemas["Counted_SegmentOut_"]>("GET", asking("/segments", { name }))).items[0] ?? null,
    enabled: name !== "",
    staleTime: FRESH,
  });

export const segmentQuery = (id: string) =>
  queryOptions({ queryKey: ["segments", "one", id], queryFn: () => request<Schemas["SegmentDetail"]>("GET", `/segments/${id}`), staleTime: FRESH });

/** The accounts by which messages leave: all, since there are few. */
export const accountsQuery = queryOptions({ queryKey: ["accounts"], queryFn: () => whole<Schemas["AccountOut"]>("/accounts"), staleTime: FRESH });

/** The library's templates, part after part. */
export const libraryTemplatesQuery = (search: string) => pages<Schemas["TemplateOut"], Schemas["Counted_TemplateOut_"]>(["library"], "/templates", { search, limit: "50" });

export const libraryPromotionsQuery = (search: string) => pages<Schemas["PromotionOut"], Schemas["Counted_PromotionOut_"]>(["library"], "/promotions", { search, limit: "50" });
