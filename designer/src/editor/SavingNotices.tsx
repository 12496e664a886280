/** How saving stands: a word in the bar, and what a person must know or choose below it. */

import { Alert, Box, Button, Group, List, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect, useState } from "react";
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
        <Alert color="red" radius={0} title="This browser has no room to keep what is not saved">
          Free some room in its storage, or leave this page open until “Saved” stands above: what is not saved would be lost with it.
        </Alert>
      )}
      {saving.refused.length > 0 && (
        <Alert color="red" radius={0} title="Some of it cannot be saved as it is; everything else is saved" py="xs">
          <List size="sm">{[...new Set(saving.refused.map((one) => one.why))].map((why) => <List.Item key={why}>{why}</List.Item>)}</List>
        </Alert>
      )}
      {saving.state === "failed" && saving.refused.length === 0 && <Alert color="red" radius={0} title="The draft is not saved">{saving.why}</Alert>}
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
    <Alert color="yellow" radius={0} py="xs" title="Wend does not answer">
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          Go on drawing: everything is kept in this browser, and saved as soon as Wend answers. {seconds > 0 ? `Next try in ${String(seconds)} s.` : "Trying…"}
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => void autosave.flush()}>Try now</Button>
      </Group>
    </Alert>
  );
}

function Disputes({ disputes }: { readonly disputes: readonly Dispute[] }) {
  const { autosave } = useEditorRoom();
  const many = disputes.length > 1;
  return (
    <Box role="region" aria-label="Changes to choose between" style={{ maxHeight: "42vh", overflow: "auto", borderBottom: "1px solid var(--mantine-color-default-border)", background: "var(--mantine-color-body)" }}>
      <Alert color="orange" radius={0} variant="light" title={many ? `You and somebody else changed ${String(disputes.length)} places at once` : "You and somebody else changed the same place"}>
        <Group justify="space-between" gap="xs" mb="xs">
          <Text size="sm">Choose what stays. Everything else is merged and saved; your version is kept here until you choose.</Text>
          {many && (
            <Group gap="xs">
              <Button size="compact-sm" onClick={() => autosave.choose("mine")}>Keep all of mine</Button>
              <Button size="compact-sm" variant="default" onClick={() => autosave.choose("theirs")}>Take all of theirs</Button>
            </Group>
          )}
        </Group>
        <Stack gap="xs">{disputes.map((one) => <Choice key={JSON.stringify(one.places)} dispute={one} />)}</Stack>
      </Alert>
    </Box>
  );
}

function Choice({ dispute }: { readonly dispute: Dispute }) {
  const { autosave, editor } = useEditorRoom();
  const { history, catalog } = useStore(editor);
  useStore(autosave.status);
  const synced = { revision: autosave.revision(), base: autosave.base(), disputes: [dispute] };
  const told = disputeInWords(disputed(synced, history.document, dispute), synced.base, history.document, catalog);
  const name = told.map((one) => one.title).join("; ");
  return (
    <Paper withBorder p="xs" role="group" aria-label={name}>
      {told.map((one) => (
        <Box key={one.title} mb={6}>
          <Text size="sm" fw={600}>{one.title}</Text>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs" mt={4}>
            <Side label="Yours" text={one.mine} />
            <Side label="Theirs" text={one.theirs} />
          </SimpleGrid>
        </Box>
      ))}
      <Group gap="xs">
        <Button size="compact-sm" aria-label={`Keep mine: ${name}`} onClick={() => autosave.choose("mine", dispute)}>Keep mine</Button>
        <Button size="compact-sm" variant="default" aria-label={`Take theirs: ${name}`} onClick={() => autosave.choose("theirs", dispute)}>Take theirs</Button>
      </Group>
    </Paper>
  );
}

function Side({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <Box style={{ borderLeft: "3px solid var(--mantine-color-default-border)", paddingLeft: 8, minWidth: 0 }}>
      <Text size="xs" c="dimmed">{label}</Text>
      <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{text}</Text>
    </Box>
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
