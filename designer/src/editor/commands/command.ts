/** A command: the one description behind a key, a menu entry, the list of keys and the command palette. */

import type { Desk } from "../../canvas/desk";

export const GROUPS = ["Add and connect", "Edit", "Select", "Arrange", "View", "Go to"] as const;

export interface Command {
  readonly id: string;
  readonly label: string;
  readonly group: (typeof GROUPS)[number];
  /** "Mod+Shift+Z": Mod is Ctrl, or Command on a Mac. The first is the one that menus show. */
  readonly keys: readonly string[];
  /** Where it works: everywhere in the editor, or only while the drawing has the focus. */
  readonly where: "everywhere" | "drawing";
  /** The browser does it by itself on these keys, with an event that is heard elsewhere. */
  readonly native?: boolean;
  readonly when?: (desk: Desk) => boolean;
  readonly run: (desk: Desk) => void;
}

/** The keys that an event tells of, as commands write them. */
export function keysOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): string {
  const { key } = event;
  const letter = /^\p{L}$/u.test(key);
  // The sign that Shift makes says already that Shift is down.
  const shift = event.shiftKey && (letter || key.length > 1);
  return [event.ctrlKey || event.metaKey ? "Mod" : "", event.altKey ? "Alt" : "", shift ? "Shift" : "", letter ? key.toUpperCase() : key]
    .filter(Boolean).join("+");
}

/** The command behind the keys, if one is. */
export function commandOf(commands: readonly Command[], keys: string): Command | undefined {
  return commands.find((one) => one.keys.includes(keys));
}

/** Keys as a person reads them. */
export function spelledKeys(keys: string, mac = isMac()): string[] {
  const words: Readonly<Record<string, string>> = {
    Mod: mac ? "⌘" : "Ctrl", Alt: mac ? "⌥" : "Alt", Shift: mac ? "⇧" : "Shift",
    ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Delete: "Del", Escape: "Esc",
  };
  return (keys === "+" ? ["+"] : keys.split("+")).map((one) => words[one] ?? one);
}

function isMac(): boolean {
  return typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);
}
