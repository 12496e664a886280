/** The keys of the editor. They are silent while somebody types into a field or a panel stands over the drawing. */

import { select } from "../canvas/actions";
import type { Desk } from "../canvas/desk";
import { focusedEdge, focusedNode, isDrawing } from "../canvas/focus";
import { commandOf, keysOf } from "./commands/command";
import { COMMANDS, mayRun } from "./commands/table";
import { isTyping } from "./typing";

/** Listen until the answer is called. */
export function listenToKeys(desk: Desk): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isTyping(event.target) || isOverDrawing(desk, event.target)) return;
    const command = commandOf(COMMANDS, keysOf(event));
    if (!command || command.native || (command.where === "drawing" && !isDrawing(event.target))) return;
    selectFocused(desk);
    if (!mayRun(desk, command)) return;
    // React Flow has movements of its own on arrows, without a gesture's end.
    event.preventDefault();
    event.stopPropagation();
    command.run(desk);
  };
  window.addEventListener("keydown", pressed, { capture: true });
  return () => window.removeEventListener("keydown", pressed, { capture: true });
}

/** Whoever tabs to a node and presses a key means that node. */
function selectFocused(desk: Desk): void {
  const { nodes, edges } = desk.session.getState();
  const node = focusedNode();
  const edge = focusedEdge();
  if (node !== undefined && !nodes.has(node)) select(desk, [node]);
  else if (edge !== undefined && !edges.has(edge)) select(desk, [], [edge]);
}

function isOverDrawing(desk: Desk, target: EventTarget | null): boolean {
  return desk.ui.getState().over !== undefined || (target instanceof Element && target.closest("[role=dialog],[role=menu],[role=listbox]") !== null);
}
