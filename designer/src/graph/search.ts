/** Finding by words: what begins with them comes first, then what they stand in, then what only means the same. */

import type { Family, Manifest } from "./manifest";

export const FAMILIES: readonly Family[] = ["trigger", "state", "act", "control"];
export const FAMILY_WORDS: Readonly<Record<Family, string>> = {
  trigger: "Who enters",
  state: "What they did or are",
  act: "What to do",
  control: "Direct the way",
};

/** How well a text fits what is called so; the lower the better, undefined where it does not. Every word of it must fit. */
export function fit(text: string, label: string, synonyms: readonly string[] = [], rest = ""): number | undefined {
  let sum = 0;
  for (const word of words(text)) {
    const one = fitOfWord(word, label.toLowerCase(), synonyms, rest.toLowerCase());
    if (one === undefined) return undefined;
    sum += one;
  }
  return sum;
}

/** Those that fit the text, the best first; all of them, in their order, where there is no text. */
export function search<T>(items: readonly T[], text: string, of: (item: T) => { label: string; synonyms?: readonly string[]; rest?: string }): T[] {
  const found = items.flatMap((item, at) => {
    const { label, synonyms, rest } = of(item);
    const score = fit(text, label, synonyms, rest);
    return score === undefined ? [] : [{ item, score, at }];
  });
  return found.sort((one, other) => one.score - other.score || one.at - other.at).map(({ item }) => item);
}

/** The node types that a text finds: by label, by other words for it, by family and help. */
export function searchManifests(manifests: readonly Manifest[], text: string): Manifest[] {
  return search(manifests, text, ({ key, label, synonyms, family, help }) => ({ label, synonyms, rest: `${key} ${family} ${help}` }));
}

function fitOfWord(word: string, label: string, synonyms: readonly string[], rest: string): number | undefined {
  if (label.startsWith(word)) return 0;
  if (label.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))) return 1;
  if (synonyms.some((one) => one.toLowerCase() === word)) return 2;
  if (synonyms.some((one) => words(one).some((part) => part.startsWith(word)))) return 3;
  if (label.includes(word)) return 4;
  return rest.includes(word) ? 6 : undefined;
}

function words(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}
