/** What one does with a journey, in the order in which one does it. A mode that has a room here is offered in the bar. */

import { lazy, type ComponentType } from "react";

import type { JourneyMode } from "../router";
import { DrawMode } from "./DrawMode";

export interface Mode {
  readonly mode: JourneyMode;
  readonly label: string;
  readonly Room: ComponentType;
}

export const MODES: readonly Mode[] = [
  { mode: "draw", label: "Draw", Room: DrawMode },
  { mode: "try", label: "Try it", Room: lazy(() => import("../rehearsal/TryMode")) },
  { mode: "watch", label: "Watch", Room: lazy(() => import("../watch/WatchMode")) },
  { mode: "versions", label: "Versions", Room: lazy(() => import("../versions/VersionsMode")) },
];
