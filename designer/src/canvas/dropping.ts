/** What is dragged over the canvas and let go there. */

/** The kind under which the palette drags a node type. */
export const DRAGGED = "application/x-wend-node";

/** The edge under a point of the screen, if one is there. */
export function edgeUnder(x: number, y: number): string | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const edge = element.closest(".react-flow__edge");
    if (edge) return edge.getAttribute("data-id") ?? undefined;
  }
  return undefined;
}
