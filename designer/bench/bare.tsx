/** A bare React Flow canvas with as many nodes as the page's address asks for: what `make bench` compares the designer with. */

import "@xyflow/react/dist/style.css";

import { Background, ReactFlow, type Edge, type Node } from "@xyflow/react";
import { createRoot } from "react-dom/client";

interface Graph {
  readonly nodes: Readonly<Record<string, { readonly position: { readonly x: number; readonly y: number } }>>;
  readonly edges: Readonly<Record<string, { readonly from: string; readonly to: string }>>;
}

const answer = await fetch("./graph.json");
const graph = (await answer.json()) as Graph;
const nodes: Node[] = Object.entries(graph.nodes).map(([id, { position }]) => ({ id, position, data: { label: id }, width: 208 }));
const edges: Edge[] = Object.entries(graph.edges).map(([id, { from, to }]) => ({ id, source: from, target: to }));

const root = document.getElementById("root");
if (!root) throw new Error("The page has no place for the canvas.");
createRoot(root).render(
  <ReactFlow defaultNodes={nodes} defaultEdges={edges} fitView minZoom={0.01} onlyRenderVisibleElements>
    <Background />
  </ReactFlow>,
);
