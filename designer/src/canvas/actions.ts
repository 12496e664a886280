/** What the parts of the desk do to the draft: a command of the flowchart, recorded under its name, and what is selected after it. */

import { notifications } from "@mantine/notifications";

import * as commands from "../graph/commands";
import type { Flowchart, Position } from "../graph/document";
import type { Box } from "../graph/guides";
import { edgeAt } from "../graph/legality";
import type { Manifest } from "../graph/manifest";
import type { Patch } from "../graph/patch";
import { labelOf, portsOfNode } from "../graph/ports";
import { insertBefore } from "../graph/splice";
import type { Desk, Place, Point } from "./desk";
import { focusNode } from "./focus";
import { placeOr, WIDTH } from "./model";
import { remember } from "./recent";

export const USUAL_HEIGHT = 110;
const MARGIN = 40;

/** The draft as it is drawn now. */
export function drawn(desk: Desk): Flowchart {
  return desk.editor.getState().history.document;
}

/** What commands need to know. */
export function around(desk: Desk): commands.Surroundings {
  return { catalog: desk.editor.getState().catalog, random: Math.random };
}

/** What a node is called. */
export function nameOf(desk: Desk, node: string): string {
  const known = drawn(desk).nodes[node];
  return known ? labelOf(known, desk.editor.getState().catalog) : node;
}

/** Make a step, and say whether anything changed. */
export function record(desk: Desk, name: string, patch: Patch): boolean {
  desk.editor.getState().record(name, patch);
  return patch.length > 0;
}

export function say(message: string, title?: string): void {
  notifications.show({ color: "orange", message, ...(title ? { title } : {}) });
}

export function select(desk: Desk, nodes: Iterable<string>, edges: Iterable<string> = []): void {
  const chosen = new Set(nodes);
  const [first] = chosen;
  desk.session.setState({ nodes: chosen, edges: new Set(edges) });
  if (first !== undefined && desk.session.getState().view === "outline" && desk.ui.getState().row?.node !== first) desk.ui.setState({ row: { node: first } });
}

/** The nodes that a command is about: those selected, or the one of the outline's row; none for a row that is a way out. */
export function targets(desk: Desk): string[] {
  const { nodes, view } = desk.session.getState();
  const { row } = desk.ui.getState();
  const document = drawn(desk);
  const chosen = view === "outline" && row ? (row.port === undefined ? [row.node] : []) : [...nodes];
  return chosen.filter((id) => id in document.nodes);
}

/** Where the nodes are drawn, and how large. */
export function boxesOf(desk: Desk, ids: Iterable<string>): Map<string, Box> {
  const document = drawn(desk);
  const { sizes } = desk.session.getState();
  const order = new Map(Object.keys(document.nodes).map((id, at) => [id, at]));
  const found = new Map<string, Box>();
  for (const id of ids) {
    const node = document.nodes[id];
    if (node) found.set(id, { ...placeOr(node, order.get(id) ?? 0), width: WIDTH, height: sizes[id]?.height ?? USUAL_HEIGHT });
  }
  return found;
}

/** Where a node goes that is added now: into the selected edge, after the selected node, or into the middle of the view. */
export function impliedPlace(desk: Desk): Place {
  const { row } = desk.ui.getState();
  const { edges, view } = desk.session.getState();
  const document = drawn(desk);
  if (view === "outline" && row?.port !== undefined) return atPort(desk, row.node, row.port);
  const [edge] = edges;
  const nodes = targets(desk);
  const [node] = nodes;
  if (edge !== undefined && edges.size === 1 && nodes.length === 0 && edge in document.edges) return { kind: "edge", edge };
  if (nodes.length !== 1 || node === undefined) return { kind: "free" };
  const ports = portsOfNode(document, desk.editor.getState().catalog, node);
  const open = ports.filter((port) => edgeAt(document, node, port.key) === undefined);
  const port = open.find((one) => one.required) ?? (ports.length === 1 || view === "canvas" ? open[0] : undefined);
  if (port) return { kind: "port", node, port: port.key };
  const only = ports.length === 1 ? ports[0] : undefined;
  if (only) return atPort(desk, node, only.key);
  const box = boxesOf(desk, [node]).get(node);
  return { kind: "free", ...(box ? { at: commands.freeSpot(document, { x: box.x + commands.STEP.x, y: box.y }) } : {}) };
}

