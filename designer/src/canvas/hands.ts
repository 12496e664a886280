/**
 * What hands do on the canvas, turned into commands: dragging, connecting, reconnecting, dropping.
 *
 * A drag is kept in the session until it ends and becomes one step then. React Flow tells of no other end of a movement
 * than a change of position that is not `dragging`.
 */

import type { Connection, EdgeChange, FinalConnectionState, HandleType, NodeChange, OnConnectStartParams } from "@xyflow/react";
import type { DragEvent as ReactDragEvent } from "react";

import * as commands from "../graph/commands";
import type { FlowEdge, Position } from "../graph/document";
import { guided } from "../graph/guides";
import { edgeAt, mayConnect, type Verdict } from "../graph/legality";
import { apply, compose } from "../graph/patch";
import { portsOfNode } from "../graph/ports";
import { maySplice, reconnect, spliceNode } from "../graph/splice";
import { add, around, askWhat, boxesOf, drawn, nameOf, record, say } from "./actions";
import type { Desk, Ui } from "./desk";
import { DRAGGED, edgeUnder, nodeUnder } from "./dropping";
import { WIDTH, type CanvasEdge, type CanvasNode } from "./model";

const NO_GUIDES: Ui["guides"] = [];

/** Everything that React Flow reports. The functions stay the same as long as the desk does. */
export function handsOf(desk: Desk) {
  return {
    onNodesChange: (changes: NodeChange<CanvasNode>[]) => changeNodes(desk, changes),
    onEdgesChange: (changes: EdgeChange<CanvasEdge>[]) => changeEdges(desk, changes),
    onNodeDrag: (event: MouseEvent | TouchEvent | React.MouseEvent, node: CanvasNode) => hoverEdge(desk, event, node.id),
    onConnectStart: (_: unknown, { nodeId, handleId, handleType }: OnConnectStartParams) => beginConnecting(desk, nodeId, handleId, handleType),
    onConnect: (connection: Connection) => connect(desk, connection),
    onConnectEnd: (event: MouseEvent | TouchEvent, state: FinalConnectionState) => endConnecting(desk, event, state),
    onReconnectStart: (_: unknown, edge: CanvasEdge, end: HandleType) => beginReconnecting(desk, edge, end),
    onReconnect: (edge: CanvasEdge, connection: Connection) => reconnectTo(desk, edge.id, connection),
    onReconnectEnd: () => endReconnecting(desk),
    isValidConnection: (connection: Connection | CanvasEdge) => verdictOn(desk, wanted(connection)).ok,
    onDragOver: (event: ReactDragEvent) => hoverWithType(desk, event),
    onDragLeave: () => desk.ui.setState({ into: undefined }),
    onDrop: (event: ReactDragEvent) => dropType(desk, event),
  };
}

// ------------------------------------------------------------------------------------------------ moving

function changeNodes(desk: Desk, changes: NodeChange<CanvasNode>[]): void {
  const { session } = desk;
  const before = session.getState();
  let { nodes, sizes } = before;
  const moving: Record<string, Position> = { ...before.dragged };
  const ended: Record<string, Position> = {};
  const guide = guideOf(desk, changes);
  for (const change of changes) {
    if (change.type === "select") {
      nodes = new Set(nodes);
      if (change.selected) (nodes as Set<string>).add(change.id);
      else (nodes as Set<string>).delete(change.id);
    } else if (change.type === "dimensions" && change.dimensions) {
      sizes = { ...sizes, [change.id]: change.dimensions };
    } else if (change.type === "position") {
      if (change.position) moving[change.id] = { x: Math.round(change.position.x + guide.x), y: Math.round(change.position.y + guide.y) };
      const place = moving[change.id];
      if (change.dragging !== true && place) {
        ended[change.id] = place;
        Reflect.deleteProperty(moving, change.id);
      }
    }
  }
  if (Object.keys(ended).length > 0) endMove(desk, ended);
  session.setState({ nodes, sizes, dragged: moving });
}

