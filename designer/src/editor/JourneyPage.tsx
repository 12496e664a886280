/** One journey: its draft is loaded once and stays while one draws, tries, watches and compares versions. */

import { ActionIcon, Alert, Box, Button, Center, Group, Loader, SegmentedControl, Text, Title, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { Redo2, Undo2, Wand2 } from "lucide-react";
import { createElement, Suspense, useEffect, useState } from "react";
import { useStore } from "zustand";

import { catalogQuery, fetchDraft, putDraft, type Draft } from "../api/queries";
import { makeDecorations } from "../canvas/decorations";
import { WIDTH } from "../canvas/model";
import { tidyPlaces } from "../canvas/tidy";
import * as commands from "../graph/commands";
import { drawingOf } from "../graph/layout";
import type { Catalog } from "../graph/manifest";
import { portsOfNode } from "../graph/ports";
import { makeAutosave, type Autosave } from "../store/autosave";
import { makeEditor, type EditorStore } from "../store/editor";
import { makeSession, type SessionStore } from "../store/session";
import { ProblemCount } from "../problems/ProblemCount";
import { WatchProblems } from "../problems/WatchProblems";
import { goTo, type JourneyMode } from "../router";
import { MODES } from "./modes";
import { EditorContext, useEditorRoom, type EditorRoom } from "./room";

export function JourneyPage({ journey, mode }: { readonly journey: string; readonly mode: JourneyMode }) {
  // Fetched once: from then on the editor has the draft, and merges what others save.
  const draft = useQuery({ queryKey: ["draft", journey], queryFn: () => fetchDraft(journey), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  const catalog = useQuery(catalogQuery);
  const error = draft.error ?? catalog.error;
  if (error) return <Alert m="lg" color="red" title="The journey cannot be shown">{error.message}</Alert>;
  if (!draft.data || !catalog.data) return <Center h="100%"><Loader aria-label="The journey is loading" /></Center>;
  return <DraftEditor key={journey} draft={draft.data} catalog={catalog.data} mode={mode} />;
}

interface DraftEditorProps {
  readonly draft: Draft;
  readonly catalog: Catalog;
  readonly mode: JourneyMode;
}

function DraftEditor({ draft, catalog, mode }: DraftEditorProps) {
  const [room] = useState(() => makeRoom(draft, catalog));
  const Room = MODES.find((one) => one.mode === mode)?.Room;
  useEffect(() => {
    const { autosave } = room;
    const stop = autosave.start();
    return () => {
      void autosave.flush();
      stop();
    };
  }, [room]);
  return (
    <EditorContext value={room}><WatchProblems>
      <Box h="100%" style={{ display: "flex", flexDirection: "column" }}>
        <Bar mode={mode} />
        <Notice autosave={room.autosave} />
        <Box style={{ flex: 1, minHeight: 0 }}>
          <Suspense fallback={<Center h="100%"><Loader aria-label="This part is loading" /></Center>}>
            {Room && createElement(Room)}
          </Suspense>
        </Box>
      </Box>
    </WatchProblems></EditorContext>
  );
}

function makeRoom(draft: Draft, catalog: Catalog): EditorRoom {
  const editor = makeEditor(draft.journey, draft.document, catalog);
  return {
    journey: draft.journey,
    editor,
    session: makeSession(),
    autosave: makeAutosave(editor, draft, { fetchDraft, putDraft }),
    decorations: makeDecorations(),
  };
}

function Bar({ mode }: { readonly mode: JourneyMode }) {
  const { editor, session, autosave } = useEditorRoom();
  const { history, undo, redo } = useStore(editor);
  const back = history.past.at(-1)?.name;
  const again = history.future.at(-1)?.name;
  const tidy = (): void => {
    tidyUp(editor, session).catch((error: unknown) => notifications.show({ color: "red", message: error instanceof Error ? error.message : String(error) }));
  };
  return (
    <Group px="md" py={6} justify="space-between" wrap="nowrap" style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
      <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
        <Title order={1} size="h4" lineClamp={1}>{history.document.name}</Title>
        <SavingText autosave={autosave} />
      </Group>
      <ModeSwitch mode={mode} />
      {mode === "draw" && <Group gap={4} wrap="nowrap">
        <ProblemCount />
        <Tool label={back ? `Undo: ${back}` : "Nothing to undo"} disabled={!back} act={undo} icon={<Undo2 size={18} />} />
        <Tool label={again ? `Redo: ${again}` : "Nothing to redo"} disabled={!again} act={redo} icon={<Redo2 size={18} />} />
        <Tool label="Tidy the drawing" disabled={false} act={tidy} icon={<Wand2 size={18} />} />
      </Group>}
    </Group>
  );
}

function ModeSwitch({ mode }: { readonly mode: JourneyMode }) {
  const { journey } = useEditorRoom();
  if (MODES.length < 2) return null;
  return (
    <SegmentedControl
      size="xs"
      aria-label="What to do with the journey"
      value={mode}
      data={MODES.map((one) => ({ value: one.mode, label: one.label }))}
      onChange={(next) => goTo({ page: "journey", journey, mode: next })}
    />
  );
}

interface ToolProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly icon: React.ReactNode;
  readonly act: () => void;
}

function Tool({ label, disabled, act, icon }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} disabled={disabled} onClick={act}>{icon}</ActionIcon>
    </Tooltip>
  );
}

function SavingText({ autosave }: { readonly autosave: Autosave }) {
  const { state } = useStore(autosave.status);
  const words = { saved: "Saved", waiting: "Not saved yet", saving: "Saving…", failed: "Not saved", conflict: "Not saved" }[state];
  return <Text size="sm" c="dimmed" role="status" style={{ whiteSpace: "nowrap" }}>{words}</Text>;
}

function Notice({ autosave }: { readonly autosave: Autosave }) {
  const saving = useStore(autosave.status);
  if (saving.state === "failed") return <Alert color="red" title="The draft is not saved" radius={0}>{saving.why}</Alert>;
  if (saving.state !== "conflict") return null;
  const places = saving.conflicts.map(({ mine }) => [mine.id, mine.field].filter(Boolean).join(", ")).join("; ");
  return (
    <Alert color="orange" title="Somebody else changed the same places" radius={0}>
      <Text size="sm">Both of you changed: {places}. Everything else is merged. Choose whose changes stay at these places; nothing is saved until then.</Text>
      <Group mt="xs">
        <Button size="xs" onClick={() => autosave.choose("mine")}>Keep mine</Button>
        <Button size="xs" variant="default" onClick={() => autosave.choose("theirs")}>Take theirs</Button>
      </Group>
    </Alert>
  );
}

const USUAL_HEIGHT = 110;

async function tidyUp(editor: EditorStore, session: SessionStore): Promise<void> {
  const { history, catalog } = editor.getState();
  const { sizes } = session.getState();
  const drawing = drawingOf(
    history.document,
    (id) => ({ width: WIDTH, height: sizes[id]?.height ?? USUAL_HEIGHT }),
    (id) => portsOfNode(history.document, catalog, id).map((port) => port.key),
  );
  const places = await tidyPlaces(drawing);
  editor.getState().record("Tidy", commands.move(editor.getState().history.document, places));
}
