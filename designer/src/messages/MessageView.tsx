/** A message as it arrives: an email as a mail program shows it, an SMS as a bubble, a push message as a card. */

import "./messages.css";

import { SegmentedControl, Text } from "@mantine/core";
import { Bell, Mail, MessageSquare } from "lucide-react";
import { useState, type ReactNode } from "react";

import { EmailFrame } from "./EmailFrame";
import { piecesOf } from "./safeHtml";
import { partsOf } from "./smsLength";

export interface MessageProps {
  readonly channel: string;
  readonly subject?: string | undefined;
  readonly html?: string | undefined;
  readonly text?: string | undefined;
  readonly title?: string | undefined;
  readonly link?: string | undefined;
  /** The address that it goes to. */
  readonly recipient?: string | undefined;
  readonly from?: string | undefined;
  /** When it arrives, in words. */
  readonly at?: string | undefined;
  /** The reader follows a link. Without it, links are shown and do nothing. */
  readonly onLink?: ((url: string) => void) | undefined;
}

export function MessageView(props: MessageProps) {
  if (props.channel === "email") return <EmailMessage {...props} />;
  if (props.channel === "push") return <PushMessage {...props} />;
  return <TextMessage {...props} />;
}

/** An email with its head: who, to whom, about what; and its two forms where it has both. */
export function EmailMessage({ subject, html, text, recipient, from, at, onLink }: MessageProps) {
  const [form, setForm] = useState("html");
  const shown = html && (form === "html" || !text) ? "html" : "text";
  const name = subject ?? "(no subject)";
  return (
    <article className="message-email" aria-label={`Email: ${name}`}>
      <header className="message-head">
        <p className="message-subject">{name}</p>
        <p className="message-line">
          <Mail size={14} aria-hidden />
          <span>{from ?? "Your shop"}{recipient && <> to <b>{recipient}</b></>}</span>
          {at && <span className="message-at">{at}</span>}
        </p>
      </header>
      {html && text && (
        <SegmentedControl size="xs" className="message-forms" value={form} onChange={setForm} aria-label="Form of the email" data={[{ value: "html", label: "Designed" }, { value: "text", label: "Plain text" }]} />
      )}
      {shown === "html" && html ? (
        <EmailFrame html={html} title={`Email: ${name}`} onLink={onLink} />
      ) : (
        <div className="message-plain"><Words text={text ?? ""} onLink={onLink} /></div>
      )}
    </article>
  );
}

/** A text message as a bubble. */
export function TextMessage({ text, recipient, from, at, onLink }: MessageProps) {
  return (
    <article className="message-sms" aria-label="Text message">
      <p className="message-line">
        <MessageSquare size={14} aria-hidden />
        <span>{from ?? "Your shop"}{recipient && <> to <b>{recipient}</b></>}</span>
        {at && <span className="message-at">{at}</span>}
      </p>
      <div className="message-bubble"><Words text={text ?? ""} onLink={onLink} /></div>
      <Text size="xs" c="dimmed">{lengthOf(text ?? "")}</Text>
    </article>
  );
}

/** A push message as the card on a locked screen. */
export function PushMessage({ title, text, link, recipient, from, at, onLink }: MessageProps) {
  return (
    <article className="message-push" aria-label={`Push message: ${title ?? text ?? ""}`}>
      <p className="message-line">
        <Bell size={14} aria-hidden />
        <span>{from ?? "Your app"}{recipient && <> to <b className="message-token">{recipient}</b></>}</span>
        {at && <span className="message-at">{at}</span>}
      </p>
      {title && <p className="message-title">{title}</p>}
      <div className="message-body"><Words text={text ?? ""} onLink={onLink} /></div>
      {link && <Link url={link} onLink={onLink}>Tap: {link}</Link>}
    </article>
  );
}

/** A phone around text messages, the oldest on top, as in a conversation. */
export function Phone({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <section className="message-phone" aria-label={label}>
      <div className="message-phone-top" aria-hidden><span /></div>
      <div className="message-phone-screen">{children}</div>
    </section>
  );
}

function Words({ text, onLink }: { readonly text: string; readonly onLink?: ((url: string) => void) | undefined }) {
  return piecesOf(text).map((piece, at) =>
    piece.url === undefined ? <span key={at}>{piece.text}</span> : <Link key={at} url={piece.url} onLink={onLink}>{piece.text}</Link>,
  );
}

interface LinkProps {
  readonly url: string;
  readonly onLink?: ((url: string) => void) | undefined;
  readonly children: ReactNode;
}

function Link({ url, onLink, children }: LinkProps) {
  if (!onLink) return <span className="message-link">{children}</span>;
  return <button type="button" className="message-link" onClick={() => onLink(url)}>{children}</button>;
}

function lengthOf(text: string): string {
  const { signs, parts } = partsOf(text);
  return `${String(signs)} characters, ${parts === 1 ? "one text message" : `${String(parts)} text messages`}`;
}
