/** What the parts of the editor share: the draft, this window's session, and saving. */

import { createContext, useContext } from "react";

import type { DecorationsStore } from "../canvas/decorations";
import type { Autosave } from "../store/autosave";
import type { EditorStore } from "../store/editor";
import type { Live } from "../store/live";
import type { SessionStore } from "../store/session";

export interface EditorRoom {
  readonly journey: string;
  readonly editor: EditorStore;
  readonly session: SessionStore;
  readonly autosave: Autosave;
  /** Who else is here. */
  readonly live: Live;
  /** What the drawing canvas shows on top of the draft: problems, and who else is here. */
  readonly decorations: DecorationsStore;
}

export const EditorContext = createContext<EditorRoom | undefined>(undefined);

/** The editor around a component. */
export function useEditorRoom(): EditorRoom {
  const room = useContext(EditorContext);
  if (!room) throw new Error("This part stands outside the editor. Put it into EditorContext.");
  return room;
}
