/** The messages that arrived, the newest first, and the way to earlier ones. */

import { useInfiniteQuery } from "@tanstack/react-query";

import { sandboxQuery, type Earlier, type SandboxMessage } from "./requests";

interface Messages {
  readonly messages: readonly SandboxMessage[];
  readonly earlier: Earlier | undefined;
  readonly error: Error | null;
}

export function useMessages(contact: string): Messages {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(sandboxQuery(contact));
  const messages = data?.pages.flatMap((page) => page.items) ?? [];
  return { messages, earlier: hasNextPage ? { loading: isFetchingNextPage, load: () => void fetchNextPage() } : undefined, error };
}
