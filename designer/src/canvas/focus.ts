/** Where the keyboard is in the drawing. */

/** The node on the canvas that has the focus. */
export function focusedNode(): string | undefined {
  return focused(".react-flow__node");
}

/** The edge on the canvas that has the focus. */
export function focusedEdge(): string | undefined {
  return focused(".react-flow__edge");
}

/** Give a node the focus as soon as it is drawn. */
export function focusNode(id: string, tries = 8): void {
  requestAnimationFrame(() => {
    const found = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
    // Until it is measured it is hidden, and takes no focus.
    found?.focus({ preventScroll: true });
    if ((!found || document.activeElement !== found) && tries > 0) focusNode(id, tries - 1);
  });
}

/** Whether the focus is in the drawing, or nowhere. */
export function isDrawing(target: EventTarget | null): boolean {
  return !(target instanceof Element) || target === document.body || target.closest(".draw-view") !== null;
}

function focused(kind: string): string | undefined {
  return document.activeElement?.closest(kind)?.getAttribute("data-id") ?? undefined;
}
