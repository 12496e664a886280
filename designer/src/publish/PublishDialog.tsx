/** Publishing: what is wrong, or what changes and for whom; then the draft that was seen here becomes a version. */

import { Alert, Anchor, Button, Group, List, Loader, Modal, ScrollArea, Stack, Text, UnstyledButton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { useStore } from "zustand";

import { Problem, request, type Schemas } from "../api/client";
import { journeyQuery } from "../api/queries";
import { useEditorRoom } from "../editor/room";
import { goTo } from "../router";
import { diffQuery } from "../watch/requests";
import { people } from "../watch/words";

const StartDialog = lazy(async () => ({ default: (await import("../start/StartDialog")).StartDialog }));

type Diagnostic = Schemas["Diagnostic"];

export function PublishDialog({ close }: { readonly close: () => void }) {
  const { journey, autosave } = useEditorRoom();
  const { state } = useStore(autosave.status);
  const [saved, setSaved] = useState(false);
  const [done, setDone] = useState<number>();
  const [starting, setStarting] = useState(false);
  // What is looked at here is what is saved: first save, then look.
  useEffect(() => {
    void autosave.flush().then(() => setSaved(true));
  }, [autosave]);
  const unsaved = saved && (state === "failed" || state === "conflict" || state === "offline");
  if (starting) return <Suspense fallback={null}><StartDialog journey={journey} close={close} /></Suspense>;
  return (
    <Modal opened onClose={close} title={done === undefined ? "Publish the journey" : `Version ${String(done)} is published`} size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      {done !== undefined && <Published start={() => setStarting(true)} close={close} />}
      {done === undefined && unsaved && <Alert color="red" title="The draft is not saved">{UNSAVED[state] ?? ""} Then publish.</Alert>}
      {done === undefined && !unsaved && !saved && <Group><Loader size="sm" /><Text size="sm">Saving the draft…</Text></Group>}
      {done === undefined && !unsaved && saved && <Look close={close} published={setDone} />}
    </Modal>
  );
}

const UNSAVED: Readonly<Record<string, string>> = {
  failed: "Something in it cannot be saved: look at the message above the drawing.",
  conflict: "Somebody else changed the same places: choose whose changes stay, above the drawing.",
  offline: "Wend cannot be reached just now. It is tried again by itself.",
};

function Look({ close, published }: { readonly close: () => void; readonly published: (version: number) => void }) {
  const { journey, autosave } = useEditorRoom();
  const [seen] = useState(() => autosave.revision());
  const current = useStore(autosave.status, () => autosave.revision());
  const check = useQuery({ queryKey: ["publish", journey, seen], queryFn: () => request<Schemas["CheckOut"]>("GET", `/journeys/${journey}/check`), staleTime: 0 });
  const client = useQueryClient();
  const publish = useMutation({
    mutationFn: async () => {
      await autosave.flush();
      return request<Schemas["PlanDetail"]>("POST", `/journeys/${journey}/publish`, { revision: seen });
    },
    onSuccess: async ({ number }) => {
      published(number);
      await Promise.all(["journey", "journeys", "plans", "diff"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    },
  });
  const [again, setAgain] = useState(false);
  const moved = current !== seen || (publish.error instanceof Problem && publish.error.kind === "draft-changed");
  if (again) return <Look close={close} published={published} />;
  if (check.error) return <Alert color="red" title="It cannot be checked">{check.error.message}</Alert>;
  if (!check.data) return <Group><Loader size="sm" /><Text size="sm">Checking…</Text></Group>;
  const errors = check.data.diagnostics.filter((one) => one.severity === "error");
  const warnings = check.data.diagnostics.filter((one) => one.severity !== "error");
  return (
    <Stack>
      {moved && (
        <Alert color="orange" title="The draft has changed meanwhile">
          <Text size="sm">Somebody changed it after this was opened. Look at what is published now, before you publish it.</Text>
          <Button mt="xs" size="xs" onClick={() => setAgain(true)}>Look again</Button>
        </Alert>
      )}
      {errors.length > 0
        ? <Found title={`${String(errors.length)} ${errors.length === 1 ? "error keeps" : "errors keep"} it from being published`} colour="red" found={errors} close={close} />
        : <Changes seen={seen} />}
      {warnings.length > 0 && <Found title={`Worth a second look: ${String(warnings.length)}`} colour="orange" found={warnings} close={close} />}
      {publish.error && !moved && <Alert color="red" title="It is not published">{publish.error.message}</Alert>}
      <Group justify="end">
        <Button variant="default" onClick={close}>Cancel</Button>
        <Button disabled={errors.length > 0 || moved} loading={publish.isPending} onClick={() => publish.mutate()}>Publish</Button>
      </Group>
    </Stack>
  );
}

interface FoundProps {
  readonly title: string;
  readonly colour: string;
  readonly found: readonly Diagnostic[];
  readonly close: () => void;
}

function Found({ title, colour, found, close }: FoundProps) {
  const { editor, session } = useEditorRoom();
  const go = (one: Diagnostic): void => {
    const { nodes, edges } = editor.getState().history.document;
    if (one.node && one.node in nodes) session.setState({ nodes: new Set([one.node]), edges: new Set(), side: undefined, ...(one.field ? { focus: { node: one.node, field: one.field } } : {}) });
    else if (one.edge && one.edge in edges) session.setState({ nodes: new Set(), edges: new Set([one.edge]), side: undefined });
    else session.setState({ side: "problems" });
    close();
  };
  return (
    <Alert color={colour} title={title}>
      <ScrollArea.Autosize mah={260}>
        <List size="sm" spacing={6} listStyleType="none">
          {found.map((one) => (
            <List.Item key={JSON.stringify([one.code, one.node, one.edge, one.field, one.message])}>
              <UnstyledButton onClick={() => go(one)} aria-label={`${one.message} Go there.`}><Text span size="sm" td="underline">{one.message}</Text></UnstyledButton>
              <Text size="sm" c="dimmed">{one.fix.text}</Text>
            </List.Item>
          ))}
        </List>
      </ScrollArea.Autosize>
    </Alert>
  );
}

function Changes({ seen }: { readonly seen: number }) {
  const { journey } = useEditorRoom();
  const about = useQuery({ ...journeyQuery(journey), staleTime: 0 });
  const before = about.data?.plan ?? undefined;
  const diff = useQuery({ ...diffQuery(journey, before && String(before.number), "draft", seen), enabled: about.data !== undefined });
  const error = about.error ?? diff.error;
  if (error) return <Alert color="red" title="What changed cannot be shown">{error.message}</Alert>;
  if (!about.data || !diff.data) return <Group><Loader size="sm" /><Text size="sm">Comparing…</Text></Group>;
  if (!before) return <Text size="sm">This is the first version: {diff.data.filter((one) => one.part === "node").length} nodes. Nobody enters by publishing alone; you start it afterwards, or its triggers do.</Text>;
  const { inside } = about.data;
  return (
    <Stack gap="xs">
      {diff.data.length === 0
        ? <Alert color="blue" title={`Nothing means anything else than in version ${String(before.number)}`}>Publishing makes no new version. Where things are drawn is no change.</Alert>
        : <>
          <Text size="sm" fw={600}>Since version {before.number}:</Text>
          <ScrollArea.Autosize mah={260}><List size="sm" spacing={4}>{diff.data.map((one) => <List.Item key={`${one.part} ${one.id} ${one.field ?? ""} ${one.text}`}>{one.text}</List.Item>)}</List></ScrollArea.Autosize>
          <Anchor size="sm" href={`#/journeys/${journey}/versions?from=${String(before.number)}&to=draft`}>See it side by side</Anchor>
        </>}
      <Alert color={inside > 0 ? "blue" : "gray"} title={inside > 0 ? `${people(inside)} inside now` : "Nobody is inside now"}>
        {inside > 0 ? "They finish on the version that they entered. Whoever enters from now on enters the new one." : "Whoever enters from now on enters the new version."}
        {about.data.state === "paused" && " The journey is paused, and stays so."}
        {about.data.state === "stopped" && " The journey is stopped: publishing lets contacts enter again."}
      </Alert>
    </Stack>
  );
}

function Published({ start, close }: { readonly start: () => void; readonly close: () => void }) {
  const { journey } = useEditorRoom();
  return (
    <Stack>
      <Text size="sm">Contacts may enter it from now on. Let some enter, or watch who comes by its triggers.</Text>
      <Group justify="end">
        <Button variant="default" onClick={close}>Go on drawing</Button>
        <Button variant="light" onClick={() => { close(); goTo({ page: "journey", journey, mode: "watch" }); }}>Watch it</Button>
        <Button onClick={start} data-autofocus>Start</Button>
      </Group>
    </Stack>
  );
}
