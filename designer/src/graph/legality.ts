/** Whether a connection may be drawn, and if not, why not and what to do: while the mouse is still down. */

import type { Flowchart, FlowEdge } from "./document";
import type { Catalog } from "./manifest";
import { labelOf, portsOfNode } from "./ports";

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly why: string };

const FINE: Verdict = { ok: true };

/** Whether this edge may be drawn. `instead` is the edge that it replaces, if it does. */
export function mayConnect(document: Flowchart, catalog: Catalog, edge: FlowEdge, instead?: string): Verdict {
  const source = document.nodes[edge.from];
  const target = document.nodes[edge.to];
  if (!source || !target) return no("One of the two nodes is gone. Choose nodes that are on the canvas.");
  if (!portsOfNode(document, catalog, edge.from).some((port) => port.key === edge.port)) {
    return no(`${labelOf(source, catalog)} has no way out called "${edge.port}". Begin at one of its ports.`);
  }
  if (edge.from === edge.to && !mayLoop(document, catalog, edge.from)) {
    return no("Only a node that waits may lead to itself. To go around, lead back to an earlier node.");
  }
  if (isStart(document, catalog, edge.to)) {
    return no(`Contacts begin at ${labelOf(target, catalog)}; nothing leads into it. Connect to the node that follows.`);
  }
  const other = edgeAt(document, edge.from, edge.port);
  if (other !== undefined && other !== instead) {
    return no("This way out leads somewhere already. Drag that connection's end, or remove it first.");
  }
  return FINE;
}

/** The id of the edge that leaves by this port. */
export function edgeAt(document: Flowchart, from: string, port: string): string | undefined {
  return Object.entries(document.edges).find(([, edge]) => edge.from === from && edge.port === port)?.[0];
}

/** Whether contacts begin at this node, so that nothing may lead into it: a trigger or a goal. */
export function isStart(document: Flowchart, catalog: Catalog, id: string): boolean {
  const node = document.nodes[id];
  const manifest = node && catalog.get(node.type, node.version);
  return manifest !== undefined && (manifest.family === "trigger" || manifest.operation === "goal");
}

/** Whether a node may lead to itself: it waits anew, as for the next change of a cart. */
export function mayLoop(document: Flowchart, catalog: Catalog, id: string): boolean {
  const node = document.nodes[id];
  const operation = node && catalog.get(node.type, node.version)?.operation;
  return operation === "wait" || operation === "rest";
}

/** Whether everything that is drawn may be: an imported drawing need not. The reasons, by edge. */
export function illegalEdges(document: Flowchart, catalog: Catalog): Map<string, string> {
  const found = new Map<string, string>();
  for (const [id, edge] of Object.entries(document.edges)) {
    const first = edgeAt(document, edge.from, edge.port);
    const verdict = mayConnect(document, catalog, edge, first === id ? id : undefined);
    if (!verdict.ok) found.set(id, verdict.why);
  }
  return found;
}

function no(why: string): Verdict {
  return { ok: false, why };
}
