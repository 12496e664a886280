/** Commands that select, arrange and look. None of them but arranging changes the draft. */

import * as actions from "../../canvas/actions";
import type { Desk } from "../../canvas/desk";
import { focusedNode, focusNode } from "../../canvas/focus";
import { tidyUp } from "../../canvas/tidyUp";
import { align, distribute, type Side } from "../../graph/arrange";
import * as commands from "../../graph/commands";
import { downstream, neighbour, upstream, type Direction } from "../../graph/selecting";
import { MODES } from "../modes";
import { goTo, type JourneyMode, type Route } from "../../router";
import type { Command } from "./command";

const onCanvas = (desk: Desk): boolean => desk.session.getState().view === "canvas";
const several = (many: number) => (desk: Desk): boolean => desk.session.getState().nodes.size >= many && onCanvas(desk);
const some = (desk: Desk): boolean => actions.targets(desk).length > 0;
const STRIDE = 10;

const ARROWS: readonly (readonly [Direction, string, string])[] = [
  ["left", "ArrowLeft", "left"], ["right", "ArrowRight", "right"], ["up", "ArrowUp", "above"], ["down", "ArrowDown", "below"],
];

export const SELECTING: readonly Command[] = [
  { id: "select-all", label: "Select all", group: "Select", keys: ["Mod+A"], where: "drawing", run: (desk) => actions.select(desk, Object.keys(actions.drawn(desk).nodes)) },
  { id: "select-before", label: "Select all that leads here", group: "Select", keys: ["["], where: "drawing", when: some, run: (desk) => actions.select(desk, upstream(actions.drawn(desk), actions.targets(desk))) },
  { id: "select-after", label: "Select all that follows", group: "Select", keys: ["]"], where: "drawing", when: some, run: (desk) => actions.select(desk, downstream(actions.drawn(desk), actions.targets(desk))) },
  { id: "select-none", label: "Select nothing", group: "Select", keys: ["Escape"], where: "drawing", run: (desk) => actions.select(desk, []) },
  ...ARROWS.map(([direction, key, words]): Command => ({
    id: `go-${direction}`, label: `Go to the node ${words}`, group: "Select", keys: [key], where: "drawing", when: onCanvas, run: (desk) => goTowards(desk, direction),
  })),
];

export const ARRANGING: readonly Command[] = [
  ...ARROWS.map(([direction, key, words]): Command => ({
    id: `move-${direction}`, label: `Move ${words === "above" ? "up" : words === "below" ? "down" : words}`, group: "Arrange", keys: [`Shift+${key}`], where: "drawing", when: several(1), run: (desk) => moveTowards(desk, direction),
  })),
  { id: "tidy", label: "Tidy the drawing, or what is selected", group: "Arrange", keys: ["T"], where: "drawing", run: (desk) => void tidyUp(desk) },
  ...(["left", "centre", "right", "top", "middle", "bottom"] as const).map((side): Command => ({
    id: `align-${side}`, label: `Align: ${side}`, group: "Arrange", keys: [], where: "drawing", when: several(2), run: (desk) => line(desk, side),
  })),
  ...([["x", "side by side"], ["y", "one below another"]] as const).map(([axis, words]): Command => ({
    id: `distribute-${axis}`, label: `Spread evenly, ${words}`, group: "Arrange", keys: [], where: "drawing", when: several(3),
    run: (desk) => void actions.record(desk, "Spread evenly", distribute(actions.drawn(desk), actions.boxesOf(desk, actions.targets(desk)), axis)),
  })),
  { id: "snap", label: "Snap to the grid, or not", group: "Arrange", keys: ["G"], where: "drawing", when: onCanvas, run: ({ ui }) => ui.setState(({ snap }) => ({ snap: !snap })) },
];

