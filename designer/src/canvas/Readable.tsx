/** Words and numbers that can be read: a wide journey begins at its start, and what is far away is written larger. */

import { useNodesInitialized, useReactFlow, useStore } from "@xyflow/react";
import { useEffect, useRef } from "react";

import { openingOf } from "./opening";

/** The view at the beginning, once the nodes are measured. Later it is wherever hands have moved it. */
export function BeginReadable() {
  const ready = useNodesInitialized();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const { getNodes, getNodesBounds, setViewport } = useReactFlow();
  const begun = useRef(false);
  useEffect(() => {
    if (!ready || width === 0 || height === 0 || begun.current) return;
    begun.current = true;
    const nodes = getNodes();
    const opening = openingOf(getNodesBounds(nodes), nodes, { width, height });
    if (opening) void setViewport(opening);
  }, [ready, width, height, getNodes, getNodesBounds, setViewport]);
  return null;
}

const FAR = 0.95;

/** Tells the style sheets how far away the drawing is, in steps, so that nothing is measured anew at every turn of a wheel. */
export function Distance() {
  const zoom = useStore((state) => state.transform[2]);
  const root = useStore((state) => state.domNode);
  const step = zoom >= FAR ? 1 : Math.min(2.4, Math.round((FAR / zoom) * 5) / 5);
  useEffect(() => {
    root?.style.setProperty("--larger", String(step));
    root?.classList.toggle("is-far", step > 1);
  }, [root, step]);
  return null;
}
