/** The icon of a node type in the shape of its family, as on the canvas. */

import { createElement, type CSSProperties } from "react";

import { iconOf } from "../canvas/icons";
import type { Family } from "../graph/manifest";

interface NodeIconProps {
  readonly family: Family;
  readonly icon: string;
  readonly colour: string;
}

export function NodeIcon({ family, icon, colour }: NodeIconProps) {
  return (
    <span className={`node-icon node-icon-${family}`} style={{ "--tone": colour } as CSSProperties} aria-hidden>
      {createElement(iconOf(icon, family), { size: 15 })}
    </span>
  );
}