/** How far what is dragged is drawn to a helper line. The line shows while the hand holds on. */
function guideOf(desk: Desk, changes: NodeChange<CanvasNode>[]): Position {
  const moves = changes.flatMap((change) => (change.type === "position" && change.position ? [{ ...change, position: change.position }] : []));
  const [first] = moves;
  const { dragged, sizes } = desk.session.getState();
  if (!first) return { x: 0, y: 0 };
  if (!first.dragging) {
    desk.ui.setState({ guides: NO_GUIDES });
    // The end of a drag says once more where the hand was: what was shown is what counts.
    const shown = dragged[first.id];
    return shown ? { x: shown.x - first.position.x, y: shown.y - first.position.y } : { x: 0, y: 0 };
  }
  const together = new Set(moves.map((move) => move.id));
  const others = boxesOf(desk, Object.keys(drawn(desk).nodes).filter((id) => !together.has(id)));
  const box = { ...first.position, width: WIDTH, height: sizes[first.id]?.height ?? 0 };
  const { position, lines } = guided(box, others.values(), 6 / (desk.live.flow?.getZoom() ?? 1));
  if (lines.length > 0 || desk.ui.getState().guides.length > 0) desk.ui.setState({ guides: lines });
  return { x: position.x - first.position.x, y: position.y - first.position.y };
}

function endMove(desk: Desk, places: Readonly<Record<string, Position>>): void {
  const ids = Object.keys(places);
  const [id] = ids;
  const { into } = desk.ui.getState();
  const document = drawn(desk);
  const moves = commands.move(document, places);
  if (into !== undefined && id !== undefined) {
    desk.ui.setState({ into: undefined });
    record(desk, `Put ${nameOf(desk, id)} on a connection`, compose([moves, spliceNode(apply(document, moves), into, id, around(desk))]));
  } else record(desk, ids.length === 1 && id !== undefined ? `Move ${nameOf(desk, id)}` : `Move ${String(ids.length)} nodes`, moves);
}

function changeEdges({ session }: Desk, changes: EdgeChange<CanvasEdge>[]): void {
  const selected = new Set(session.getState().edges);
  for (const change of changes) {
    if (change.type !== "select") continue;
    if (change.selected) selected.add(change.id);
    else selected.delete(change.id);
  }
  session.setState({ edges: selected });
}

/** A node that stands by itself and is dragged over an edge would go into it. */
function hoverEdge(desk: Desk, event: MouseEvent | TouchEvent | React.MouseEvent, node: string): void {
  const document = drawn(desk);
  if (!Object.values(document.edges).some((edge) => edge.from === node || edge.to === node)) {
    const { x, y } = pointOf(event);
    const edge = edgeUnder(x, y);
    const into = edge !== undefined && maySplice(document, around(desk), edge, node) ? edge : undefined;
    if (desk.ui.getState().into !== into) desk.ui.setState({ into });
  }
}

// ------------------------------------------------------------------------------------------------ connecting

type Ends = Pick<Connection, "source" | "target"> & { readonly sourceHandle?: string | null };

function wanted({ source, sourceHandle, target }: Ends): FlowEdge {
  return { from: source, port: sourceHandle ?? "", to: target };
}

function verdictOn(desk: Desk, edge: FlowEdge): Verdict {
  const document = drawn(desk);
  return mayConnect(document, desk.editor.getState().catalog, edge, desk.live.reconnecting ?? edgeAt(document, edge.from, edge.port));
}

function beginConnecting(desk: Desk, node: string | null, port: string | null, type: HandleType | null): void {
  if (node === null || type === null) return;
  const document = drawn(desk);
  const legal = new Set<string>();
  for (const id of Object.keys(document.nodes)) {
    if (type === "source" ? verdictOn(desk, { from: node, port: port ?? "", to: id }).ok : mayComeFrom(desk, id, node)) legal.add(id);
  }
  desk.ui.setState({ connecting: { from: node, legal } });
}

