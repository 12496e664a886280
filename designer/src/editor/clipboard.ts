/**
 * Nodes on the system's clipboard, as readable JSON.
 *
 * The keys are the browser's own: its copy, cut and paste events carry the text without asking for a permission. From a
 * menu there is no such event; there the clipboard is asked, and where that is forbidden the keys are named.
 */

import { around, boxesOf, drawn, nameOf, record, reveal, say, select, targets } from "../canvas/actions";
import type { Desk } from "../canvas/desk";
import { isDrawing } from "../canvas/focus";
import { copy, paste, readClip, writeClip, type Clip } from "../graph/clipboard";
import * as commands from "../graph/commands";
import type { Position } from "../graph/document";
import { pasteOnEdge } from "../graph/splice";
import { isTyping } from "./typing";

const ASIDE = 40;

/** Listen until the answer is called. */
export function listenToClipboard(desk: Desk): () => void {
  const onCopy = (event: ClipboardEvent): void => take(desk, event, false);
  const onCut = (event: ClipboardEvent): void => take(desk, event, true);
  const onPaste = (event: ClipboardEvent): void => {
    if (!isOurs(event)) return;
    event.preventDefault();
    put(desk, event.clipboardData?.getData("text/plain") ?? "");
  };
  document.addEventListener("copy", onCopy);
  document.addEventListener("cut", onCut);
  document.addEventListener("paste", onPaste);
  return () => {
    document.removeEventListener("copy", onCopy);
    document.removeEventListener("cut", onCut);
    document.removeEventListener("paste", onPaste);
  };
}

export function copyByHand(desk: Desk): void {
  void write(clipOf(desk)).then((written) => { if (written) tell(desk, "copied"); });
}

export function cutByHand(desk: Desk): void {
  void write(clipOf(desk)).then((written) => { if (written) remove(desk); });
}

export function pasteByHand(desk: Desk): void {
  navigator.clipboard.readText().then(
    (text) => put(desk, text),
    () => say("The browser does not let Wend read the clipboard from a menu. Press Ctrl-V (⌘V on a Mac) over the drawing.", "Paste by key"),
  );
}

function take(desk: Desk, event: ClipboardEvent, away: boolean): void {
  if (!isOurs(event) || targets(desk).length === 0 || (window.getSelection()?.toString() ?? "") !== "") return;
  event.preventDefault();
  event.clipboardData?.setData("text/plain", clipOf(desk));
  if (away) remove(desk);
  else tell(desk, "copied");
}

/** Whether the event is meant for the drawing, and not for a field or a text. */
function isOurs({ target }: ClipboardEvent): boolean {
  return !isTyping(target) && isDrawing(target);
}

function clipOf(desk: Desk): string {
  return writeClip(copy(drawn(desk), desk.editor.getState().catalog, targets(desk), desk.journey));
}

function tell(desk: Desk, done: string): void {
  const nodes = targets(desk);
  const what = nodes.length === 1 ? nameOf(desk, nodes[0] ?? "") : `${String(nodes.length)} nodes`;
  desk.ui.setState({ said: `${what} ${done}.` });
}

function remove(desk: Desk): void {
  const nodes = targets(desk);
  record(desk, nodes.length === 1 ? `Cut ${nameOf(desk, nodes[0] ?? "")}` : `Cut ${String(nodes.length)} nodes`, commands.deleteNodes(drawn(desk), nodes));
  select(desk, []);
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    say("The browser does not let Wend write to the clipboard from a menu. Press Ctrl-C (⌘C on a Mac) over the drawing.", "Copy by key");
    return false;
  }
}

/** Paste a text: into the selected edge, else at the pointer, else a little aside. */
function put(desk: Desk, text: string): void {
  const clip = readClip(text);
  if (!clip || Object.keys(clip.nodes).length === 0) {
    say(text.trim() ? "What is on the clipboard is no part of a journey. Copy nodes first, here or in another journey." : "The clipboard is empty. Copy nodes first, here or in another journey.", "Nothing to paste");
    return;
  }
  const document = drawn(desk);
  const { edges, nodes } = desk.session.getState();
  const [edge] = edges;
  const by = offset(desk, clip, edge);
  const { patch, ids } =
    edge !== undefined && edges.size === 1 && nodes.size === 0 && edge in document.edges
      ? pasteOnEdge(document, edge, clip, desk.journey, around(desk), by)
      : paste(document, desk.editor.getState().catalog, clip, desk.journey, by, Math.random);
  record(desk, ids.size === 1 ? "Paste a node" : `Paste ${String(ids.size)} nodes`, patch);
  select(desk, ids.values());
  const [first] = ids.values();
  if (first !== undefined) reveal(desk, first);
}

function offset(desk: Desk, clip: Clip, edge: string | undefined): Position {
  const places = Object.values(clip.nodes).flatMap(({ position }) => (position ? [position] : []));
  if (places.length === 0) return { x: 0, y: 0 };
  const corner = { x: Math.min(...places.map((one) => one.x)), y: Math.min(...places.map((one) => one.y)) };
  const spot = spotFor(desk, edge) ?? commands.freeSpot(drawn(desk), { x: corner.x + ASIDE, y: corner.y + ASIDE });
  return { x: Math.round(spot.x - corner.x), y: Math.round(spot.y - corner.y) };
}

function spotFor(desk: Desk, edge: string | undefined): Position | undefined {
  const { flow, pointer } = desk.live;
  const drawnEdge = edge === undefined ? undefined : drawn(desk).edges[edge];
  if (drawnEdge) {
    const source = boxesOf(desk, [drawnEdge.from]).get(drawnEdge.from);
    return source && commands.freeSpot(drawn(desk), { x: source.x + commands.STEP.x, y: source.y + commands.STEP.y });
  }
  return pointer && flow ? flow.screenToFlowPosition(pointer) : undefined;
}
