/** Two versions side by side, at the same place, with what changed in words beside them. */

import { Alert, Badge, List, ScrollArea, Stack, Text, UnstyledButton } from "@mantine/core";
import { useElementSize, useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import type { Viewport } from "@xyflow/react";
import { useMemo, useState } from "react";
import { useStore } from "zustand";

import { makeDecorations } from "../canvas/decorations";
import { FlowView } from "../canvas/FlowView";
import { WIDTH } from "../canvas/model";
import { useEditorRoom } from "../editor/room";
import type { Flowchart } from "../graph/document";
import { diffQuery, type Change } from "../watch/requests";
import { marksOf, nodeOf } from "./marks";
import { centred, fitted } from "./viewport";

interface CompareProps {
  readonly journey: string;
  readonly from: string;
  readonly to: string;
  readonly before: Flowchart;
  readonly after: Flowchart;
  readonly nameOf: (version: string) => string;
}

export function Compare({ journey, from, to, before, after, nameOf }: CompareProps) {
  const { editor, autosave } = useEditorRoom();
  const catalog = useStore(editor, (state) => state.catalog);
  useStore(autosave.status);
  const drafted = from === "draft" || to === "draft";
  const diff = useQuery(diffQuery(journey, from, to, drafted ? autosave.revision() : undefined));
  const marks = useMemo(() => marksOf(before, after), [before, after]);
  const old = useMemo(() => makeDecorations(marks.old), [marks]);
  const fresh = useMemo(() => makeDecorations(marks.new), [marks]);
  const wide = useMediaQuery("(min-width: 900px)", true, { getInitialValueInEffect: false });
  const { ref, width, height } = useElementSize();
  const [moved, setMoved] = useState<Viewport>();
  const [selected, setSelected] = useState<string>();
  const viewport = moved ?? (width > 0 ? fitted([before, after], { width, height }) : undefined);
  const go = (change: Change): void => {
    const document = nodeOf(change, after) === undefined ? before : after;
    const node = nodeOf(change, document);
    const place = node === undefined ? undefined : document.nodes[node]?.position;
    if (node === undefined || !place) return;
    setSelected(node);
    setMoved(centred({ x: place.x + WIDTH / 2, y: place.y + 50 }, { width, height }, Math.max(viewport?.zoom ?? 1, 0.6)));
  };
  const views = wide ? [{ name: from, document: before, decorations: old }, { name: to, document: after, decorations: fresh }] : [{ name: to, document: after, decorations: fresh }];
  return (
    <div className="compare">
      <div className="compare-views">
        {views.map((one, at) => (
          <section key={at} className="compare-view" aria-label={nameOf(one.name)}>
            <Badge className="compare-name" variant="default" tt="none" size="lg">{nameOf(one.name)}</Badge>
            <div ref={at === 0 ? ref : undefined} className="compare-canvas">
              {viewport && <FlowView document={one.document} catalog={catalog} decorations={one.decorations} selected={selected} onSelect={setSelected} viewport={viewport} onViewportChange={setMoved} />}
            </div>
          </section>
        ))}
      </div>
      <aside className="compare-words" aria-label="What changed, in words">
        <ScrollArea h="100%">
          <Stack p="md" gap="xs">
            <Text fw={600}>What changed</Text>
            {diff.error && <Alert color="red" title="It cannot be said in words">{diff.error.message}</Alert>}
            {diff.data?.length === 0 && <Text size="sm" c="dimmed">Nothing means anything else. Where things are drawn is no change.</Text>}
            <List spacing={8} listStyleType="none">
              {diff.data?.map((one) => <Row key={`${one.part} ${one.id} ${one.field ?? ""} ${one.text}`} change={one} leads={nodeOf(one, after) !== undefined || nodeOf(one, before) !== undefined} go={() => go(one)} />)}
            </List>
          </Stack>
        </ScrollArea>
      </aside>
    </div>
  );
}

const COLOURS: Readonly<Record<Change["what"], string>> = { added: "green", removed: "red", changed: "yellow" };

function Row({ change, leads, go }: { readonly change: Change; readonly leads: boolean; readonly go: () => void }) {
  const words = <><Badge size="xs" variant="light" color={COLOURS[change.what]} mr={6}>{change.what}</Badge><Text span size="sm">{change.text}</Text></>;
  return <List.Item>{leads ? <UnstyledButton className="compare-change" onClick={go}>{words}</UnstyledButton> : words}</List.Item>;
}
