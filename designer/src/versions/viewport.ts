/** Where to look at two drawings at once. Pure. */

import { WIDTH } from "../canvas/model";
import type { Flowchart, Position } from "../graph/document";

export interface Box {
  readonly width: number;
  readonly height: number;
}

interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

const HEIGHT = 130;
const PADDING = 0.88;
const [LEAST, MOST] = [0.1, 1];
const NARROW = { below: 600, zoom: 0.45, margin: 16 };

/** The view that shows all nodes of the drawings; the beginning of them where there is so little room that nothing could be read. */
export function fitted(documents: readonly Flowchart[], box: Box): View {
  const places = documents.flatMap((one) => Object.values(one.nodes).flatMap((node) => (node.position ? [node.position] : [])));
  if (places.length === 0) return { x: 0, y: 0, zoom: 1 };
  const [left, top] = [Math.min(...places.map(({ x }) => x)), Math.min(...places.map(({ y }) => y))];
  const [right, bottom] = [Math.max(...places.map(({ x }) => x)) + WIDTH, Math.max(...places.map(({ y }) => y)) + HEIGHT];
  const zoom = Math.min(MOST, Math.max(LEAST, PADDING * Math.min(box.width / (right - left), box.height / (bottom - top))));
  if (box.width < NARROW.below && zoom < NARROW.zoom) {
    return { zoom: NARROW.zoom, x: NARROW.margin - left * NARROW.zoom, y: box.height / 2 - ((top + bottom) / 2) * NARROW.zoom };
  }
  return centred({ x: (left + right) / 2, y: (top + bottom) / 2 }, box, zoom);
}

/** The view with a place of the drawing in its middle. */
export function centred(place: Position, box: Box, zoom: number): View {
  return { x: box.width / 2 - place.x * zoom, y: box.height / 2 - place.y * zoom, zoom };
}
