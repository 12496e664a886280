/** A journey's numbers as the API pushes them, and whether the line to it holds. */

import { useEffect, useState } from "react";

import type { Numbers } from "../api/client";

export type Line = "joining" | "live" | "lost";

export interface Followed {
  readonly numbers: Numbers | undefined;
  readonly line: Line;
}

const AGAIN = 3_000;

/**
 * Follow the numbers behind an address until the answer is called. A browser gives some lines up: they are opened anew. A
 * hidden window follows nothing: browsers allow few connections to one server.
 */
export function follow(path: string, hear: (change: Partial<Followed>) => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = (): void => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = (): void => {
    if (document.hidden) return;
    source = new EventSource(path);
    source.addEventListener("numbers", (event) => hear({ numbers: JSON.parse(String((event).data)) as Numbers, line: "live" }));
    source.addEventListener("open", () => hear({ line: "live" }));
    source.addEventListener("error", () => {
      hear({ line: "lost" });
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN);
    });
  };
  const seen = (): void => {
    close();
    open();
  };
  open();
  document.addEventListener("visibilitychange", seen);
  return () => {
    document.removeEventListener("visibilitychange", seen);
    close();
  };
}

/** The numbers behind an address, as they are now; undefined path: none yet. */
export function useFollowed(path: string | undefined): Followed {
  const [state, setState] = useState<Followed & { readonly path: string | undefined }>({ path, numbers: undefined, line: "joining" });
  useEffect(() => {
    if (path === undefined) return;
    return follow(path, (change) => setState((known) => ({ ...(known.path === path ? known : { numbers: undefined, line: "joining" as const }), path, ...change })));
  }, [path]);
  return state.path === path ? state : { numbers: undefined, line: "joining" };
}
