/** Templates and promotions as parts of a journey: opening one, making one where it is asked for. */

import type { Channel, Json, Promotion, Template } from "../../graph/document";
import { useEditorRoom } from "../../editor/room";
import * as commands from "../../graph/commands";
import type { SessionStore } from "../../store/session";

export type PartKind = "template" | "promotion";

/** Open a template or promotion in its editor. */
export function openPart(session: SessionStore, kind: PartKind, name: string): void {
  session.setState({ part: { kind, name } });
}

/** What a new template of a channel begins with: something that can be sent and is plainly to be replaced. */
export function newTemplate(channel: Channel): Template {
  switch (channel) {
    case "email":
      return { channel, subject: "News for you", html: "<p>Hello {{ contact.first_name|default(\"there\") }},</p>\n<p>…</p>\n" };
    case "sms":
      return { channel, text: "Hello {{ contact.first_name|default(\"there\") }}, …" };
    case "push":
      return { channel, title: "News for you", text: "…" };
  }
}

export function newPromotion(name: string): Promotion {
  return { name, discount_percent: 10, products: [] };
}

/** A name that nothing of these has: "email", "email 2"… */
export function freshName(stem: string, taken: Readonly<Record<string, unknown>>): string {
  let name = stem;
  for (let number = 2; name in taken; number += 1) name = `${stem}_${String(number)}`;
  return name;
}

const STEMS: Readonly<Record<string, string>> = { email: "email", sms: "sms", push: "push" };

/** Make a template or promotion in this journey, name it in a field, and open it. */
export function useNewPart(): (kind: PartKind, channel: string | undefined, choose: (name: Json) => void) => void {
  const { editor, session } = useEditorRoom();
  return (kind, channel, choose) => {
    const { history, record } = editor.getState();
    const made = kind === "template" ? makeTemplate(history.document, channelOf(channel)) : makePromotion(history.document);
    record(`Make ${kind} ${made.name}`, made.patch);
    choose(made.name);
    openPart(session, kind, made.name);
  };
}

type Made = { readonly name: string; readonly patch: ReturnType<typeof commands.setTemplate> };
type Doc = Parameters<typeof commands.setTemplate>[0];

export function makeTemplate(document: Doc, channel: Channel): Made {
  const name = freshName(STEMS[channel] ?? channel, document.templates);
  return { name, patch: commands.setTemplate(document, name, newTemplate(channel)) };
}

export function makePromotion(document: Doc): Made {
  const name = freshName("PROMO", document.promotions);
  return { name, patch: commands.setPromotion(document, name, newPromotion(name)) };
}

function channelOf(channel: string | undefined): Channel {
  return channel === "sms" || channel === "push" ? channel : "email";
}
