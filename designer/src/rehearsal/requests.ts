/** What trying a journey asks of the API. */

import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { Problem, request, type Schemas } from "../api/client";
import type { Flowchart } from "../graph/document";
import { requestOf, type Rehearsal, type Script } from "./script";

export type Forecast = Schemas["ForecastOut"];
export type ForecastIn = Schemas["ForecastIn"];

/** The script, played on the draft as it is in this window. */
export const rehearsalQuery = (document: Flowchart, script: Script) =>
  queryOptions({
    queryKey: ["rehearsal", document, script],
    queryFn: () => request<Rehearsal>("POST", "/rehearsals", requestOf(script, { ...document })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });

/** What a crowd does on the draft. */
export const forecastQuery = (document: Flowchart, asked: Omit<ForecastIn, "document">) =>
  queryOptions({
    queryKey: ["forecast", document, asked],
    queryFn: () => request<Forecast>("POST", "/rehearsals/forecast", { ...asked, document }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
    refetchOnWindowFocus: false,
  });

export interface Obstacle {
  readonly node?: string | undefined;
  readonly text: string;
}

/** Why something cannot be tried, place by place: what the checks say of the draft, else what the API says. */
export function obstaclesOf(error: Error): Obstacle[] {
  const found = error instanceof Problem ? (error.document.diagnostics ?? []) : [];
  if (found.length === 0) return [{ text: error.message }];
  return found.map((one) => ({ node: one.node ?? undefined, text: `${one.message} ${one.fix.text}` }));
}
