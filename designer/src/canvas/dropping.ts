/** What is dragged over the canvas and let go there. */

/** The kind under which the palette drags a node type. */
export const DRAGGED = "application/x-wend-node";

/** The edge under a point of the screen, if one is there. */
export function edgeUnder(x: number, y: number): string | undefined {
  return under(x, y, ".react-flow__edge");
}

/** The node under a point of the screen, if one is there. */
export function nodeUnder(x: number, y: number): string | undefined {
  return under(x, y, ".react-flow__node");
}

function under(x: number, y: number, kind: string): string | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const found = element.closest(kind);
    if (found) return found.getAttribute("data-id") ?? undefined;
  }
  return undefined;
}
