/** The canvas: shows the document, and turns what hands do into commands. It holds no flowchart of its own. */

import "@xyflow/react/dist/style.css";
import "./canvas.css";

import { useMantineColorScheme } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  Background, BackgroundVariant, Controls, MiniMap, ReactFlow,
  type Connection, type EdgeChange, type FinalConnectionState, type NodeChange,
} from "@xyflow/react";
import { useState } from "react";
import { useStore } from "zustand";

import * as commands from "../graph/commands";
import type { Position } from "../graph/document";
import { edgeAt, mayConnect } from "../graph/legality";
import type { EditorStore } from "../store/editor";
import type { SessionStore } from "../store/session";
import { FlowNodeBox } from "./FlowNodeBox";
import { makeModel, type CanvasEdge, type CanvasNode } from "./model";

const NODE_TYPES = { flow: FlowNodeBox };
// React Flow compares what it is given by identity, at every frame of a drag.
const FIT = { padding: 0.12, maxZoom: 1 };
const MINIMAP_FROM = 25;

interface CanvasProps {
  readonly editor: EditorStore;
  readonly session: SessionStore;
}

export function Canvas({ editor, session }: CanvasProps) {
  const { colorScheme } = useMantineColorScheme();
  const document = useStore(editor, (state) => state.history.document);
  const seen = useStore(session);
  const [draw] = useState(() => makeModel(editor.getState().catalog));
  const { nodes, edges } = draw(document, seen);
  const count = Object.keys(document.nodes).length;

  return (
    <ReactFlow<CanvasNode, CanvasEdge>
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      colorMode={colorScheme === "auto" ? "system" : colorScheme}
      onNodesChange={(changes) => changeNodes(editor, session, changes)}
      onEdgesChange={(changes) => changeEdges(session, changes)}
      onConnect={(connection) => connect(editor, connection)}
      onConnectEnd={(_, state) => explain(editor, state)}
      isValidConnection={(connection) => verdictOn(editor, connection).ok}
      deleteKeyCode={null}
      fitView
      fitViewOptions={FIT}
      minZoom={0.1}
      onlyRenderVisibleElements={count > 100}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
      <Controls showInteractive={false} />
      {count > MINIMAP_FROM && <MiniMap pannable zoomable ariaLabel="Overview of the journey" />}
    </ReactFlow>
  );
}

/** Drags and arrow keys alike come as changes of position; the last one of a gesture is not `dragging`. */
function changeNodes(editor: EditorStore, session: SessionStore, changes: NodeChange<CanvasNode>[]): void {
  const before = session.getState();
  const selected = new Set(before.nodes);
  const moving: Record<string, Position> = { ...before.dragged };
  const measured = { ...before.sizes };
  const moved: Record<string, Position> = {};
  const kinds = new Set(changes.map((change) => change.type));
  for (const change of changes) {
    if (change.type === "select") {
      if (change.selected) selected.add(change.id);
      else selected.delete(change.id);
    } else if (change.type === "dimensions" && change.dimensions) measured[change.id] = change.dimensions;
    else if (change.type === "position") {
      if (change.position) moving[change.id] = { x: Math.round(change.position.x), y: Math.round(change.position.y) };
      const place = moving[change.id];
      if (change.dragging !== true && place) {
        moved[change.id] = place;
        Reflect.deleteProperty(moving, change.id);
      }
    }
  }
  const many = Object.keys(moved).length;
  if (many > 0) {
    const { history, record } = editor.getState();
    record(many === 1 ? "Move a node" : `Move ${String(many)} nodes`, commands.move(history.document, moved));
  }
  // What did not change stays the same object: in a drag among five hundred nodes, only the dragged one is looked at.
  session.setState({
    nodes: kinds.has("select") ? selected : before.nodes,
    dragged: kinds.has("position") ? moving : before.dragged,
    sizes: kinds.has("dimensions") ? measured : before.sizes,
  });
}

function changeEdges(session: SessionStore, changes: EdgeChange[]): void {
  const selected = new Set(session.getState().edges);
  for (const change of changes) {
    if (change.type !== "select") continue;
    if (change.selected) selected.add(change.id);
    else selected.delete(change.id);
  }
  session.setState({ edges: selected });
}

function verdictOn(editor: EditorStore, { source, sourceHandle, target }: Pick<Connection, "source" | "target"> & { sourceHandle?: string | null }) {
  const { history, catalog } = editor.getState();
  const edge = { from: source, port: sourceHandle ?? "", to: target };
  return mayConnect(history.document, catalog, edge, edgeAt(history.document, edge.from, edge.port));
}

function connect(editor: EditorStore, { source, sourceHandle, target }: Connection): void {
  const { history, catalog, record } = editor.getState();
  const edge = { from: source, port: sourceHandle ?? "", to: target };
  record("Connect", commands.connect(history.document, edge, { catalog, random: Math.random }));
}

/** A connection that was let go over a node to which it may not lead: say why. */
function explain(editor: EditorStore, { isValid, fromHandle, toNode }: FinalConnectionState): void {
  if (isValid !== false || fromHandle.type !== "source" || !toNode) return;
  const verdict = verdictOn(editor, { source: fromHandle.nodeId, sourceHandle: fromHandle.id ?? null, target: toNode.id });
  if (!verdict.ok) notifications.show({ color: "orange", title: "This cannot be connected", message: verdict.why });
}
