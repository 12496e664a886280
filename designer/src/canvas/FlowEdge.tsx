/** One edge: its line, how many went along it, and the "+" that lets a node in. */

import { BaseEdge, getBezierPath, type EdgeProps } from "@xyflow/react";
import { memo, useContext, type MouseEvent } from "react";

import { askWhat } from "./actions";
import { useEdgeDecoration } from "./decorations";
import { DeskContext, useUi } from "./desk";
import type { CanvasEdge } from "./model";

const count = new Intl.NumberFormat("en");
const THIN = 1.6;
const THICK = 9;

export const FlowEdge = memo(function FlowEdge({ id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, markerEnd }: EdgeProps<CanvasEdge>) {
  const { count: many, share, mark } = useEdgeDecoration(id);
  const into = useUi((state) => state.into === id);
  const [path, x, y] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const width = share === undefined ? undefined : THIN + share * (THICK - THIN);
  return (
    <g className={`flow-edge${mark ? ` mark-${mark}` : ""}${into ? " is-into" : ""}`}>
      <BaseEdge id={id} path={path} {...(markerEnd ? { markerEnd } : {})} {...(width === undefined ? {} : { style: { strokeWidth: width } })} />
      {many !== undefined && <Label x={x} y={y} text={count.format(many)} />}
      <AddOnEdge edge={id} x={x} y={y} />
    </g>
  );
});

function Label({ x, y, text }: { readonly x: number; readonly y: number; readonly text: string }) {
  const width = 12 + 7 * text.length;
  return (
    <g transform={`translate(${String(x)} ${String(y)})`} className="flow-edge-count">
      <g className="flow-edge-pill">
        <rect x={-width / 2} y={-10} width={width} height={20} rx={10} />
        <text textAnchor="middle" dominantBaseline="central">{text}</text>
      </g>
    </g>
  );
}

function AddOnEdge({ edge, x, y }: { readonly edge: string; readonly x: number; readonly y: number }) {
  const desk = useContext(DeskContext);
  if (!desk) return null;
  const ask = (event: MouseEvent): void => {
    event.stopPropagation();
    askWhat(desk, { kind: "edge", edge }, { x: event.clientX, y: event.clientY });
  };
  return (
    <g className="flow-edge-add nopan" role="button" aria-label="Add a node here" transform={`translate(${String(x)} ${String(y)})`} onClick={ask}>
      <title>Add a node here</title>
      <circle className="flow-edge-reach" r={14} />
      <circle r={8.5} />
      <path d="M-4 0H4M0-4V4" />
    </g>
  );
}
