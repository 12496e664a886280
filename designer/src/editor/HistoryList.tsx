/** The steps of this window, the newest first: a click goes back to one, or forward again. */

import { Menu, ScrollArea } from "@mantine/core";
import { useStore } from "zustand";

import { useDesk, type Desk } from "../canvas/desk";

const HIGH = 380;

export function HistoryList() {
  const desk = useDesk();
  const { past, future } = useStore(desk.editor, (state) => state.history);
  const names = [...past.map((step) => step.name), ...[...future].reverse().map((step) => step.name)];
  const rows = ["As it was opened", ...names].map((name, depth) => ({ name, depth })).reverse();
  return (
    <ScrollArea.Autosize mah={HIGH}>
      {rows.map(({ name, depth }) => (
        <Menu.Item
          key={depth} className="history-step" {...(depth === past.length ? { "aria-current": "step" as const } : {})}
          data-undone={depth > past.length} onClick={() => travel(desk, depth)}
        >
          {name}
        </Menu.Item>
      ))}
    </ScrollArea.Autosize>
  );
}

/** Undo or redo until so many steps are done. */
export function travel({ editor }: Desk, depth: number): void {
  for (let left = editor.getState().history.past.length - depth; left > 0; left -= 1) editor.getState().undo();
  for (let left = depth - editor.getState().history.past.length; left > 0; left -= 1) editor.getState().redo();
}
