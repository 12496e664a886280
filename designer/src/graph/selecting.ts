/** What belongs to a selection: what comes before it, what follows, what stands beside it. */

import type { Flowchart, Position } from "./document";
import type { Box } from "./guides";

/** The nodes and everything that leads to them. */
export function upstream(document: Flowchart, ids: Iterable<string>): Set<string> {
  return reached(ids, Object.values(document.edges).map(({ from, to }) => [to, from] as const));
}

/** The nodes and everything to which they lead. */
export function downstream(document: Flowchart, ids: Iterable<string>): Set<string> {
  return reached(ids, Object.values(document.edges).map(({ from, to }) => [from, to] as const));
}

export type Direction = "left" | "right" | "up" | "down";

/** The nearest node in a direction: rather far ahead than far to the side. */
export function neighbour(boxes: ReadonlyMap<string, Box>, from: string, direction: Direction): string | undefined {
  const own = boxes.get(from);
  if (!own) return undefined;
  const here = middle(own);
  let best: { readonly id: string; readonly far: number } | undefined;
  for (const [id, box] of boxes) {
    if (id === from) continue;
    const there = middle(box);
    const [ahead, aside] = apart(here, there, direction);
    // Within 63 degrees of the way that one looks.
    if (ahead <= 0 || Math.abs(aside) > 2 * ahead) continue;
    const far = ahead + 2 * Math.abs(aside);
    if (!best || far < best.far) best = { id, far };
  }
  return best?.id;
}

function apart(here: Position, there: Position, direction: Direction): [number, number] {
  const [x, y] = [there.x - here.x, there.y - here.y];
  switch (direction) {
    case "left": return [-x, y];
    case "right": return [x, y];
    case "up": return [-y, x];
    case "down": return [y, x];
  }
}

function middle({ x, y, width, height }: Box): Position {
  return { x: x + width / 2, y: y + height / 2 };
}

function reached(ids: Iterable<string>, ways: readonly (readonly [string, string])[]): Set<string> {
  const next = new Map<string, string[]>();
  for (const [from, to] of ways) {
    const known = next.get(from);
    if (known) known.push(to);
    else next.set(from, [to]);
  }
  const found = new Set<string>(ids);
  const open = [...found];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const to of next.get(id) ?? []) {
      if (found.has(to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}
