/** Chooses a contact: by what a name or email begins with, or by a whole phone or id. */

import type { ComboboxItem } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { request, type Schemas } from "../api/client";
import { FRESH, PAUSE } from "../lists/choices";
import { LongSelect, type LongSelectProps } from "../lists/LongSelect";
import { asking } from "../lists/pages";
import { contactQuery } from "./requests";
import { nameOf } from "./words";

type Listed = Schemas["Counted_ContactListed_"];

const SHOWN = "20";
/** Who is chosen, until the name has come. */
const UNNAMED = "The chosen contact";

const foundQuery = (search: string) =>
  queryOptions({
    queryKey: ["contacts", "choose", search],
    queryFn: () => request<Listed>("GET", asking("/contacts", { search, limit: SHOWN })),
    staleTime: FRESH,
    placeholderData: keepPreviousData,
  });

interface ContactSelectProps extends Omit<LongSelectProps, "data" | "more" | "onSearch" | "value" | "onChange"> {
  /** The id; empty for nobody. */
  readonly contact: string;
  readonly onContact: (contact: string, name: string) => void;
  /** What may be chosen instead of a contact. */
  readonly others?: readonly ComboboxItem[];
}

export function ContactSelect({ contact, onContact, others = NONE, ...props }: ContactSelectProps) {
  const [typed, setTyped] = useState("");
  const other = others.find((one) => one.value === contact);
  const chosen = useQuery({ ...contactQuery(contact), enabled: contact !== "" && !other, refetchInterval: false });
  const name = other?.label ?? (chosen.data ? labelOf(chosen.data) : "");
  // The name of who is chosen stands in the field, and is no search.
  const search = typed === name || typed === UNNAMED ? "" : typed.trim();
  const [asked] = useDebouncedValue(search, PAUSE);
  const { data, isFetching } = useQuery(foundQuery(asked));
  const found = new Map((data?.items ?? []).map((one) => [one.id, labelOf(one)]));
  const stays = contact && !other && !found.has(contact) && search === "" ? [{ value: contact, label: name || UNNAMED }] : [];
  return (
    <LongSelect
      placeholder="Begin of a name or email; a whole phone or id"
      nothingFoundMessage={isFetching ? "Looking…" : "Nobody. Type how a name or email begins, or a whole phone or id."}
      {...props}
      data={[...others, ...stays, ...[...found].map(([value, label]) => ({ value, label }))]}
      more={moreOf(data)}
      value={contact || null}
      onSearch={setTyped}
      onChange={(next) => onContact(next ?? "", found.get(next ?? "") ?? "")}
    />
  );
}

const NONE: readonly ComboboxItem[] = [];

/** How many more there are than are shown; who is searched for among many is not counted. */
export function moreOf(data: { readonly items: readonly unknown[]; readonly next: string | null; readonly total: number | null } | undefined): number {
  if (!data?.next) return 0;
  return data.total === null ? Infinity : data.total - data.items.length;
}

/** Two may have one name: the address tells them apart. */
function labelOf(contact: Parameters<typeof nameOf>[0]): string {
  const name = nameOf(contact);
  return contact.email && contact.email !== name ? `${name}, ${contact.email}` : name;
}
