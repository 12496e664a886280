/** Names to choose from: the server searches them as one types, and says how many there are. See LongSelect for the field. */

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { request, type Schemas } from "../api/client";

export type ChoiceKind = "segment" | "template" | "promotion";
type Found = Schemas["ChoicesOut"];

export const PAUSE = 200;
const SHOWN = 50;
export const FRESH = 10_000;

const choicesQuery = (kind: ChoiceKind, asked: { readonly search: string; readonly channel: string; readonly named: string }) =>
  queryOptions({
    // Templates and promotions are asked for anew when the library changes.
    queryKey: [kind === "segment" ? "segments" : "library", "choices", kind, asked],
    queryFn: () => request<Found>("GET", `/choices/${kind}?${choicesAsked(asked)}`),
    staleTime: FRESH,
    placeholderData: keepPreviousData,
  });

/** What is asked of the server: nothing that is empty. */
export function choicesAsked(asked: Readonly<Record<string, string>>): string {
  return new URLSearchParams([...Object.entries(asked).filter(([, value]) => value !== ""), ["limit", String(SHOWN)]]).toString();
}

/** What is shown of a name that nothing has. */
export function missing(name: string): string {
  return `${name} (does not exist yet)`;
}

export interface Choices {
  readonly names: readonly string[];
  /** How many more match than are shown. */
  readonly more: number;
  /** Whether what is chosen exists; unknown while it is asked for. */
  readonly known: boolean | undefined;
  /** Whether there is nothing of the kind at all. */
  readonly none: boolean;
  readonly error: Error | null;
  readonly search: string;
  readonly setSearch: (search: string) => void;
}

export function useChoices(kind: ChoiceKind, now: string, channel = ""): Choices {
  const [typed, setSearch] = useState("");
  // The name of what is chosen stands in the field, and is no search.
  const search = typed === now || typed === missing(now) ? "" : typed;
  const [asked] = useDebouncedValue(search, PAUSE);
  const { data, error, isPlaceholderData } = useQuery(choicesQuery(kind, { search: asked, channel, named: now }));
  const names = (data?.items ?? []).map((one) => one.name);
  const known = isPlaceholderData ? undefined : data?.known ?? undefined;
  const none = data?.matching === 0 && asked === "" && search === "" && !isPlaceholderData;
  return { names, more: (data?.matching ?? names.length) - names.length, known, none, error, search, setSearch };
}
