/** The API: typed requests, and problems as errors that say what is wrong and what to do. */

import type { Patch } from "../graph/patch";
import type { components } from "./generated/schema";

export type Schemas = components["schemas"];
export type Journey = Schemas["JourneyOut"];
export type Numbers = Schemas["Numbers"];
export type DraftOut = Schemas["DraftOut"];
export type ProblemDocument = Schemas["Problem"];
export type SavedChange = Omit<Schemas["SavedChange"], "patch"> & { readonly patch: Patch };

/** What the API refused, or that it could not be reached (status 0). The message has the next step. */
export class Problem extends Error {
  constructor(
    readonly kind: string,
    readonly status: number,
    detail: string,
    readonly revision?: number,
    /** Everything that the API said of it: diagnostics, fields, what was saved since. */
    readonly document: Partial<ProblemDocument> = {},
  ) {
    super(detail);
  }
}

const BASE = "/v1";
const UNREACHED = "Wend cannot be reached. Look whether it still runs on this machine; what you typed is kept here meanwhile.";
const UNREADABLE = "Wend gave an answer that cannot be read. Reload the page; if it happens again, look into Wend's log.";

/** An answer's body; undefined where it has none (204). Throws Problem. `keepalive`: it may outlive the page (at most 64 kB). */
export async function request<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, keepalive = false): Promise<T> {
  const init: RequestInit = { method, keepalive };
  if (body !== undefined) {
    init.headers = { "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(BASE + path, init).catch(() => {
    throw new Problem("unreached", 0, UNREACHED);
  });
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => {
    throw new Problem("unreadable", response.status, UNREADABLE);
  });
  if (!response.ok) throw problemOf(answer as Partial<ProblemDocument>, response.status);
  return answer as T;
}

function problemOf(raw: Partial<ProblemDocument>, status: number): Problem {
  const kind = raw.type?.slice(raw.type.lastIndexOf(":") + 1) ?? "unknown";
  return new Problem(kind, status, raw.detail ?? UNREADABLE, raw.revision ?? undefined, raw);
}
