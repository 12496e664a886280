/** All commands: what keys, menus, the list of keys and the command palette go by. */

import { ADDING, EDITING } from "./edit";
import type { Command } from "./command";
import { ARRANGING, GOING, SELECTING, VIEWING } from "./view";
import type { Desk } from "../../canvas/desk";

export const COMMANDS: readonly Command[] = [...ADDING, ...EDITING, ...SELECTING, ...ARRANGING, ...VIEWING, ...GOING];

/** The command of this id. */
export function command(id: string): Command {
  const found = COMMANDS.find((one) => one.id === id);
  if (!found) throw new Error(`There is no command "${id}". Look into editor/commands.`);
  return found;
}

/** Whether a command has something to do now. */
export function mayRun(desk: Desk, { when }: Command): boolean {
  return when?.(desk) ?? true;
}
