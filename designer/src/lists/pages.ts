/** Lists of the API, which gives them in parts. */

import { infiniteQueryOptions } from "@tanstack/react-query";

import { request } from "../api/client";

type Asked = Readonly<Record<string, string | readonly string[] | null | undefined>>;

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

const LARGEST_PART = "500";

/** The address of a list with its questions; what is empty is left out. */
export function asking(path: string, asked: Asked): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    for (const one of typeof value === "string" ? [value] : (value ?? [])) if (one) query.append(name, one);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** A list, part after part. */
export function pages<T, P extends Page<T> = Page<T>>(key: readonly unknown[], path: string, asked: Asked = {}) {
  return infiniteQueryOptions({
    queryKey: [...key, path, asked],
    queryFn: ({ pageParam }) => request<P>("GET", asking(path, { ...asked, cursor: pageParam })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    staleTime: 2_000,
  });
}

/** A list as a whole, for what must know all of it; it is short as a rule, and is read to its end where it is not. */
export async function whole<T>(path: string): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const part: Page<T> = await request<Page<T>>("GET", asking(path, { limit: LARGEST_PART, cursor }));
    found.push(...part.items);
    cursor = part.next;
  }
  return found;
}
