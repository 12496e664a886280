/** How saving stands: a word in the bar, and what a person must know or choose below it. */

import "./saving.css";

import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Fragment, useEffect, useState, type ReactNode } from "react";
import { useStore } from "zustand";

import { disputeInWords } from "../graph/disputeWords";
import { disputed, type Dispute } from "../graph/sync";
import type { Autosave, Saving } from "../store/autosave";
import { useEditorRoom } from "./room";

const WORDS: Readonly<Record<Saving["state"], string>> = {
  saved: "Saved", waiting: "Not saved yet", saving: "Saving…", offline: "Kept in this browser", conflict: "Choose what stays", failed: "Not saved",
};

export function SavingText() {
  const { autosave } = useEditorRoom();
  const { state } = useStore(autosave.status);
  return <Text size="sm" c="dimmed" role="status" aria-label="Saving" style={{ whiteSpace: "nowrap" }}>{WORDS[state]}</Text>;
}

export function SavingNotices() {
  const { autosave } = useEditorRoom();
  const saving = useStore(autosave.status);
  useSaveKey(autosave);
  useLeaving(autosave);
  return (
    <>
      {saving.state === "offline" && <Offline autosave={autosave} saving={saving} />}
      {!saving.kept && (
        <Notice tone="red" title="This browser has no room to keep what is not saved">
          Free some room in its storage, or leave this page open until “Saved” stands above: what is not saved would be lost with it.
        </Notice>
      )}
      {saving.refused.length > 0 && (
        <Notice tone="red" title="Some of it cannot be saved as it is; everything else is saved">
          <ul>{[...new Set(saving.refused.map((one) => one.why))].map((why) => <li key={why}>{why}</li>)}</ul>
        </Notice>
      )}
      {saving.state === "failed" && saving.refused.length === 0 && <Notice tone="red" title="The draft is not saved">{saving.why}</Notice>}
      {saving.disputes.length > 0 && <Disputes disputes={saving.disputes} />}
    </>
  );
}

function Offline({ autosave, saving }: { readonly autosave: Autosave; readonly saving: Saving }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(ticking);
  }, []);
  const seconds = Math.max(0, Math.ceil(((saving.retryAt ?? now) - now) / 1_000));
  return (
    <Notice tone="yellow" title="Wend does not answer" acts={<Button size="compact-sm" variant="default" onClick={() => void autosave.flush()}>Try now</Button>}>
      {saving.kept ? "Go on drawing: everything is kept in this browser, and saved as soon as Wend answers." : "What you draw is saved as soon as Wend answers."} {seconds > 0 ? `Next try in ${String(seconds)} s.` : "Trying…"}
    </Notice>
  );
}

interface NoticeProps {
  readonly tone: "red" | "orange" | "yellow";
  readonly title: string;
  readonly acts?: ReactNode;
  readonly children: ReactNode;
}

function Notice({ tone, title, acts, children }: NoticeProps) {
  return (
    <div className={`notice notice-${tone}`} role={tone === "red" ? "alert" : "status"}>
      <div className="notice-head">
        <div><strong>{title}</strong>{children}</div>
        {acts}
      </div>
    </div>
  );
}

function Disputes({ disputes }: { readonly disputes: readonly Dispute[] }) {
  const { autosave } = useEditorRoom();
  const many = disputes.length > 1;
  return (
    <section className="notice notice-orange disputes" aria-label="Changes to choose between">
      <div className="notice-head">
        <div role="status">
          <strong>You and {namesOf(disputes)} changed {many ? `${String(disputes.length)} places at once` : "the same place"}</strong>
          Choose what stays. Everything else is merged and saved; your version is kept here until you choose.
        </div>
        {many && (
          <Group gap={6}>
            <Button size="compact-sm" onClick={() => autosave.choose("mine")}>Keep all of mine</Button>
            <Button size="compact-sm" variant="default" onClick={() => autosave.choose("theirs")}>Take all of theirs</Button>
          </Group>
        )}
      </div>
      {disputes.map((one) => <Choice key={JSON.stringify(one.places)} dispute={one} />)}
    </section>
  );
}

function namesOf(disputes: readonly Dispute[]): string {
  const names = [...new Set(disputes.map((one) => one.by ?? "somebody else"))];
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}` : names.join("");
}

function Choice({ dispute }: { readonly dispute: Dispute }) {
  const { autosave, editor } = useEditorRoom();
  const { history, catalog } = useStore(editor);
  useStore(autosave.status);
  const synced = { revision: autosave.revision(), base: autosave.base(), disputes: [dispute] };
  const told = disputeInWords(disputed(synced, history.document, dispute), synced.base, history.document, catalog);
  const name = told.map((one) => one.title).join("; ");
  const acts = (
    <div className="choice-acts">
      <Button size="compact-sm" aria-label={`Keep mine: ${name}`} onClick={() => autosave.choose("mine", dispute)}>Keep mine</Button>
      <Button size="compact-sm" variant="default" aria-label={`Take theirs: ${name}`} onClick={() => autosave.choose("theirs", dispute)}>Take theirs</Button>
    </div>
  );
  return (
    <div className="choice" role="group" aria-label={name}>
      {told.map((one, at) => (
        <Fragment key={one.title}>
          <div className="choice-title">{one.title}</div>
          <div className="choice-side"><small>Yours</small>{one.mine}</div>
          <div className="choice-side"><small>{dispute.by ? `${dispute.by}’s` : "Theirs"}</small>{one.theirs}</div>
          {at === told.length - 1 ? acts : <span />}
        </Fragment>
      ))}
    </div>
  );
}

/** Ctrl-S saves at once and says so, also from within a field. */
function useSaveKey(autosave: Autosave): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      void autosave.flush().then(() => {
        const { state } = autosave.status.getState();
        const saved = state === "saved";
        notifications.show({ id: "saved", color: saved ? "green" : "orange", message: saved ? "Saved. Wend saves by itself, too." : WORDS[state], autoClose: 2_000 });
      });
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [autosave]);
}

/** Leaving sends what is not sent. It warns only where this browser could not keep it. */
function useLeaving(autosave: Autosave): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => {
      const { kept, state } = autosave.status.getState();
      if (!kept && state !== "saved") event.preventDefault();
    };
    const leave = (): void => autosave.leave();
    const hide = (): void => { if (document.hidden) void autosave.flush(); };
    const back = (): void => void autosave.flush();
    window.addEventListener("beforeunload", warn);
    window.addEventListener("pagehide", leave);
    window.addEventListener("online", back);
    document.addEventListener("visibilitychange", hide);
    return () => {
      window.removeEventListener("beforeunload", warn);
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("online", back);
      document.removeEventListener("visibilitychange", hide);
    };
  }, [autosave]);
}
