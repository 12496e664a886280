/** Commands that add, connect, change and take away. */

import * as actions from "../../canvas/actions";
import type { Desk } from "../../canvas/desk";
import { focusedNode } from "../../canvas/focus";
import * as commands from "../../graph/commands";
import { edgeAt } from "../../graph/legality";
import { moveInLine } from "../../graph/splice";
import { copyByHand, cutByHand, pasteByHand } from "../clipboard";
import type { Command } from "./command";

const some = (desk: Desk): boolean => actions.targets(desk).length > 0;
const one = (desk: Desk): boolean => actions.targets(desk).length === 1;
const chosenEdges = (desk: Desk): string[] => [...desk.session.getState().edges].filter((edge) => edge in actions.drawn(desk).edges);
/** The connection of the outline's row, where that is a way out. */
const rowEdge = (desk: Desk): string | undefined => {
  const { row } = desk.ui.getState();
  if (desk.session.getState().view !== "outline" || row?.port === undefined) return undefined;
  return edgeAt(actions.drawn(desk), row.node, row.port);
};
const onBranch = (desk: Desk): boolean => desk.session.getState().view === "outline" && desk.ui.getState().row?.port !== undefined;
const only = (desk: Desk): string => actions.targets(desk)[0] ?? "";

/** "Delete" and what: the node by its name, or how many. */
function named(desk: Desk, verb: string): string {
  const nodes = actions.targets(desk);
  return nodes.length === 1 ? `${verb} ${actions.nameOf(desk, only(desk))}` : `${verb} ${String(nodes.length)} nodes`;
}

export const ADDING: readonly Command[] = [
  {
    id: "add", label: "Add a node", group: "Add and connect", keys: ["/", "A"], where: "drawing",
    run: (desk) => actions.askWhat(desk, actions.impliedPlace(desk)),
  },
  {
    id: "add-before", label: "Add a node before", group: "Add and connect", keys: ["B"], where: "drawing", when: one,
    run: (desk) => actions.askWhat(desk, { kind: "before", node: only(desk) }),
  },
  {
    id: "connect", label: "Connect to…", group: "Add and connect", keys: ["C"], where: "drawing", when: (desk) => one(desk) || onBranch(desk),
    run: (desk) => {
      const row = onBranch(desk) ? desk.ui.getState().row : undefined;
      desk.ui.setState({ over: { kind: "connect", ...(row ?? { node: only(desk) }) } });
    },
  },
  {
    id: "disconnect", label: "Remove the connections of the node", group: "Add and connect", keys: ["Shift+C"], where: "drawing", when: some,
    run: (desk) => {
      const nodes = new Set(actions.targets(desk));
      const edges = Object.entries(actions.drawn(desk).edges).filter(([, edge]) => nodes.has(edge.from) || nodes.has(edge.to));
      actions.record(desk, named(desk, "Disconnect"), commands.disconnect(actions.drawn(desk), edges.map(([id]) => id)));
    },
  },
];

export const EDITING: readonly Command[] = [
  {
    id: "undo", label: "Undo", group: "Edit", keys: ["Mod+Z"], where: "everywhere",
    when: (desk) => desk.editor.getState().history.past.length > 0, run: (desk) => desk.editor.getState().undo(),
  },
  {
    id: "redo", label: "Redo", group: "Edit", keys: ["Mod+Shift+Z", "Mod+Y"], where: "everywhere",
    when: (desk) => desk.editor.getState().history.future.length > 0, run: (desk) => desk.editor.getState().redo(),
  },
  { id: "cut", label: "Cut", group: "Edit", keys: ["Mod+X"], where: "drawing", native: true, when: some, run: cutByHand },
  { id: "copy", label: "Copy", group: "Edit", keys: ["Mod+C"], where: "drawing", native: true, when: some, run: copyByHand },
  { id: "paste", label: "Paste", group: "Edit", keys: ["Mod+V"], where: "drawing", native: true, run: pasteByHand },
  {
    id: "duplicate", label: "Duplicate", group: "Edit", keys: ["Mod+D"], where: "drawing", when: some,
    run: (desk) => {
      const { patch, ids } = commands.duplicate(actions.drawn(desk), actions.targets(desk), actions.around(desk));
      actions.record(desk, named(desk, "Duplicate"), patch);
      actions.select(desk, ids.values());
      const [first] = ids.values();
      if (first !== undefined) actions.reveal(desk, first);
    },
  },
  {
    id: "rename", label: "Rename", group: "Edit", keys: ["F2"], where: "drawing", when: one,
    run: (desk) => desk.ui.setState({ over: { kind: "words", field: "name", node: only(desk) } }),
  },
  {
    id: "note", label: "Write a note", group: "Edit", keys: ["N"], where: "drawing", when: one,
    run: (desk) => desk.ui.setState({ over: { kind: "words", field: "note", node: only(desk) } }),
  },
  {
    id: "delete", label: "Delete", group: "Edit", keys: ["Delete", "Backspace"], where: "drawing",
    when: (desk) => some(desk) || chosenEdges(desk).length > 0 || rowEdge(desk) !== undefined, run: remove,
  },
  {
    id: "heal", label: "Delete and reconnect", group: "Edit", keys: ["Mod+Delete", "Mod+Backspace"], where: "drawing", when: some,
    run: (desk) => {
      const nodes = actions.targets(desk);
      const name = named(desk, "Delete and reconnect");
      const document = actions.drawn(desk);
      actions.record(desk, name, commands.deleteAllAndReconnect(document, nodes, actions.around(desk)));
      actions.select(desk, []);
    },
  },
  {
    id: "earlier", label: "Move one step earlier in its line", group: "Edit", keys: ["Alt+ArrowUp"], where: "drawing", when: one,
    run: (desk) => inLine(desk, "up"),
  },
  {
    id: "later", label: "Move one step later in its line", group: "Edit", keys: ["Alt+ArrowDown"], where: "drawing", when: one,
    run: (desk) => inLine(desk, "down"),
  },
];

function remove(desk: Desk): void {
  const nodes = actions.targets(desk);
  const branch = rowEdge(desk);
  const edges = branch === undefined ? chosenEdges(desk) : [branch];
  const document = actions.drawn(desk);
  const name = nodes.length > 0 ? named(desk, "Delete") : edges.length === 1 ? "Disconnect" : `Remove ${String(edges.length)} connections`;
  actions.record(desk, name, commands.deleteParts(document, nodes, edges));
  actions.select(desk, []);
}

function inLine(desk: Desk, way: "up" | "down"): void {
  const node = only(desk);
  const patch = moveInLine(actions.drawn(desk), node, way, actions.around(desk));
  const name = `Move ${actions.nameOf(desk, node)} one step ${way === "up" ? "earlier" : "later"}`;
  if (!actions.record(desk, name, patch)) actions.say("Only a node with one way in and one way out changes places, and never with what contacts begin at. Connect it by hand.", "This node cannot be moved there");
  else if (focusedNode() !== undefined) actions.reveal(desk, node);
}