/** Behind a port: where it leads somewhere already, in between. */
export function atPort(desk: Desk, node: string, port: string): Place {
  const edge = edgeAt(drawn(desk), node, port);
  return edge === undefined ? { kind: "port", node, port } : { kind: "edge", edge };
}

/** A new node at a place, selected and in sight. What contacts begin at stands free, wherever it was asked for. */
export function add(desk: Desk, manifest: Manifest, place: Place): void {
  const added = placed(desk, manifest, place);
  record(desk, `Add ${manifest.label}`, added.patch);
  remember(manifest.key);
  select(desk, [added.id]);
  reveal(desk, added.id);
  // Whoever adds in the drawing goes on from the new node; whoever adds from the palette may add one more.
  if (document.activeElement?.closest(".palette") === null || document.activeElement === null) focusNode(added.id);
}

function placed(desk: Desk, manifest: Manifest, place: Place): commands.Added {
  const document = drawn(desk);
  const surroundings = around(desk);
  if (place.kind !== "free") {
    const there =
      place.kind === "edge" ? commands.insertOnEdge(document, place.edge, manifest, surroundings)
      : place.kind === "before" ? insertBefore(document, place.node, manifest, surroundings)
      : commands.addAfter(document, place.node, place.port, manifest, surroundings, place.at);
    if (there.patch.length > 0) return there;
  }
  const at = place.kind === "free" || place.kind === "port" ? place.at : undefined;
  const wanted = at ?? commands.freeSpot(document, middleOfView(desk));
  return commands.addNode(document, manifest, wanted, surroundings);
}

function middleOfView(desk: Desk): Position {
  const view = canvasRect();
  const { flow } = desk.live;
  if (!flow || !view) return belowAll(desk);
  const { x, y } = flow.screenToFlowPosition({ x: view.x + view.width / 2, y: view.y + view.height / 2 }, { snapToGrid: false });
  return { x: Math.round(x - WIDTH / 2), y: Math.round(y - USUAL_HEIGHT / 2) };
}

function belowAll(desk: Desk): Position {
  const boxes = [...boxesOf(desk, Object.keys(drawn(desk).nodes)).values()];
  if (boxes.length === 0) return { x: 0, y: 0 };
  return { x: Math.min(...boxes.map((box) => box.x)), y: Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN };
}

function canvasRect(): DOMRect | undefined {
  return document.querySelector(".react-flow")?.getBoundingClientRect();
}

/** Bring a node into sight if it is not. */
export function reveal(desk: Desk, node: string): void {
  requestAnimationFrame(() => {
    const { flow } = desk.live;
    const view = canvasRect();
    const box = boxesOf(desk, [node]).get(node);
    if (!flow || !view || !box) return;
    const from = flow.flowToScreenPosition({ x: box.x, y: box.y });
    const to = flow.flowToScreenPosition({ x: box.x + box.width, y: box.y + box.height });
    if (from.x >= view.left && from.y >= view.top && to.x <= view.right && to.y <= view.bottom) return;
    void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: Math.max(flow.getZoom(), 0.6), duration: motion(300) });
  });
}

/** A duration of a movement, or none for whoever does not want any. */
export function motion(duration: number): number {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : duration;
}

/** Open the palette at a place. `at` is where on the screen; in the middle of the canvas if nothing is said. */
export function askWhat(desk: Desk, place: Place, at?: Point): void {
  desk.ui.setState({ over: { kind: "add", place, at: at ?? nearOf(place) } });
}

function nearOf(place: Place): Point {
  const id = place.kind === "port" || place.kind === "before" ? place.node : undefined;
  const found = id === undefined ? undefined : document.querySelector(`[data-id="${CSS.escape(id)}"]`)?.getBoundingClientRect();
  if (found) return { x: Math.min(found.right + 12, window.innerWidth - 40), y: Math.max(60, Math.min(found.top, window.innerHeight - 200)) };
  const view = canvasRect();
  return view ? { x: view.x + view.width / 2, y: view.y + view.height / 4 } : { x: window.innerWidth / 2, y: 120 };
}
