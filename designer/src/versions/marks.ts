/** The differences of two flowcharts as what two drawings show: what is gone on the old one, what is new on the new one. Pure. */

import type { Decorations, EdgeDecoration, NodeDecoration } from "../canvas/decorations";
import { diff, type Fate } from "../graph/diff";
import type { Flowchart } from "../graph/document";

export interface Marked {
  readonly old: Decorations;
  readonly new: Decorations;
}

/** What each of the two shows. Where a node stands is no difference. */
export function marksOf(before: Flowchart, after: Flowchart): Marked {
  const { nodes, ports } = diff(before, after);
  const side = (document: Flowchart, shown: (fate: Fate) => boolean): Decorations => {
    const marked: Record<string, NodeDecoration> = {};
    for (const [id, { fate }] of nodes) if (id in document.nodes && shown(fate)) marked[id] = { mark: fate };
    const edges: Record<string, EdgeDecoration> = {};
    for (const [id, { from, port }] of Object.entries(document.edges)) {
      const fate = ports.get(`${from}.${port}`);
      if (fate && shown(fate)) edges[id] = { mark: fate };
    }
    return { nodes: marked, edges };
  };
  return { old: side(before, (fate) => fate !== "added"), new: side(after, (fate) => fate !== "removed") };
}

/** The node of a drawing to which a change leads; undefined where it leads to none. */
export function nodeOf(change: { readonly part: string; readonly id: string }, document: Flowchart): string | undefined {
  if (change.part === "node") return change.id in document.nodes ? change.id : undefined;
  if (change.part !== "edge") return undefined;
  // "node.port": a node's own id may hold dots, so that the longest that fits is the one.
  for (let end = change.id.lastIndexOf("."); end > 0; end = change.id.lastIndexOf(".", end - 1)) {
    const id = change.id.slice(0, end);
    if (id in document.nodes) return id;
  }
  return undefined;
}
