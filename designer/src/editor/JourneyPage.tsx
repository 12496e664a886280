/** One journey: its draft is loaded once and stays while one draws, tries, watches and compares versions. */

import "./bar.css";

import { Alert, Box, Button, Center, Loader, SegmentedControl, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { createElement, Suspense, useEffect, useState } from "react";
import { useStore } from "zustand";

import { catalogQuery, fetchDraft, patchDraft, type Draft } from "../api/queries";
import { makeDecorations } from "../canvas/decorations";
import type { Catalog } from "../graph/manifest";
import { makeAutosave } from "../store/autosave";
import { makeEditor } from "../store/editor";
import { makeJournal } from "../store/journal";
import { makeLive } from "../store/live";
import { hasOrphans, openDraft } from "../store/open";
import { makeSession } from "../store/session";
import { ProblemCount } from "../problems/ProblemCount";
import { WatchProblems } from "../problems/WatchProblems";
import { PublishButton } from "../publish/PublishButton";
import { claimTab, openTabs } from "../store/tab";
import { goTo, type JourneyMode } from "../router";
import { Gone } from "./Gone";
import { JourneyMenu } from "./JourneyMenu";
import { MODES } from "./modes";
import { fetchPartsSoon, PartBoundary } from "./PartBoundary";
import { People } from "./People";
import { EditorContext, useEditorRoom, type EditorRoom } from "./room";
import { SavingNotices, SavingText } from "./SavingNotices";

export function JourneyPage({ journey, mode }: { readonly journey: string; readonly mode: JourneyMode }) {
  const [turn, setTurn] = useState(0);
  // Fetched once: from then on the editor has the draft, and merges what others save.
  const start = useQuery({ queryKey: ["draft", journey, turn], queryFn: () => fetchStart(journey), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  const catalog = useQuery(catalogQuery);
  const error = start.error ?? catalog.error;
  if (error) {
    return (
      <Alert m="lg" color="red" title="The journey cannot be shown">
        {error.message}
        <Box mt="xs"><Button size="compact-sm" variant="default" onClick={() => { void start.refetch(); void catalog.refetch(); }}>Try again</Button></Box>
      </Alert>
    );
  }
  if (!start.data || !catalog.data) return <Center h="100%"><Loader aria-label="The journey is loading" /></Center>;
  return <DraftEditor key={`${journey}.${String(turn)}`} start={start.data} catalog={catalog.data} mode={mode} again={() => setTurn(turn + 1)} />;
}

/** What an editor begins with: the draft, which window this is, and which others are open. */
interface Start {
  readonly draft: Draft;
  readonly tab: string;
  readonly open: ReadonlySet<string> | undefined;
}

async function fetchStart(journey: string): Promise<Start> {
  const tab = await claimTab();
  const [draft, open] = await Promise.all([fetchDraft(journey), openTabs()]);
  return { draft, tab, open };
}

interface DraftEditorProps {
  readonly start: Start;
  readonly catalog: Catalog;
  readonly mode: JourneyMode;
  readonly again: () => void;
}

function DraftEditor({ start, catalog, mode, again }: DraftEditorProps) {
  const [room] = useState(() => makeRoom(start, catalog));
  const Room = MODES.find((one) => one.mode === mode)?.Room;
  useEffect(() => {
    const { autosave, live, broughtBack } = room;
    const stops = [autosave.start(), live.start()];
    if (broughtBack > 0) {
      notifications.show({ id: `back-${room.journey}`, color: "blue", title: "Your work is back", message: "What was not saved when this page was closed is in the draft again, and is being saved." });
    }
    return () => {
      void autosave.flush();
      for (const stop of stops) stop();
    };
  }, [room]);
  const { gone } = useStore(room.live.company);
  useEffect(() => { if (gone) room.autosave.end(); }, [room, gone]);
  useEffect(fetchPartsSoon, []);
  useEffect(() => bringInOrphans(room, start, again), [room, start, again]);
  if (gone) return <EditorContext value={room}><Gone /></EditorContext>;
  return (
    <EditorContext value={room}><WatchProblems>
      <Box h="100%" style={{ display: "flex", flexDirection: "column" }}>
        <Bar mode={mode} />
        <SavingNotices />
        <Box style={{ flex: 1, minHeight: 0 }}>
          <PartBoundary key={mode}>
            <Suspense fallback={<Center h="100%"><Loader aria-label="This part is loading" /></Center>}>
              {Room && createElement(Room)}
            </Suspense>
          </PartBoundary>
        </Box>
      </Box>
    </WatchProblems></EditorContext>
  );
}

function makeRoom({ draft, tab, open }: Start, catalog: Catalog): EditorRoom & { readonly broughtBack: number } {
  const { journey } = draft;
  const opened = openDraft(localStorage, draft, tab, open);
  const editor = makeEditor(journey, opened.document, catalog);
  const session = makeSession();
  const decorations = makeDecorations();
  const autosave = makeAutosave(editor, opened, {
    server: { fetchDraft, patchDraft },
    journal: makeJournal(localStorage, journey, tab),
    author: () => ({ tab, name: live.company.getState().me?.name ?? "" }),
  });
  const live = makeLive({ journey, tab, autosave, session, decorations });
  return { journey, editor, session, autosave, live, decorations, broughtBack: opened.broughtBack };
}

/** What other windows left that are gone: once this one's own is saved, and before anything is drawn, it is taken up next. */
function bringInOrphans({ journey, editor, autosave }: EditorRoom, { tab, open }: Start, again: () => void): () => void {
  const look = (): void => {
    const { state } = autosave.status.getState();
    if (state === "saved" && editor.getState().history.past.length === 0 && hasOrphans(localStorage, journey, tab, open)) again();
  };
  look();
  return autosave.status.subscribe(look);
}

function Bar({ mode }: { readonly mode: JourneyMode }) {
  const { editor } = useEditorRoom();
  const name = useStore(editor, (state) => state.history.document.name);
  return (
    <div className="bar">
      <div className="bar-name">
        <Title order={1} size="h4" title={name}>{name || "Without a name"}</Title>
        <SavingText />
      </div>
      <ModeSwitch mode={mode} />
      <People />
      {mode === "draw" && <div className="bar-tools"><ProblemCount /><PublishButton /></div>}
      <JourneyMenu />
    </div>
  );
}

function ModeSwitch({ mode }: { readonly mode: JourneyMode }) {
  const { journey } = useEditorRoom();
  if (MODES.length < 2) return null;
  return (
    <SegmentedControl
      className="bar-modes"
      size="xs"
      aria-label="What to do with the journey"
      value={mode}
      data={MODES.map((one) => ({ value: one.mode, label: one.label }))}
      onChange={(next) => goTo({ page: "journey", journey, mode: next })}
    />
  );
}
