/** A journey from a file or pasted text: looked at by the engine before it becomes a journey of its own or part of this draft. */

import { Alert, Button, FileButton, Group, List, Modal, Radio, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { request, type Schemas } from "../api/client";
import { postJourney } from "../api/queries";
import { EMPTY, isObject, readDocument, type Flowchart } from "../graph/document";
import { difference } from "../graph/patch";
import { addressOf } from "../router";
import { useEditorRoom } from "./room";

type Check = Schemas["CheckOut"];
type Diagnostic = Check["diagnostics"][number];

interface Looked {
  readonly raw: Record<string, unknown>;
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined where it cannot be read at all. */
  readonly document: Flowchart | undefined;
}

const UNREADABLE = ["document-unreadable", "document-not-upgraded", "too-many-nodes", "too-many-edges", "nested-too-deeply", "not-storable"];
const MOST_SHOWN = 8;

export function ImportDialog({ close }: { readonly close: () => void }) {
  const { editor } = useEditorRoom();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const [looked, setLooked] = useState<Looked>();
  const [wrong, setWrong] = useState("");
  const [into, setInto] = useState("new");
  const [busy, setBusy] = useState(false);

  const take = (next: string): void => {
    setText(next);
    setLooked(undefined);
    setWrong("");
  };
  const run = (act: () => Promise<void>): void => {
    setBusy(true);
    setWrong("");
    act().catch((error: unknown) => setWrong(error instanceof Error ? error.message : String(error))).finally(() => setBusy(false));
  };
  const look = async (): Promise<void> => setLooked(await lookAt(text));
  const bring = async (document: Flowchart): Promise<void> => {
    if (into === "here") {
      const { history, record } = editor.getState();
      record("Import", difference(history.document, { ...document, name: history.document.name }));
      notifications.show({ color: "green", message: "The draft is replaced by the imported journey. Undo brings the old one back." });
    } else {
      const { id } = await postJourney({ ...document, name: document.name.trim() || "Imported journey" });
      await client.invalidateQueries({ queryKey: ["journeys"] });
      window.location.hash = addressOf({ page: "journey", journey: id, mode: "draw" });
    }
    close();
  };
  const document = looked?.document;
  return (
    <Modal opened onClose={close} closeButtonProps={{ "aria-label": "Close" }} title="Import a journey" size="lg">
      <Stack>
        <Group>
          <FileButton accept="application/json,.json" onChange={(file) => { if (file) void file.text().then(take); }}>
            {(props) => <Button variant="default" {...props}>Choose a file</Button>}
          </FileButton>
          <Text size="sm" c="dimmed">or paste its JSON below</Text>
        </Group>
        <Textarea label="The journey as JSON" autosize minRows={5} maxRows={12} value={text} onChange={(event) => take(event.currentTarget.value)} styles={{ input: { fontFamily: "monospace", fontSize: 12 } }} />
        {wrong && <Alert color="red" title="That cannot be imported">{wrong}</Alert>}
        {looked && <Findings looked={looked} />}
        {document && (
          <Radio.Group label="Where to" value={into} onChange={setInto}>
            <Stack gap={6} mt={6}>
              <Radio value="new" label="A new journey" />
              <Radio value="here" label="This draft: what is drawn here is replaced, in one step that can be undone" />
            </Stack>
          </Radio.Group>
        )}
        <Group justify="end">
          <Button variant="default" onClick={close}>Cancel</Button>
          {document
            ? <Button loading={busy} onClick={() => run(() => bring(document))}>Import</Button>
            : <Button loading={busy} disabled={text.trim() === ""} onClick={() => run(look)}>Look at it</Button>}
        </Group>
      </Stack>
    </Modal>
  );
}

function Findings({ looked: { document, diagnostics } }: { readonly looked: Looked }) {
  if (!document) {
    return <Alert color="red" title="This cannot be read as a journey"><Told diagnostics={diagnostics} /></Alert>;
  }
  const counts = `${String(Object.keys(document.nodes).length)} nodes, ${String(Object.keys(document.edges).length)} connections`;
  const errors = diagnostics.filter((one) => one.severity === "error");
  if (errors.length === 0) return <Alert color="green" title={`“${document.name || "Without a name"}”: ${counts}`}>It can be published as it is.</Alert>;
  return (
    <Alert color="orange" title={`“${document.name || "Without a name"}”: ${counts}`}>
      <Text size="sm">It can be imported. Before it can be published, these need a look:</Text>
      <Told diagnostics={errors} />
    </Alert>
  );
}

function Told({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }) {
  return (
    <List size="sm">
      {diagnostics.slice(0, MOST_SHOWN).map((one, at) => <List.Item key={at}>{one.message} {one.fix.text}</List.Item>)}
      {diagnostics.length > MOST_SHOWN && <List.Item>and {diagnostics.length - MOST_SHOWN} more</List.Item>}
    </List>
  );
}

async function lookAt(text: string): Promise<Looked> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is no JSON: ${error instanceof Error ? error.message : ""}. Take the whole file, as it was exported.`, { cause: error });
  }
  if (!isObject(raw)) throw new Error("This is no journey: it is no JSON object. Choose a journey's file.");
  const { diagnostics } = await request<Check>("POST", "/journeys/check", { document: raw });
  const unreadable = diagnostics.filter((one) => UNREADABLE.includes(one.code));
  if (unreadable.length > 0) return { raw, diagnostics: unreadable, document: undefined };
  return { raw, diagnostics, document: { ...EMPTY, ...readDocument(raw) } };
}
