/** A select that need not show all there is: the server searches as one types, and the last line says how many more there are. */

import { Autocomplete, Select, type AutocompleteProps, type ComboboxItem, type ComboboxParsedItem, type SelectProps } from "@mantine/core";

const MOST_SUGGESTED = 60;

export interface LongSelectProps extends Omit<SelectProps, "data" | "searchable" | "filter" | "searchValue" | "onSearchChange"> {
  /** What the server has found. */
  readonly data: readonly (ComboboxItem | { readonly group: string; readonly items: ComboboxItem[] })[];
  /** How many more fit; infinite where there are too many to be counted. */
  readonly more: number;
  readonly onSearch: (typed: string) => void;
}

export function LongSelect({ data, more, onSearch, ...props }: LongSelectProps) {
  return <Select {...props} data={[...data, ...moreLine(more)]} searchable onSearchChange={onSearch} filter={asGiven} />;
}

/** The server has searched already. */
function asGiven({ options }: { readonly options: ComboboxParsedItem[] }): ComboboxParsedItem[] {
  return options;
}

interface SuggestProps extends Omit<AutocompleteProps, "data" | "limit" | "filter"> {
  readonly words: readonly string[];
}

/** Free text with the words that are known: those that hold what is typed, and how many more do. */
export function Suggest({ words, ...props }: SuggestProps) {
  return <Autocomplete maxDropdownHeight={260} {...props} data={[...new Set(words)]} filter={suggested} limit={Infinity} />;
}

export function suggested({ options, search }: { readonly options: ComboboxParsedItem[]; readonly search: string }): ComboboxParsedItem[] {
  const wanted = search.trim().toLowerCase();
  const fitting = options.filter((one) => "label" in one && one.label.toLowerCase().includes(wanted));
  return [...fitting.slice(0, MOST_SUGGESTED), ...moreLine(fitting.length - MOST_SUGGESTED)];
}

/** The last line of a list that shows only some of what matches. */
export function moreLine(more: number): { readonly value: string; readonly label: string; readonly disabled: true }[] {
  const many = Number.isFinite(more) ? `${more.toLocaleString("en")} more` : "There are more";
  return more > 0 ? [{ value: "\u0000more", label: `${many}: type part of the name`, disabled: true }] : [];
}
