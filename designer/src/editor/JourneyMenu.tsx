/** What one does with a journey as a whole: rename, duplicate, take it out as a file, bring one in, see who changed what, delete it. */

import { ActionIcon, Button, Group, Loader, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { Copy, Download, EllipsisVertical, FileUp, History, Pencil, Trash2 } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { useStore } from "zustand";

import { postCopy } from "../api/queries";
import { nameJourney } from "../graph/commands";
import { addressOf, goTo } from "../router";
import { DeleteDialog } from "./DeleteDialog";
import { download } from "./download";
import { useEditorRoom } from "./room";

const ImportDialog = lazy(() => import("./ImportDialog").then(({ ImportDialog: Room }) => ({ default: Room })));
const ChangesDialog = lazy(() => import("./ChangesDialog").then(({ ChangesDialog: Room }) => ({ default: Room })));

type Dialog = "rename" | "import" | "changes" | "delete" | undefined;

export function JourneyMenu() {
  const { editor } = useEditorRoom();
  const [dialog, setDialog] = useState<Dialog>();
  const client = useQueryClient();
  const more = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setDialog(undefined);
    // The menu's item, to which a dialog would give the focus back, is gone with the menu.
    setTimeout(() => more.current?.focus());
  };
  const duplicate = (): void => {
    postCopy(editor.getState().history.document)
      .then(async ({ id }) => {
        await client.invalidateQueries({ queryKey: ["journeys"] });
        window.location.hash = addressOf({ page: "journey", journey: id, mode: "draw" });
      })
      .catch((error: unknown) => notifications.show({ color: "red", title: "The journey is not duplicated", message: error instanceof Error ? error.message : String(error) }));
  };
  return (
    <>
      <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon ref={more} variant="subtle" color="gray" size="lg" aria-label="More for this journey"><EllipsisVertical size={18} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Pencil size={16} />} onClick={() => setDialog("rename")}>Rename…</Menu.Item>
          <Menu.Item leftSection={<Copy size={16} />} onClick={duplicate}>Duplicate</Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<Download size={16} />} onClick={() => download(editor.getState().history.document)}>Export as JSON</Menu.Item>
          <Menu.Item leftSection={<FileUp size={16} />} onClick={() => setDialog("import")}>Import JSON…</Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<History size={16} />} onClick={() => setDialog("changes")}>Who changed what</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="var(--mantine-color-error)" leftSection={<Trash2 size={16} />} onClick={() => setDialog("delete")}>Delete…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === "rename" && <RenameDialog close={close} />}
      {dialog === "delete" && <DeleteThis close={close} />}
      <Suspense fallback={<Loader size="xs" />}>
        {dialog === "import" && <ImportDialog close={close} />}
        {dialog === "changes" && <ChangesDialog close={close} />}
      </Suspense>
    </>
  );
}

function DeleteThis({ close }: { readonly close: () => void }) {
  const { journey, editor, autosave, live } = useEditorRoom();
  const { people, me } = useStore(live.company);
  const { name } = editor.getState().history.document;
  // What this window saves or says of itself while the journey goes would find none.
  const before = async (): Promise<void> => { await Promise.all([autosave.hold(), live.hold()]); };
  const stays = (): void => {
    autosave.release();
    live.release();
  };
  const deleted = (): void => {
    autosave.end();
    goTo({ page: "journeys" });
  };
  return <DeleteDialog journey={journey} name={name} others={me && people.filter((one) => one.tab !== me.tab)} close={close} before={before} stays={stays} deleted={deleted} />;
}

function RenameDialog({ close }: { readonly close: () => void }) {
  const { editor } = useEditorRoom();
  const [name, setName] = useState(editor.getState().history.document.name);
  const empty = name.trim() === "";
  const rename = (): void => {
    const { history, record } = editor.getState();
    record("Rename the journey", nameJourney(history.document, name.trim()));
    close();
  };
  return (
    <Modal opened onClose={close} closeButtonProps={{ "aria-label": "Close" }} title="Rename the journey">
      <form onSubmit={(event) => { event.preventDefault(); if (!empty) rename(); }}>
        <Stack>
          <TextInput label="Name" maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} error={empty && "A journey has a name. Give it one after its purpose."} data-autofocus />
          <Group justify="end"><Button type="submit" disabled={empty}>Rename</Button></Group>
        </Stack>
      </form>
    </Modal>
  );
}
