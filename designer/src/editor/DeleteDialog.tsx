/** Deleting a journey that was never used, asked once more; one that was used is stopped instead. */

import { Alert, Button, Group, Loader, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Problem, type Journey } from "../api/client";
import { deleteJourney, journeyQuery } from "../api/queries";
import { ActDialog } from "../start/JourneyControls";
import type { Person } from "../store/live";
import { people as contacts } from "../watch/words";

interface DeleteDialogProps {
  readonly journey: string;
  readonly name: string;
  /** Who else has it open, once that is known: who deletes knows it first. */
  readonly others: readonly Person[] | undefined;
  readonly close: () => void;
  /** What comes before the request. */
  readonly before?: () => Promise<void>;
  /** It stays. */
  readonly stays?: () => void;
  /** It is gone. */
  readonly deleted: () => void;
}

export function DeleteDialog({ journey, name, others, close, before, stays, deleted }: DeleteDialogProps) {
  const client = useQueryClient();
  const [stopping, setStopping] = useState(false);
  const { data, error } = useQuery({ ...journeyQuery(journey), staleTime: 0, retry: false });
  const run = useMutation({
    mutationFn: async () => {
      await before?.();
      await deleteJourney(journey).catch(unlessGone);
    },
    onSuccess: async () => {
      deleted();
      notifications.show({ color: "green", message: `“${name}” is deleted.` });
      client.removeQueries({ queryKey: ["journey", journey] });
      await client.invalidateQueries({ queryKey: ["journeys"] });
    },
    onError: () => {
      stays?.();
      return client.invalidateQueries({ queryKey: ["journey", journey] });
    },
  });
  if (stopping && data) return <ActDialog act="stop" journey={data} inside={data.inside} close={close} />;
  const used = data !== undefined && data.entered > 0;
  const stoppable = data?.state === "running" || data?.state === "paused";
  const kept = used || (run.error instanceof Problem && run.error.kind === "journey-in-use");
  return (
    <Modal opened onClose={close} title={used ? `“${name}” cannot be deleted` : `Delete “${name}”?`} closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        {error && <Alert color="red" title="The journey cannot be looked at">{error.message}</Alert>}
        {(!data || (!used && !others)) && !error && <Loader size="sm" aria-label="The journey is looked at" />}
        {data && used && <Text size="sm">{whyNot(data)}</Text>}
        {data && !used && <Text size="sm">{whatGoes(data)}</Text>}
        {data && !used && others && others.length > 0 && <Alert color="orange" title={`${names(others)} ${others.length === 1 ? "has" : "have"} it open`}>What is drawn there goes with it, and they are told.</Alert>}
        {run.error && <Alert color="red" title="The journey is not deleted">{run.error.message}</Alert>}
        <Group justify="end">
          <Button variant="default" onClick={close} data-autofocus>{used ? "Close" : "Cancel"}</Button>
          {kept && stoppable && <Button color="red" onClick={() => setStopping(true)}>Stop it instead…</Button>}
          {data && others && !kept && <Button color="red" loading={run.isPending} onClick={() => run.mutate()}>Delete it for good</Button>}
        </Group>
      </Stack>
    </Modal>
  );
}

/** Somebody else was faster: it is gone, as was wanted. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Problem) || error.kind !== "unknown-journey") throw error;
}

function whyNot({ entered, state }: Journey): string {
  const why = `${contacts(entered)} ${entered === 1 ? "has" : "have"} entered it, and what they did and got is told by it.`;
  return state === "stopped" ? `${why} It is stopped, so that nobody enters it any more; rename it if its name is wanted.` : `${why} Stop it instead: then nobody enters it any more, and what happened can still be looked up.`;
}

function whatGoes({ plan, state }: Journey): string {
  const versions = plan === null ? "" : plan.number === 1 ? " and its version" : " and its versions";
  const enters = state === "running" ? " It is running: whoever it waits for does not enter any more." : "";
  return `Nobody has entered it. Its draft${versions} will be gone for good, and nobody can bring that back; export it as JSON first if it may be wanted again.${enters}`;
}

function names(people: readonly Person[]): string {
  const listed = [...new Set(people.map((one) => one.name))];
  return listed.length > 1 ? `${listed.slice(0, -1).join(", ")} and ${listed.at(-1) ?? ""}` : listed.join("");
}
