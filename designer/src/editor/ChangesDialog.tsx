/** Who changed what in the draft, the newest first. */

import { Alert, Loader, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { request, type SavedChange } from "../api/client";
import { nodeName } from "../graph/disputeWords";
import type { Flowchart } from "../graph/document";
import type { Catalog } from "../graph/manifest";
import { useEditorRoom } from "./room";

const MOST_PLACES = 3;

export function ChangesDialog({ close }: { readonly close: () => void }) {
  const { journey, editor } = useEditorRoom();
  const { data, error } = useQuery({ queryKey: ["changes", journey], queryFn: () => request<SavedChange[]>("GET", `/journeys/${journey}/draft/changes`), gcTime: 0 });
  const { history, catalog } = editor.getState();
  return (
    <Modal opened onClose={close} closeButtonProps={{ "aria-label": "Close" }} title="Who changed what">
      {error && <Alert color="red" title="That did not work">{error.message}</Alert>}
      {!data && !error && <Loader aria-label="The changes are loading" />}
      {data?.length === 0 && <Text c="dimmed">Nothing was changed since the journey was made.</Text>}
      <Stack gap="xs" component="ol" style={{ listStyle: "none", padding: 0, margin: 0 }}>
        {data?.map((one) => (
          <li key={one.revision}>
            <Text size="sm" fw={500}>{one.step || "Change"}: {placesOf(one, history.document, catalog)}</Text>
            <Text size="xs" c="dimmed">{one.author.name || "Somebody"}, {new Date(one.at).toLocaleString()}</Text>
          </li>
        ))}
      </Stack>
    </Modal>
  );
}

function placesOf({ patch }: SavedChange, document: Flowchart, catalog: Catalog): string {
  const places = new Set(patch.map(({ kind, id, before, after }) => {
    if (kind === "node") return `“${nameIn(before) ?? nameIn(after) ?? nodeName(id, [document], catalog)}”`;
    if (kind === "edge") return "connections";
    if (kind === "template") return `template “${id}”`;
    if (kind === "promotion") return `promotion “${id}”`;
    return kind === "settings" ? "settings" : "name";
  }));
  const shown = [...places].slice(0, MOST_PLACES).join(", ");
  return places.size > MOST_PLACES ? `${shown} and ${String(places.size - MOST_PLACES)} more` : shown;
}

function nameIn(part: unknown): string | undefined {
  const name = typeof part === "object" && part !== null && "name" in part ? part.name : undefined;
  return typeof name === "string" ? name : undefined;
}
