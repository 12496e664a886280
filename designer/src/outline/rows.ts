/** The outline as one list of rows, as it is walked with the arrows. */

import type { OutlineItem } from "../graph/outline";

export interface OutlineRow {
  readonly key: string;
  readonly level: number;
  readonly node: string;
  /** Set for a branch: one of the node's ways out, and what is done there. */
  readonly port?: { readonly key: string; readonly label: string; readonly open: boolean };
  /** Stands in full at another place. */
  readonly again: boolean;
  readonly parent: string | undefined;
  /** Undefined where nothing stands below it. */
  readonly unfolded: boolean | undefined;
  readonly place: number;
  readonly siblings: number;
}

/** The rows that are to be seen. */
export function rowsOf(lists: readonly (readonly OutlineItem[])[], folded: ReadonlySet<string>): OutlineRow[] {
  const rows: OutlineRow[] = [];
  for (const [at, list] of lists.entries()) addList(rows, list, { key: String(at), level: 1, parent: undefined, folded });
  return rows;
}

interface Within {
  readonly key: string;
  readonly level: number;
  readonly parent: string | undefined;
  readonly folded: ReadonlySet<string>;
}

function addList(rows: OutlineRow[], list: readonly OutlineItem[], { key: path, level, parent, folded }: Within): void {
  for (const [at, item] of list.entries()) {
    const key = `${path}/${item.node}`;
    const unfolded = item.branches.length > 0 ? !folded.has(key) : undefined;
    rows.push({ key, level, node: item.node, again: item.again, parent, unfolded, place: at + 1, siblings: list.length });
    if (unfolded) addBranches(rows, item, { key, level: level + 1, parent: key, folded });
  }
}

function addBranches(rows: OutlineRow[], item: OutlineItem, { key: path, level, parent, folded }: Within): void {
  for (const [at, branch] of item.branches.entries()) {
    const key = `${path}:${branch.port}`;
    const open = branch.steps.length === 0;
    const unfolded = open ? undefined : !folded.has(key);
    const port = { key: branch.port, label: branch.label, open };
    rows.push({ key, level, node: item.node, port, again: false, parent, unfolded, place: at + 1, siblings: item.branches.length });
    if (unfolded) addList(rows, branch.steps, { key, level: level + 1, parent: key, folded });
  }
}

/** Where a key of the keyboard leads: to another row, or to one that is folded or unfolded. */
export function walk(rows: readonly OutlineRow[], at: number, key: string): { readonly to?: number; readonly fold?: string } {
  const row = rows[at];
  if (!row) return { to: 0 };
  switch (key) {
    case "ArrowDown": return { to: Math.min(at + 1, rows.length - 1) };
    case "ArrowUp": return { to: Math.max(at - 1, 0) };
    case "Home": return { to: 0 };
    case "End": return { to: rows.length - 1 };
    case "ArrowRight": return row.unfolded === false ? { fold: row.key } : row.unfolded ? { to: at + 1 } : {};
    case "ArrowLeft": {
      if (row.unfolded) return { fold: row.key };
      const parent = rows.findIndex((one) => one.key === row.parent);
      return parent < 0 ? {} : { to: parent };
    }
    default: return {};
  }
}
