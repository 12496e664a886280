/** What happens now: where the contact is, and a button for each way on. */

import { Alert, Badge, Button, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { Flag, Hourglass, MapPin, RefreshCw, Sparkles, Zap } from "lucide-react";
import { useState } from "react";

import { lasting, momentOf } from "./clock";
import { HappenForm } from "./HappenForm";
import { add, mend, type Choice, type Rehearsal, type Script, type Standing } from "./script";

interface NowPanelProps {
  readonly script: Script;
  readonly change: (make: (script: Script) => Script) => void;
  readonly answer: Rehearsal;
}

export function NowPanel({ script, change, answer }: NowPanelProps) {
  const [asking, setAsking] = useState(false);
  const several = answer.standing.length > 1;
  const passed = answer.story.some((line) => line.kind === "step");
  return (
    <section aria-label="What happens now?" className="try-now">
      {answer.misfit && (
        <Alert color="orange" mb="sm" title="The journey has changed under the story" icon={<RefreshCw size={16} />}>
          <Text size="sm">{answer.misfit.detail} What came before still holds.</Text>
          <Button size="compact-sm" mt={8} variant="default" onClick={() => change((one) => mend(one, answer))}>Go on from there</Button>
        </Alert>
      )}
      {answer.result !== null ? (
        <div className="try-end">
          <Flag size={18} aria-hidden />
          <div>
            <Text fw={650}>{answer.result_words}</Text>
            <Text size="sm" c="dimmed">{passed ? `After ${lasting(answer.began_at, answer.now) || "no time at all"}. Take something back to see what else could happen.` : "It ended at once."}</Text>
          </div>
        </div>
      ) : (
        <>
          <h2 className="try-heading">What happens now?</h2>
          {answer.standing.map((standing) => <Place key={standing.strand} standing={standing} several={several} answer={answer} change={change} />)}
          {answer.standing.length === 0 && <Text size="sm">Nothing is under way.</Text>}
          {asking ? (
            <HappenForm answer={answer} close={() => setAsking(false)} happen={(words, act) => { change((one) => add(one, words, act)); setAsking(false); }} />
          ) : (
            <Button size="compact-sm" variant="subtle" leftSection={<Sparkles size={15} />} onClick={() => setAsking(true)}>Something else happens…</Button>
          )}
        </>
      )}
      {script.gestures.length >= 190 && <Text size="xs" c="orange">A story has at most 200 acts. Start again, or take some back.</Text>}
    </section>
  );
}

interface PlaceProps {
  readonly standing: Standing;
  readonly several: boolean;
  readonly answer: Rehearsal;
  readonly change: NowPanelProps["change"];
}

function Place({ standing, several, answer, change }: PlaceProps) {
  const zone = answer.contact.timezone;
  const { node, strand, label, place, choices } = standing;
  const parked = place === "parked";
  const take = (choice: Choice): void => change((one) => add(one, choice.events.length > 0 ? choice.words : `${choice.words} (${choice.label})`, { do: "take", node, port: choice.port, strand }));
  return (
    <div className="try-place">
      <Group gap={6} wrap="nowrap" align="center">
        <MapPin size={15} aria-hidden className="try-pin" />
        <Text size="sm" fw={600} style={{ minWidth: 0, overflowWrap: "anywhere" }}>{label}</Text>
        {several && <Badge size="xs" variant="light">strand {strand}</Badge>}
      </Group>
      {parked && (
        <>
          <Text size="sm" mt={4}>{standing.words}</Text>
          <Button size="compact-sm" mt={6} variant="default" leftSection={<RefreshCw size={14} />} onClick={() => change((one) => add(one, `Tries "${label}" again`, { do: "replay", node }))}>Try again</Button>
        </>
      )}
      {!parked && (
        <Stack gap={6} mt={8}>
          {choices.map((choice) => (choice.events.length > 0 || choice.at !== null) && (
            <UnstyledButton key={choice.port} className="try-choice" onClick={() => take(choice)}>
              {choice.events.length > 0 ? <Zap size={16} aria-hidden /> : <Hourglass size={16} aria-hidden />}
              <span className="try-choice-words">
                <b>{choice.words}</b>
                <span>{choice.at !== null && `${lasting(answer.now, choice.at) || "no time"}, to ${momentOf(choice.at, zone)} · `}{choice.label}{choice.to_label ? ` → ${choice.to_label}` : " → the end"}</span>
              </span>
            </UnstyledButton>
          ))}
        </Stack>
      )}
    </div>
  );
}
