/** What the sandbox asks of the API: what arrived, what its people do with it, and what they do after a click. */

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { request, type Schemas } from "../api/client";
import { accountsQuery as everyAccount } from "../inspector/vocabulary";
import { pages } from "../lists/pages";
import type { ContactDetail } from "../people/requests";

export type SandboxMessage = Schemas["SandboxMessage"];
export type Act = Schemas["ActIn"]["act"];
export type Account = Schemas["AccountOut"];

/** Messages of before, to be read on. */
export interface Earlier {
  readonly loading: boolean;
  readonly load: () => void;
}

const LIVE = 1_000;

/** The newest messages that arrived; of one contact, or everybody's. New ones appear by themselves. */
export const sandboxQuery = (contact: string) =>
  infiniteQueryOptions({
    ...pages<SandboxMessage>(["sandbox"], "/sandbox/messages", { contact, limit: "100" }),
    refetchInterval: (query) => LIVE * (query.state.data?.pages.length ?? 1),
  });

export const accountsQuery = queryOptions({ ...everyAccount, staleTime: 0, refetchInterval: 5_000 });

/** The recipient opens, clicks, answers, unsubscribes, complains. */
export function act(message: string, what: { readonly act: Act; readonly url?: string; readonly text?: string }): Promise<unknown> {
  return request("POST", `/sandbox/messages/${message}/acts`, what);
}

/** A contact does something outside: visits a page, buys. It is the call that a shop would send. */
export async function did(contact: ContactDetail, event: string, properties: Readonly<Record<string, unknown>>): Promise<void> {
  if (contact.external_id) {
    await request("POST", "/track", { userId: contact.external_id, event, properties });
    return;
  }
  // A shop that knows no id of its own knows the visitor, and has once heard the email or phone.
  const anonymousId = `sandbox-${contact.id}`;
  const traits = contact.email ? { email: contact.email } : { phone: contact.phone };
  await request("POST", "/identify", { anonymousId, traits });
  await request("POST", "/track", { anonymousId, event, properties });
}
