/** The canvas goes with the contact: gently, and only when it would be out of sight. */

import { useReactFlow, useStore as useFlowStore } from "@xyflow/react";
import { useReducedMotion } from "@mantine/hooks";
import { useEffect } from "react";

const GENTLY = 500;
const MARGIN = 40;
const READABLE = 0.55;

export function Follow({ nodes }: { readonly nodes: readonly string[] }) {
  const { getNode, getViewport, setCenter } = useReactFlow();
  const width = useFlowStore((state) => state.width);
  const height = useFlowStore((state) => state.height);
  const still = useReducedMotion();
  const [first] = nodes;
  useEffect(() => {
    if (first === undefined || width === 0) return;
    // The canvas measures its nodes first, and shows the whole journey: a moment later there is something to go to.
    const later = setTimeout(() => {
      const node = getNode(first);
      if (!node) return;
      const { x, y, zoom } = getViewport();
      const wide = node.measured?.width ?? node.width ?? 208;
      const tall = node.measured?.height ?? 110;
      const left = node.position.x * zoom + x;
      const top = node.position.y * zoom + y;
      const seen = left > MARGIN && top > MARGIN && left + wide * zoom < width - MARGIN && top + tall * zoom < height - MARGIN;
      if (!seen || zoom < READABLE) void setCenter(node.position.x + wide / 2, node.position.y + tall / 2, { zoom: Math.max(zoom, 0.75), duration: still ? 0 : GENTLY });
    }, 120);
    return () => clearTimeout(later);
  }, [first, width, height, still, getNode, getViewport, setCenter]);
  return null;
}