/** Whether a node has a way out that is free to lead to the other. */
function mayComeFrom(desk: Desk, from: string, to: string): boolean {
  const document = drawn(desk);
  const { catalog } = desk.editor.getState();
  return portsOfNode(document, catalog, from).some(({ key }) => mayConnect(document, catalog, { from, port: key, to }, desk.live.reconnecting).ok);
}

function connect(desk: Desk, connection: Connection): void {
  const edge = wanted(connection);
  record(desk, `Connect ${nameOf(desk, edge.from)} to ${nameOf(desk, edge.to)}`, commands.connect(drawn(desk), edge, around(desk)));
}

/** A connection let go over a node to which it may not lead: say why. Over nothing: ask what to put there. */
function endConnecting(desk: Desk, event: MouseEvent | TouchEvent, { isValid, fromHandle, toNode }: FinalConnectionState): void {
  desk.ui.setState({ connecting: undefined });
  if (isValid === true || fromHandle?.type !== "source") return;
  const [node, port] = [fromHandle.nodeId, fromHandle.id ?? ""];
  const { x, y } = pointOf(event);
  // A node is hit wherever one lets go over it, not at its small way in alone.
  const to = toNode?.id ?? nodeUnder(x, y);
  if (to !== undefined) {
    const verdict = verdictOn(desk, { from: node, port, to });
    if (verdict.ok) connect(desk, { source: node, sourceHandle: port, target: to, targetHandle: null });
    else if (to !== node) say(verdict.why, "This cannot be connected");
  } else if (edgeAt(drawn(desk), node, port) === undefined && desk.live.flow) {
    const spot = desk.live.flow.screenToFlowPosition({ x, y });
    askWhat(desk, { kind: "port", node, port, at: { x: Math.round(spot.x), y: Math.round(spot.y - 30) } }, { x, y });
  }
}

function beginReconnecting(desk: Desk, edge: CanvasEdge, end: HandleType): void {
  desk.live.reconnecting = edge.id;
  // React Flow names the end that stays.
  if (end === "source") beginConnecting(desk, edge.source, edge.sourceHandle ?? null, "source");
  else beginConnecting(desk, edge.target, null, "target");
}

function reconnectTo(desk: Desk, edge: string, connection: Connection): void {
  const to = wanted(connection);
  record(desk, `Lead ${nameOf(desk, to.from)} to ${nameOf(desk, to.to)}`, reconnect(drawn(desk), edge, to, around(desk)));
}

function endReconnecting(desk: Desk): void {
  desk.live.reconnecting = undefined;
  desk.ui.setState({ connecting: undefined });
}

// ------------------------------------------------------------------------------------------------ dropping

function hoverWithType(desk: Desk, event: ReactDragEvent): void {
  if (!event.dataTransfer.types.includes(DRAGGED)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  const into = edgeUnder(event.clientX, event.clientY);
  if (desk.ui.getState().into !== into) desk.ui.setState({ into });
}

function dropType(desk: Desk, event: ReactDragEvent): void {
  const key = event.dataTransfer.getData(DRAGGED);
  const manifest = desk.editor.getState().catalog.latest(key);
  const { into } = desk.ui.getState();
  desk.ui.setState({ into: undefined });
  if (!manifest || !desk.live.flow) return;
  event.preventDefault();
  const spot = desk.live.flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
  const at = { x: Math.round(spot.x - WIDTH / 2), y: Math.round(spot.y - 30) };
  add(desk, manifest, into === undefined ? { kind: "free", at } : { kind: "edge", edge: into });
}

function pointOf(event: MouseEvent | TouchEvent | React.MouseEvent): { x: number; y: number } {
  if ("clientX" in event) return { x: event.clientX, y: event.clientY };
  const touch = event.changedTouches[0] ?? event.touches[0];
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
}
