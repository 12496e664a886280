/** Nodes brought into line, or spread evenly. */

import { move } from "./commands";
import type { Flowchart, Position } from "./document";
import type { Box } from "./guides";
import type { Patch } from "./patch";

export type Side = "left" | "centre" | "right" | "top" | "middle" | "bottom";

/** The nodes in one line: by a side, or by their middles. `boxes` says where they are drawn and how large. */
export function align(document: Flowchart, boxes: ReadonlyMap<string, Box>, side: Side): Patch {
  const all = [...boxes];
  if (all.length < 2) return [];
  const upright = side === "left" || side === "centre" || side === "right";
  const begin = (box: Box): number => (upright ? box.x : box.y);
  const length = (box: Box): number => (upright ? box.width : box.height);
  const least = Math.min(...all.map(([, box]) => begin(box)));
  const most = Math.max(...all.map(([, box]) => begin(box) + length(box)));
  const at = (box: Box): number => {
    if (side === "left" || side === "top") return least;
    return side === "right" || side === "bottom" ? most - length(box) : (least + most - length(box)) / 2;
  };
  return move(document, moved(all, (box) => (upright ? { x: at(box), y: box.y } : { x: box.x, y: at(box) })));
}

/** The nodes with the same space between each two neighbours; the outermost stay. */
export function distribute(document: Flowchart, boxes: ReadonlyMap<string, Box>, axis: "x" | "y"): Patch {
  const length = (box: Box): number => (axis === "x" ? box.width : box.height);
  const all = [...boxes].sort(([, one], [, other]) => one[axis] - other[axis]);
  const [first, last] = [all[0]?.[1], all.at(-1)?.[1]];
  if (all.length < 3 || !first || !last) return [];
  const room = last[axis] + length(last) - first[axis] - all.reduce((sum, [, box]) => sum + length(box), 0);
  const space = room / (all.length - 1);
  let next = first[axis];
  return move(document, moved(all, (box) => {
    const place = axis === "x" ? { x: next, y: box.y } : { x: box.x, y: next };
    next += length(box) + space;
    return place;
  }));
}

function moved(boxes: readonly (readonly [string, Box])[], where: (box: Box) => Position): Record<string, Position> {
  return Object.fromEntries(boxes.map(([id, box]) => {
    const { x, y } = where(box);
    return [id, { x: Math.round(x), y: Math.round(y) }];
  }));
}
