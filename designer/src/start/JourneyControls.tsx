/** Pausing, resuming and stopping a journey, and its kill switch: each says first what will happen, and to how many. */

import { Alert, Badge, Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ChevronDown, CirclePause, CirclePlay, CircleStop, MailX, MailCheck } from "lucide-react";
import { useState } from "react";

import { request, type Journey, type Schemas } from "../api/client";
import { people } from "../watch/words";

type Act = "pause" | "resume" | "stop" | "off" | "on";

interface Words {
  readonly title: string;
  readonly button: string;
  readonly colour: string;
  readonly what: (inside: number) => string;
}

const WORDS: Readonly<Record<Act, Words>> = {
  pause: {
    title: "Pause the journey?", button: "Pause", colour: "orange",
    what: (inside) => `Nobody enters meanwhile, and ${people(inside)} inside will be held before their next act. Waits and delays go on, so that whoever is due acts as soon as you resume.`,
  },
  resume: {
    title: "Resume the journey?", button: "Resume", colour: "green",
    what: (inside) => `Contacts may enter again. Of ${people(inside)} inside, whoever the pause holds goes on at once: what is due is done now.`,
  },
  stop: {
    title: "Stop the journey?", button: "Stop it for everybody", colour: "red",
    what: (inside) => `${people(inside)} inside will end with the result “stopped”, and nobody enters any more. That cannot be taken back for them; publishing the journey lets contacts enter again.`,
  },
  off: {
    title: "Turn sending off?", button: "Turn sending off", colour: "red",
    what: (inside) => `Nothing more is sent to ${people(inside)} inside from this moment on. A message that is going out right now may still arrive.`,
  },
  on: {
    title: "Turn sending on?", button: "Turn sending on", colour: "green",
    what: (inside) => `Messages to ${people(inside)} inside go out again when they are due; those that were held meanwhile, within a minute.`,
  },
};

const DONE: Readonly<Record<Act, (moved: number) => string>> = {
  pause: () => "The journey is paused.",
  resume: (moved) => `The journey runs again; ${people(moved)} that it held went on.`,
  stop: (moved) => `The journey is stopped; it ended for ${people(moved)}.`,
  off: () => "Sending is off.",
  on: () => "Sending is on.",
};

const COLOURS: Readonly<Record<Journey["state"], string>> = { draft: "gray", running: "green", paused: "orange", stopped: "red" };

export function StateBadge({ journey }: { readonly journey: Journey }) {
  return (
    <Group gap={6} wrap="nowrap">
      <Badge color={COLOURS[journey.state]} variant="light" style={{ flex: "none" }} miw="max-content">{journey.state}</Badge>
      {!journey.sending && <Badge color="red">Sending is off</Badge>}
    </Group>
  );
}

export function JourneyControls({ journey, inside }: { readonly journey: Journey; readonly inside: number }) {
  const [asked, setAsked] = useState<Act>();
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" size="xs" rightSection={<ChevronDown size={14} />}>Control</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {journey.state === "running" && <Menu.Item leftSection={<CirclePause size={16} />} onClick={() => setAsked("pause")}>Pause…</Menu.Item>}
          {journey.state === "paused" && <Menu.Item leftSection={<CirclePlay size={16} />} onClick={() => setAsked("resume")}>Resume…</Menu.Item>}
          {journey.sending
            ? <Menu.Item leftSection={<MailX size={16} />} onClick={() => setAsked("off")}>Turn sending off…</Menu.Item>
            : <Menu.Item leftSection={<MailCheck size={16} />} onClick={() => setAsked("on")}>Turn sending on…</Menu.Item>}
          {(journey.state === "running" || journey.state === "paused") && (
            <>
              <Menu.Divider />
              <Menu.Item color="var(--mantine-color-error)" leftSection={<CircleStop size={16} />} onClick={() => setAsked("stop")}>Stop…</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {asked && <ActDialog act={asked} journey={journey} inside={inside} close={() => setAsked(undefined)} />}
    </>
  );
}

interface ActDialogProps {
  readonly act: Act;
  readonly journey: Journey;
  readonly inside: number;
  readonly close: () => void;
}

/** What an act does to how many, asked once more. */
export function ActDialog({ act, journey, inside, close }: ActDialogProps) {
  const client = useQueryClient();
  const words = WORDS[act];
  const run = useMutation({
    mutationFn: () => perform(journey.id, act),
    onSuccess: async (moved) => {
      notifications.show({ color: words.colour, message: DONE[act](moved ?? 0) });
      close();
      await Promise.all(["journey", "journeys", "numbers", "campaigns"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
  });
  return (
    <Modal opened onClose={close} title={words.title} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        <Text size="sm">{words.what(inside)}</Text>
        {run.error && <Alert color="red" title="That did not work">{run.error.message}</Alert>}
        <Group justify="end">
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button color={words.colour} loading={run.isPending} onClick={() => run.mutate()}>{words.button}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** How many it moved, where it moves anybody. */
async function perform(journey: string, act: Act): Promise<number | undefined> {
  if (act === "on" || act === "off") {
    await request<Journey>("PUT", `/journeys/${journey}/sending`, { on: act === "on" });
    return undefined;
  }
  const { enrolments } = await request<Schemas["Moved"]>("POST", `/journeys/${journey}/${act}`);
  return act === "pause" ? undefined : enrolments;
}
