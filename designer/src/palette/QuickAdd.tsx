/** The palette where it is asked for: at a port, on an edge, at a point of the canvas. */

import { Popover } from "@mantine/core";
import { useStore } from "zustand";

import { add, nameOf } from "../canvas/actions";
import { useDesk, useUi, type Desk, type Place, type Point } from "../canvas/desk";
import { recent } from "../canvas/recent";
import type { Manifest } from "../graph/manifest";
import { FAMILIES, FAMILY_WORDS, searchManifests } from "../graph/search";
import { NodeIcon } from "./NodeIcon";
import { SearchList, type Choice } from "./SearchList";

export function QuickAdd() {
  const over = useUi((ui) => ui.over);
  return over?.kind === "add" ? <OpenQuickAdd key={`${String(over.at.x)} ${String(over.at.y)}`} place={over.place} at={over.at} /> : null;
}

function OpenQuickAdd({ place, at }: { readonly place: Place; readonly at: Point }) {
  const desk = useDesk();
  const catalog = useStore(desk.editor, (state) => state.catalog);
  const offered = catalog.newest().filter((one) => place.kind === "free" || !begins(one));
  const close = (): void => desk.ui.setState({ over: undefined });
  const choose = (key: string): void => {
    const manifest = catalog.latest(key.replace(/^recent /, ""));
    close();
    if (manifest) add(desk, manifest, place);
  };
  return (
    <Popover opened onDismiss={close} position="bottom-start" width={300} trapFocus returnFocus shadow="lg" withinPortal middlewares={{ shift: { padding: 8 }, flip: true }}>
      <Popover.Target><button type="button" className="flow-anchor" aria-label="Here" tabIndex={-1} style={{ left: at.x, top: at.y }} /></Popover.Target>
      <Popover.Dropdown aria-label={titleOf(desk, place)} p="xs">
        <p className="quick-title">{titleOf(desk, place)}</p>
        <SearchList label="Search nodes to add" placeholder="Email, wait, text…" find={(text) => choicesOf(offered, text)} onChoose={choose} nothing="No node does that. Search for another word." />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Contacts begin at such a node, so that it follows on nothing. */
function begins({ family, operation }: Manifest): boolean {
  return family === "trigger" || operation === "goal";
}

function choicesOf(manifests: readonly Manifest[], text: string): Choice[] {
  const choice = (one: Manifest, group?: string): Choice => ({ id: one.key, label: one.label, hint: one.help, icon: <NodeIcon {...one} />, ...(group ? { group } : {}) });
  if (text.trim()) return searchManifests(manifests, text).map((one) => choice(one));
  const last = recent.getState().flatMap((key) => manifests.filter((one) => one.key === key));
  return [
    ...last.map((one) => ({ ...choice(one, "Recent"), id: `recent ${one.key}` })),
    ...FAMILIES.flatMap((family) => manifests.filter((one) => one.family === family).map((one) => choice(one, FAMILY_WORDS[family]))),
  ];
}

function titleOf(desk: Desk, place: Place): string {
  if (place.kind === "free") return "Add a node";
  if (place.kind === "edge") return "Add a node on the connection";
  return place.kind === "before" ? `Add a node before ${nameOf(desk, place.node)}` : `Add a node after ${nameOf(desk, place.node)}`;
}
