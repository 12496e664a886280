/** The story so far, in chapters; each can be gone back to, and a question can be answered otherwise. */

import { Menu, Text, UnstyledButton } from "@mantine/core";
import { CornerUpLeft, Info, Mail, MessageSquare, Bell, Route, Shuffle, Zap } from "lucide-react";

import { momentOf } from "./clock";
import { chaptersOf, choose, goBack, type Rehearsal, type Script, type StoryLine } from "./script";

interface StoryPanelProps {
  readonly script: Script;
  readonly change: (make: (script: Script) => Script) => void;
  readonly answer: Rehearsal;
}

export function StoryPanel({ script, change, answer }: StoryPanelProps) {
  const chapters = chaptersOf(script, answer);
  const zone = answer.contact.timezone;
  return (
    <section aria-label="The story so far">
      <ol className="try-chapters">
        {chapters.map((chapter) => {
          const last = chapter.gestures === script.gestures.length;
          return (
            <li key={chapter.gestures} className={chapter.misfit === undefined ? "" : "is-misfit"}>
              <div className="try-chapter">
                <span>{chapter.words}</span>
                {!last && (
                  <UnstyledButton className="try-back" aria-label={`back to here: ${chapter.words}`} title="Go back to here: what came after is taken back" onClick={() => change((one) => goBack(one, chapter.gestures))}>
                    <CornerUpLeft size={13} aria-hidden /> back to here
                  </UnstyledButton>
                )}
              </div>
              {chapter.misfit !== undefined && <Text size="xs" c="orange">Left out: {chapter.misfit}</Text>}
              <ul className="try-lines">
                {chapter.lines.map((line, at) => {
                  const node = line.node ?? "";
                  return <Line key={at} line={line} zone={zone} chosen={script.choices[node]} pick={(port) => change((one) => choose(one, node, port))} />;
                })}
              </ul>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

interface LineProps {
  readonly line: StoryLine;
  readonly zone: string;
  readonly chosen: string | undefined;
  readonly pick: (port: string | undefined) => void;
}

function Line({ line, zone, chosen, pick }: LineProps) {
  const others = (line.instead ?? []).filter((way) => way.port !== line.port);
  return (
    <li className={`try-line is-${line.kind}`}>
      <span className="try-line-icon" aria-hidden><Picture line={line} /></span>
      <span className="try-line-words">
        {line.words}
        {line.message?.content["subject"] && <span className="try-subject">“{line.message.content["subject"]}”</span>}
        {chosen !== undefined && line.kind === "step" && <> <UnstyledButton className="try-otherwise" onClick={() => pick(undefined)}>as you chose; let it be as it would</UnstyledButton></>}
        {chosen === undefined && line.kind === "step" && others.length > 0 && (
          <Menu position="bottom-start" withinPortal>
            <Menu.Target><UnstyledButton className="try-otherwise" aria-label={`${line.words}: otherwise`}><Shuffle size={11} aria-hidden /> otherwise</UnstyledButton></Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>Leave it by</Menu.Label>
              {others.map((way) => <Menu.Item key={way.port} onClick={() => pick(way.port)}>{way.label}</Menu.Item>)}
            </Menu.Dropdown>
          </Menu>
        )}
      </span>
      <time className="try-line-at" dateTime={line.at}>{momentOf(line.at, zone)}</time>
    </li>
  );
}

function Picture({ line }: { readonly line: StoryLine }) {
  if (line.kind === "step") return <Route size={13} />;
  if (line.kind === "event") return <Zap size={13} />;
  if (line.kind === "note") return <Info size={13} />;
  if (line.message?.channel === "email") return <Mail size={13} />;
  return line.message?.channel === "push" ? <Bell size={13} /> : <MessageSquare size={13} />;
}