export const VIEWING: readonly Command[] = [
  { id: "commands", label: "All commands", group: "View", keys: ["Mod+K"], where: "everywhere", run: ({ ui }) => ui.setState({ over: { kind: "commands" } }) },
  { id: "keys", label: "Keys", group: "View", keys: ["?"], where: "everywhere", run: ({ ui }) => ui.setState({ over: { kind: "keys" } }) },
  { id: "find", label: "Find a node in the journey", group: "View", keys: ["Mod+F"], where: "everywhere", run: ({ ui }) => ui.setState({ over: { kind: "find" } }) },
  { id: "outline", label: "Change between canvas and outline", group: "View", keys: ["O"], where: "drawing", run: ({ session }) => session.setState(({ view }) => ({ view: view === "canvas" ? "outline" : "canvas" })) },
  { id: "fit", label: "Zoom to the whole journey", group: "View", keys: ["1"], where: "drawing", when: onCanvas, run: ({ live }) => void live.flow?.fitView({ padding: 0.12, maxZoom: 1, duration: actions.motion(250) }) },
  { id: "fit-selection", label: "Zoom to what is selected", group: "View", keys: ["2"], where: "drawing", when: several(1), run: (desk) => void desk.live.flow?.fitView({ nodes: actions.targets(desk).map((id) => ({ id })), padding: 0.3, maxZoom: 1.2, duration: actions.motion(250) }) },
  { id: "zoom-100", label: "Zoom to 100%", group: "View", keys: ["0"], where: "drawing", when: onCanvas, run: ({ live }) => void live.flow?.zoomTo(1, { duration: actions.motion(200) }) },
  { id: "zoom-in", label: "Zoom in", group: "View", keys: ["+", "="], where: "drawing", when: onCanvas, run: ({ live }) => void live.flow?.zoomIn({ duration: actions.motion(150) }) },
  { id: "zoom-out", label: "Zoom out", group: "View", keys: ["-"], where: "drawing", when: onCanvas, run: ({ live }) => void live.flow?.zoomOut({ duration: actions.motion(150) }) },
  { id: "palette", label: "Show or hide the palette", group: "View", keys: ["P"], where: "drawing", when: onCanvas, run: ({ ui }) => ui.setState(({ palette }) => ({ palette: !palette })) },
  { id: "lasso", label: "Select by dragging on the canvas, or move it", group: "View", keys: ["L"], where: "drawing", when: onCanvas, run: ({ ui }) => ui.setState(({ lasso }) => ({ lasso: !lasso })) },
];

const ROOMS: readonly (readonly [JourneyMode, string])[] = [["try", "Try the journey"], ["watch", "Watch the journey"], ["versions", "Versions of the journey"]];

const PAGES: readonly (readonly [Exclude<Route["page"], "unknown" | "journey" | "person">, string])[] = [
  ["journeys", "Journeys"], ["gallery", "Gallery of examples"], ["campaigns", "Campaigns"], ["contacts", "Contacts"], ["segments", "Segments"], ["sandbox", "Sandbox"],
];

/** The other rooms of this journey, and the pages. */
export const GOING: readonly Command[] = [
  ...ROOMS.map(([mode, label]): Command => ({
    // Looked up late: the rooms import this table.
    id: `mode-${mode}`, label, group: "Go to", keys: [], where: "everywhere", when: () => MODES.some((one) => one.mode === mode), run: ({ journey }) => goTo({ page: "journey", journey, mode }),
  })),
  ...PAGES.map(([page, label]): Command => ({ id: `page-${page}`, label, group: "Go to", keys: [], where: "everywhere", run: () => goTo({ page }) })),
];

function line(desk: Desk, side: Side): void {
  actions.record(desk, `Align: ${side}`, align(actions.drawn(desk), actions.boxesOf(desk, actions.targets(desk)), side));
}

/** The neighbour in a direction becomes what is selected and has the focus. */
function goTowards(desk: Desk, direction: Direction): void {
  const boxes = actions.boxesOf(desk, Object.keys(actions.drawn(desk).nodes));
  const from = focusedNode() ?? actions.targets(desk)[0];
  const first = [...boxes].sort(([, one], [, other]) => one.x - other.x || one.y - other.y)[0]?.[0];
  const next = from === undefined ? first : neighbour(boxes, from, direction);
  if (next === undefined) return;
  actions.select(desk, [next]);
  actions.reveal(desk, next);
  focusNode(next);
}

/** Moves in a row are one step, as a drag is. */
function moveTowards(desk: Desk, direction: Direction): void {
  const by = { left: { x: -STRIDE, y: 0 }, right: { x: STRIDE, y: 0 }, up: { x: 0, y: -STRIDE }, down: { x: 0, y: STRIDE } }[direction];
  const boxes = actions.boxesOf(desk, actions.targets(desk));
  const places = Object.fromEntries([...boxes].map(([id, { x, y }]) => [id, { x: x + by.x, y: y + by.y }]));
  const [first] = boxes.keys();
  const name = boxes.size === 1 && first !== undefined ? `Move ${actions.nameOf(desk, first)}` : `Move ${String(boxes.size)} nodes`;
  desk.editor.getState().type(name, commands.move(actions.drawn(desk), places));
}
