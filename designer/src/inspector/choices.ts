/** Names to choose from: the server searches them as one types, and says how many there are. */

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { request, type Schemas } from "../api/client";

export type ChoiceKind = "segment" | "template" | "promotion";
type Found = Schemas["ChoicesOut"];

const PAUSE = 200;
const SHOWN = 50;
const FRESH = 10_000;

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

export interface Choices {
  readonly names: readonly string[];
  /** How many more match than are shown. */
  readonly more: number;
  /** Whether what is chosen exists; unknown while it is asked for. */
  readonly known: boolean | undefined;
  readonly search: string;
  readonly setSearch: (search: string) => void;
}

export function useChoices(kind: ChoiceKind, now: string, channel = ""): Choices {
  const [typed, setSearch] = useState("");
  // The name of what is chosen stands in the field, and is no search.
  const search = typed === now ? "" : typed;
  const [asked] = useDebouncedValue(search, PAUSE);
  const { data, isPlaceholderData } = useQuery(choicesQuery(kind, { search: asked, channel, named: now }));
  const names = (data?.items ?? []).map((one) => one.name);
  const known = isPlaceholderData ? undefined : data?.known ?? undefined;
  return { names, more: (data?.matching ?? names.length) - names.length, known, search, setSearch };
}

/** The last line of a list that shows only some of what matches. */
export function moreLine(more: number): { readonly value: string; readonly label: string; readonly disabled: true }[] {
  return more > 0 ? [{ value: "\u0000more", label: `${more.toLocaleString()} more: type part of the name`, disabled: true }] : [];
}
