/** The journey as a nested list: what is done one after another stands in one list, branches stand inside. */

import type { Flowchart } from "./document";
import { isStart } from "./legality";
import type { Catalog } from "./manifest";
import { portsOfNode, strayPorts } from "./ports";

export interface OutlineItem {
  readonly node: string;
  /** Set where the node stands in full at another place of the list: "go on at". */
  readonly again: boolean;
  /** Empty where the only way out goes on in the same list. */
  readonly branches: readonly Branch[];
}

export interface Branch {
  readonly port: string;
  readonly label: string;
  /** Empty where the port is open. */
  readonly steps: readonly OutlineItem[];
}

/** One list for each start, from the top: first those at which contacts begin, then others; then what no start leads to. */
export function outline(document: Flowchart, catalog: Catalog): OutlineItem[][] {
  const entered = new Set(Object.values(document.edges).map((edge) => edge.to));
  const ids = Object.keys(document.nodes).sort((one, other) => byPlace(document, one, other));
  const begins = (id: string): boolean => isStart(document, catalog, id);
  const loose = ids.filter((id) => !entered.has(id));
  const starts = [...loose.filter(begins), ...loose.filter((id) => !begins(id))];
  const told = new Set<string>();
  const lists: OutlineItem[][] = [];
  for (const id of [...starts, ...ids]) if (!told.has(id)) lists.push(tell(document, catalog, id, told));
  return lists;
}

/** The ids in the order in which the outline tells of them. */
export function outlineOrder(lists: readonly (readonly OutlineItem[])[]): string[] {
  const found: string[] = [];
  const open = [...lists].reverse();
  for (let list = open.pop(); list !== undefined; list = open.pop()) {
    for (const item of list) if (!item.again) found.push(item.node);
    const last = list.at(-1);
    if (last) open.push(...last.branches.map((branch) => branch.steps).reverse());
  }
  return found;
}

function tell(document: Flowchart, catalog: Catalog, start: string, told: Set<string>): OutlineItem[] {
  const steps: OutlineItem[] = [];
  for (let id = start; id in document.nodes; ) {
    if (told.has(id)) {
      steps.push({ node: id, again: true, branches: [] });
      break;
    }
    told.add(id);
    const ways = waysOut(document, catalog, id);
    const [only] = ways;
    if (ways.length === 1 && only?.to !== undefined) {
      steps.push({ node: id, again: false, branches: [] });
      id = only.to;
      continue;
    }
    const branches = ways.map(({ port, label, to }) => ({
      port,
      label,
      steps: to === undefined ? [] : tell(document, catalog, to, told),
    }));
    steps.push({ node: id, again: false, branches });
    break;
  }
  return steps;
}

/** The ways out that are asked for or used; an optional port that is open needs no telling. */
function waysOut(document: Flowchart, catalog: Catalog, id: string): { port: string; label: string; to: string | undefined }[] {
  const targets = new Map<string, string>();
  for (const edge of Object.values(document.edges)) if (edge.from === id) targets.set(edge.port, edge.to);
  const known = portsOfNode(document, catalog, id)
    .filter((port) => port.required || targets.has(port.key))
    .map((port) => ({ port: port.key, label: port.label, to: targets.get(port.key) }));
  const stray = strayPorts(document, catalog, id).map((port) => ({ port, label: port, to: targets.get(port) }));
  return [...known, ...stray];
}

function byPlace(document: Flowchart, one: string, other: string): number {
  const [a, b] = [document.nodes[one]?.position, document.nodes[other]?.position];
  return (a?.y ?? 0) - (b?.y ?? 0) || (a?.x ?? 0) - (b?.x ?? 0) || (one < other ? -1 : 1);
}
