/** Try it: one contact goes through the draft as it is on the screen, or a crowd does. Nothing is sent, nothing is stored. */

import "./rehearsal.css";

import { SegmentedControl, Tabs } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";

import { makeDecorations } from "../canvas/decorations";
import { FlowView } from "../canvas/FlowView";
import { useEditorRoom } from "../editor/room";
import { ClockPanel } from "./ClockPanel";
import { Follow } from "./Follow";
import { ForecastPanel } from "./ForecastPanel";
import { marksOf, numbersOf } from "./marks";
import { MessagesPanel } from "./MessagesPanel";
import { NowPanel } from "./NowPanel";
import { Obstacles } from "./Obstacles";
import { rehearsalQuery, type Forecast } from "./requests";
import { deliveredOf, drawnOnly, openedOf } from "./script";
import { tryingOf } from "./store";
import { StoryPanel } from "./StoryPanel";
import { WhoPanel } from "./WhoPanel";

type Part = "journey" | "story" | "messages";

export default function TryMode() {
  const { journey, editor } = useEditorRoom();
  const document = useStore(editor, (state) => state.history.document);
  const catalog = useStore(editor, (state) => state.catalog);
  const [decorations] = useState(() => makeDecorations());
  const [kind, setKind] = useState("one");
  const [part, setPart] = useState<Part>("story");
  const [selected, setSelected] = useState<string>();
  const [forecast, setForecast] = useState<Forecast>();
  const { script, change } = useStore(tryingOf(journey));
  const played = useQuery({ ...rehearsalQuery(document, script), enabled: kind === "one" });
  const answer = useMemo(() => (played.data ? drawnOnly(played.data, document) : undefined), [played.data, document]);
  const narrow = useMediaQuery("(max-width: 800px)", false, { getInitialValueInEffect: false });

  useEffect(() => decorations.setState(kind === "one" ? marksOf(played.error ? undefined : answer, document) : numbersOf(forecast, document)), [decorations, kind, answer, played.error, forecast, document]);
  // The first answer says when the contact entered: from then on that is when, however often the script is played.
  useEffect(() => {
    if (answer && !played.isPlaceholderData && script.at === undefined) change((known) => (known.at === undefined ? { ...known, at: answer.began_at } : known));
  }, [answer, played.isPlaceholderData, script.at, change]);

  const here = answer?.standing.map((one) => one.node) ?? [];
  const last = answer?.story.findLast((line) => line.kind === "step" && line.node)?.node;
  const canvas = (
    <section className="try-canvas" aria-label="The journey">
      <FlowView document={document} catalog={catalog} decorations={decorations} selected={selected} onSelect={setSelected}>
        {kind === "one" && <Follow nodes={here.length > 0 ? here : last ? [last] : []} />}
      </FlowView>
    </section>
  );
  const delivered = answer ? deliveredOf(answer.story, openedOf(script)) : [];
  const show = (node: string): void => {
    setSelected(node);
    setPart("journey");
  };
  const shared = { script, change };
  const story = (
    <div className="try-story">
      <WhoPanel {...shared} answer={answer} />
      {played.error ? (
        <Obstacles error={played.error} show={show} />
      ) : answer && (
        <>
          <ClockPanel {...shared} answer={answer} busy={played.isFetching} />
          <NowPanel {...shared} answer={answer} />
          {narrow || <MessageTabs story={<StoryPanel {...shared} answer={answer} />} messages={<MessagesPanel change={change} answer={answer} delivered={delivered} />} count={delivered.length} />}
          {narrow && <StoryPanel {...shared} answer={answer} />}
        </>
      )}
    </div>
  );
  return (
    <div className={`try${narrow ? " is-narrow" : ""}`}>
      {!narrow && canvas}
      <aside className="try-side" aria-label="Try the journey">
        <SegmentedControl fullWidth size="xs" className="try-kind" aria-label="What to try it with" value={kind} onChange={(next) => { setKind(next); setPart("story"); }} data={[{ value: "one", label: "One contact" }, { value: "crowd", label: "Forecast" }]} />
        {narrow && (
          <Tabs value={part} onChange={(value) => setPart((value as Part | null) ?? "story")} className="try-parts">
            <Tabs.List grow>
              <Tabs.Tab value="journey">Journey</Tabs.Tab>
              <Tabs.Tab value="story">{kind === "one" ? "Story" : "Chances"}</Tabs.Tab>
              {kind === "one" && <Tabs.Tab value="messages">Messages{delivered.length > 0 && ` (${String(delivered.length)})`}</Tabs.Tab>}
            </Tabs.List>
          </Tabs>
        )}
        <div className="try-content">
          {narrow && part === "journey" && canvas}
          {kind === "crowd" && (!narrow || part !== "journey") && <ForecastPanel document={document} show={show} onForecast={setForecast} />}
          {kind === "one" && (!narrow || part === "story") && story}
          {kind === "one" && narrow && part === "messages" && answer && <div className="try-story"><MessagesPanel change={change} answer={answer} delivered={delivered} /></div>}
        </div>
      </aside>
    </div>
  );
}

function MessageTabs({ story, messages, count }: { readonly story: React.ReactNode; readonly messages: React.ReactNode; readonly count: number }) {
  return (
    <Tabs defaultValue="story" className="try-tabs" keepMounted={false}>
      <Tabs.List grow>
        <Tabs.Tab value="story">The story so far</Tabs.Tab>
        <Tabs.Tab value="messages">Messages{count > 0 && ` (${String(count)})`}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="story" pt="sm">{story}</Tabs.Panel>
      <Tabs.Panel value="messages" pt="sm">{messages}</Tabs.Panel>
    </Tabs>
  );
}
