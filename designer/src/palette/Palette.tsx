/** All node types by family: drag one onto the drawing, or click it to add it after what is selected. */

import { ActionIcon, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { ChevronDown, ChevronRight, PanelLeftClose, PanelLeftOpen, Search } from "lucide-react";
import { useState, type DragEvent, type KeyboardEvent } from "react";
import { useStore } from "zustand";

import { add, impliedPlace } from "../canvas/actions";
import { useDesk, useUi } from "../canvas/desk";
import { DRAGGED } from "../canvas/dropping";
import { recent } from "../canvas/recent";
import type { Manifest } from "../graph/manifest";
import { FAMILIES, FAMILY_WORDS, searchManifests } from "../graph/search";
import { NodeIcon } from "./NodeIcon";
import "./palette.css";

export function Palette() {
  const { ui } = useDesk();
  const open = useUi((state) => state.palette);
  if (!open) {
    return (
      <div className="palette palette-closed">
        <Tooltip label="Show the palette" position="right">
          <ActionIcon variant="subtle" color="gray" aria-label="Show the palette" onClick={() => ui.setState({ palette: true })}><PanelLeftOpen size={18} /></ActionIcon>
        </Tooltip>
      </div>
    );
  }
  return <OpenPalette />;
}

function OpenPalette() {
  const desk = useDesk();
  const catalog = useStore(desk.editor, (state) => state.catalog);
  const lately = useStore(recent);
  const [text, setText] = useState("");
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const found = searchManifests(catalog.newest(), text);
  const [first] = found;
  const groups = text ? [{ title: found.length === 1 ? "1 node" : `${String(found.length)} nodes`, items: found }] : grouped(found, lately);
  const put = (manifest: Manifest): void => add(desk, manifest, impliedPlace(desk));
  const fold = (title: string): void => setFolded((known) => {
    const next = new Set(known);
    if (!next.delete(title)) next.add(title);
    return next;
  });
  return (
    <nav className="palette" aria-label="Palette" onKeyDown={walk}>
      <div className="palette-top">
        <TextInput
          size="xs" aria-label="Search the palette" placeholder="Search nodes" leftSection={<Search size={14} />} value={text} style={{ flex: 1 }}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && text && first) put(first);
            else if (event.key === "Escape") setText("");
          }}
        />
        <Tooltip label="Hide the palette">
          <ActionIcon variant="subtle" color="gray" aria-label="Hide the palette" onClick={() => desk.ui.setState({ palette: false })}><PanelLeftClose size={18} /></ActionIcon>
        </Tooltip>
      </div>
      <div className="palette-list">
        {groups.map(({ title, items }) => (
          <section key={title} aria-label={title}>
            <UnstyledButton className="palette-title" aria-expanded={!folded.has(title)} onClick={() => fold(title)}>
              {folded.has(title) ? <ChevronRight size={14} /> : <ChevronDown size={14} />}{title}
            </UnstyledButton>
            {!folded.has(title) && items.map((one) => <Item key={one.key} manifest={one} put={put} />)}
          </section>
        ))}
        {found.length === 0 && <p className="search-nothing" role="status">No node does that. Search for another word.</p>}
      </div>
    </nav>
  );
}

function Item({ manifest, put }: { readonly manifest: Manifest; readonly put: (manifest: Manifest) => void }) {
  const begin = (event: DragEvent): void => {
    event.dataTransfer.setData(DRAGGED, manifest.key);
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    <UnstyledButton className="palette-item" draggable onDragStart={begin} onClick={() => put(manifest)} title={manifest.help}>
      <NodeIcon {...manifest} />
      {manifest.label}
    </UnstyledButton>
  );
}

function grouped(manifests: readonly Manifest[], lately: readonly string[]): { title: string; items: Manifest[] }[] {
  const last = lately.flatMap((key) => manifests.filter((one) => one.key === key));
  return [
    { title: "Recent", items: last },
    ...FAMILIES.map((family) => ({ title: FAMILY_WORDS[family], items: manifests.filter((one) => one.family === family) })),
  ].filter(({ items }) => items.length > 0);
}

/** Arrows go through the buttons, from the search field on. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("input, .palette-item, .palette-title")];
  const here = stops.findIndex((one) => one === event.target);
  stops[here + step]?.focus();
  event.preventDefault();
}
