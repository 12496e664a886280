/** A flowchart to look at: read-only, with decorations. Trying, watching and comparing versions all draw with it. */

import "@xyflow/react/dist/style.css";
import "./canvas.css";

import { useMantineColorScheme } from "@mantine/core";
import { Background, BackgroundVariant, Controls, MiniMap, ReactFlow, ReactFlowProvider, type Viewport } from "@xyflow/react";
import { useState, type ReactNode } from "react";

import type { Flowchart } from "../graph/document";
import type { Catalog } from "../graph/manifest";
import { makeSession } from "../store/session";
import { DecorationsContext, type DecorationsStore } from "./decorations";
import { FlowEdge } from "./FlowEdge";
import { FlowNodeBox } from "./FlowNodeBox";
import { makeModel, type CanvasEdge, type CanvasNode } from "./model";
import { BeginReadable, Distance } from "./Readable";

const NODE_TYPES = { flow: FlowNodeBox };
const EDGE_TYPES = { flow: FlowEdge };
const MINIMAP_FROM = 25;

interface FlowViewProps {
  readonly document: Flowchart;
  readonly catalog: Catalog;
  readonly decorations: DecorationsStore;
  readonly selected?: string | undefined;
  readonly onSelect?: (node: string | undefined) => void;
  /** Given together to keep two views at the same place. */
  readonly viewport?: Viewport;
  readonly onViewportChange?: (viewport: Viewport) => void;
  /** What moves the view by itself: it stands inside, where React Flow's own hooks can be used. */
  readonly children?: ReactNode;
}

export function FlowView({ document, catalog, decorations, selected, onSelect, viewport, onViewportChange, children }: FlowViewProps) {
  const { colorScheme } = useMantineColorScheme();
  const [draw] = useState(() => makeModel(catalog));
  const [session] = useState(() => makeSession().getState());
  const seen = { ...session, nodes: new Set(selected === undefined ? [] : [selected]) };
  const { nodes, edges } = draw(document, seen);
  const count = Object.keys(document.nodes).length;
  return (
    <DecorationsContext value={decorations}>
      <ReactFlowProvider>
        <ReactFlow<CanvasNode, CanvasEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          colorMode={colorScheme === "auto" ? "system" : colorScheme}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          deleteKeyCode={null}
          onNodeClick={(_, node) => onSelect?.(node.id)}
          onPaneClick={() => onSelect?.(undefined)}
          fitView={viewport === undefined}
          fitViewOptions={{ padding: 0.12, maxZoom: 1 }}
          minZoom={0.1}
          onlyRenderVisibleElements={count > 100}
          {...(viewport ? { viewport } : {})}
          {...(onViewportChange ? { onViewportChange } : {})}
        >
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
          <Controls showInteractive={false} />
          <Distance />
          {!viewport && <BeginReadable />}
          {children}
          {count > MINIMAP_FROM && <MiniMap pannable zoomable ariaLabel="Overview of the journey" />}
        </ReactFlow>
      </ReactFlowProvider>
    </DecorationsContext>
  );
}
