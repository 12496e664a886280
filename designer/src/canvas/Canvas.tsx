/** The canvas: shows the document, and turns what hands do into commands. It holds no flowchart of its own. */

import "@xyflow/react/dist/style.css";
import "./canvas.css";

import { useMantineColorScheme } from "@mantine/core";
import { Background, BackgroundVariant, Controls, MiniMap, ReactFlow, SelectionMode, ViewportPortal, type ReactFlowInstance } from "@xyflow/react";
import { useMemo, useState, type MouseEvent } from "react";
import { useStore } from "zustand";

import { select } from "./actions";
import { useDesk, useUi, type Desk, type Over } from "./desk";
import { EmptyStart } from "./EmptyStart";
import { FlowEdge } from "./FlowEdge";
import { FlowNodeBox } from "./FlowNodeBox";
import { handsOf } from "./hands";
import { makeModel, type CanvasEdge, type CanvasNode } from "./model";
import { BeginReadable } from "./Readable";

const NODE_TYPES = { flow: FlowNodeBox };
const EDGE_TYPES = { flow: FlowEdge };
const FIT = { padding: 0.12, maxZoom: 1 };
const GRID: [number, number] = [10, 10];
const MINIMAP_FROM = 25;
const LARGE = 100;
const WORDS = {
  "node.a11yDescription.default": "Enter selects the node. Arrow keys go to its neighbours; with Shift they move it. The question mark shows all keys.",
  "node.a11yDescription.keyboardDisabled": "Enter selects the node. Arrow keys go to its neighbours; with Shift they move it. The question mark shows all keys.",
  "edge.a11yDescription.default": "Enter selects the connection. Slash puts a node into it, Delete removes it.",
};

export function Canvas() {
  const desk = useDesk();
  const { colorScheme } = useMantineColorScheme();
  const document = useStore(desk.editor, (state) => state.history.document);
  const seen = useStore(desk.session);
  const { snap, lasso } = { snap: useUi((ui) => ui.snap), lasso: useUi((ui) => ui.lasso) };
  const [draw] = useState(() => makeModel(desk.editor.getState().catalog));
  const hands = useMemo(() => ({ ...handsOf(desk), ...menusOf(desk), ...livesOf(desk) }), [desk]);
  const { nodes, edges } = draw(document, seen);
  const count = Object.keys(document.nodes).length;

  return (
    <ReactFlow<CanvasNode, CanvasEdge>
      {...hands}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      colorMode={colorScheme === "auto" ? "system" : colorScheme}
      ariaLabelConfig={WORDS}
      deleteKeyCode={null}
      snapToGrid={snap}
      snapGrid={GRID}
      selectionOnDrag={lasso}
      panOnDrag={lasso ? MIDDLE : true}
      selectionMode={SelectionMode.Partial}
      edgesReconnectable
      reconnectRadius={16}
      connectOnClick={false}
      connectionRadius={30}
      fitView
      fitViewOptions={FIT}
      minZoom={0.1}
      onlyRenderVisibleElements={count > LARGE}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
      <Controls showInteractive={false} fitViewOptions={FIT} />
      <BeginReadable />
      <GuideLines />
      {count > MINIMAP_FROM && <MiniMap<CanvasNode> pannable zoomable nodeColor={toneOf} ariaLabel="Overview of the journey" />}
      {count === 0 && <EmptyStart />}
    </ReactFlow>
  );
}

const MIDDLE = [1];
const toneOf = (node: CanvasNode): string => node.data.colour;

function GuideLines() {
  const lines = useUi((ui) => ui.guides);
  if (lines.length === 0) return null;
  return (
    <ViewportPortal>
      {lines.map(({ axis, at, from, to }) => (
        <div
          key={axis} className="flow-guide"
          style={axis === "x" ? { left: at, top: from - 20, width: 1, height: to - from + 40 } : { left: from - 20, top: at, width: to - from + 40, height: 1 }}
        />
      ))}
    </ViewportPortal>
  );
}

/** React Flow itself, for whoever zooms; and where the pointer is, for whoever pastes. */
function livesOf({ live }: Desk) {
  return {
    onInit: (flow: ReactFlowInstance<CanvasNode, CanvasEdge>) => { live.flow = flow; },
    onMouseMove: (event: MouseEvent) => { live.pointer = { x: event.clientX, y: event.clientY }; },
    onMouseLeave: () => { live.pointer = undefined; },
  };
}

/** The menus of the right mouse button. */
function menusOf(desk: Desk) {
  const open = (on: Extract<Over, { kind: "menu" }>["on"], event: MouseEvent | globalThis.MouseEvent): void => {
    event.preventDefault();
    const at = { x: event.clientX, y: event.clientY };
    const spot = desk.live.flow?.screenToFlowPosition(at);
    desk.ui.setState({ over: { kind: "menu", on, at, ...(spot ? { spot } : {}) } });
  };
  return {
    onNodeContextMenu: (event: MouseEvent, node: CanvasNode) => {
      if (!desk.session.getState().nodes.has(node.id)) select(desk, [node.id]);
      open("node", event);
    },
    onSelectionContextMenu: (event: MouseEvent) => open("node", event),
    onEdgeContextMenu: (event: MouseEvent, edge: CanvasEdge) => {
      select(desk, [], [edge.id]);
      open("edge", event);
    },
    onPaneContextMenu: (event: MouseEvent | globalThis.MouseEvent) => open("pane", event),
  };
}
