/** Helper lines: while a node is dragged, it clings to the sides and the middles of the others. */

import type { Position } from "./document";
import type { Size } from "./layout";

export type Box = Position & Size;

/** A line to be drawn, in canvas pixels: upright at x or level at y, from one end to the other. */
export interface Line {
  readonly axis: "x" | "y";
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface Guided {
  readonly position: Position;
  readonly lines: readonly Line[];
}

const CLINGS = 6;

/** Where a dragged box comes to stand, and the lines that it then shares with others. */
export function guided(moving: Box, others: Iterable<Box>, clings = CLINGS): Guided {
  const best = { x: { by: Infinity, at: 0 }, y: { by: Infinity, at: 0 } };
  const all = [...others];
  for (const other of all) {
    for (const axis of ["x", "y"] as const) {
      for (const own of linesOf(moving, axis)) {
        for (const at of linesOf(other, axis)) {
          if (Math.abs(at - own) < Math.abs(best[axis].by)) best[axis] = { by: at - own, at };
        }
      }
    }
  }
  const by = { x: Math.abs(best.x.by) <= clings ? best.x.by : 0, y: Math.abs(best.y.by) <= clings ? best.y.by : 0 };
  const stands: Box = { ...moving, x: moving.x + by.x, y: moving.y + by.y };
  const lines: Line[] = [];
  if (Math.abs(best.x.by) <= clings) lines.push(lineThrough(stands, all, "x", best.x.at));
  if (Math.abs(best.y.by) <= clings) lines.push(lineThrough(stands, all, "y", best.y.at));
  return { position: { x: stands.x, y: stands.y }, lines };
}

/** The two sides and the middle. */
function linesOf(box: Box, axis: "x" | "y"): number[] {
  const length = axis === "x" ? box.width : box.height;
  return [box[axis], box[axis] + length / 2, box[axis] + length];
}

function lineThrough(moving: Box, others: readonly Box[], axis: "x" | "y", at: number): Line {
  const across = axis === "x" ? "y" : "x";
  const touched = [moving, ...others.filter((box) => linesOf(box, axis).some((line) => Math.abs(line - at) < 0.5))];
  const length = (box: Box): number => (across === "x" ? box.width : box.height);
  return { axis, at, from: Math.min(...touched.map((box) => box[across])), to: Math.max(...touched.map((box) => box[across] + length(box))) };
}
