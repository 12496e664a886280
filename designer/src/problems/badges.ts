/** What nodes on the canvas show of their problems. Pure. */

import type { NodeDecoration } from "../canvas/decorations";
import type { Diagnostic } from "./store";

/** A badge for each node: the worst of what is said of it, and all of it in words. */
export function badgesOf(diagnostics: readonly Diagnostic[]): Record<string, NodeDecoration["problem"]> {
  const found: Record<string, { severity: "error" | "warning"; text: string }> = {};
  for (const { node, severity, message, fix } of diagnostics) {
    if (!node) continue;
    const words = `${message} ${fix.text}`;
    const known = found[node];
    found[node] = known ? { severity: known.severity === "error" ? "error" : severity, text: `${known.text}\n${words}` } : { severity, text: words };
  }
  return found;
}
