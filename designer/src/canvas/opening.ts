/** Where a canvas opens that is too wide to be read as a whole. Pure. */

interface Placed {
  readonly position: { readonly x: number; readonly y: number };
}

const LEAST = 0.55;
const MARGIN = 32;
const HALF_A_NODE = 55;

/** The view of the start at a zoom that can be read; undefined where the whole drawing can be. */
export function openingOf(bounds: { readonly width: number; readonly height: number }, nodes: readonly Placed[], room: { readonly width: number; readonly height: number }) {
  const [any, ...others] = nodes;
  if (!any) return undefined;
  const whole = Math.min(room.width / bounds.width, room.height / bounds.height) * 0.88;
  if (whole >= LEAST) return undefined;
  // A journey is read from the left: the leftmost node is its beginning, and of several the highest.
  const first = others.reduce((best, one) => (one.position.x < best.position.x || (one.position.x === best.position.x && one.position.y < best.position.y) ? one : best), any);
  return { zoom: LEAST, x: MARGIN - first.position.x * LEAST, y: room.height / 2 - (first.position.y + HALF_A_NODE) * LEAST };
}
