/** The keys of the editor. They are silent while somebody types into a field. */

import * as commands from "../graph/commands";
import type { EditorStore } from "../store/editor";
import type { SessionStore } from "../store/session";

/** Listen until the answer is called. */
export function listenToKeys(editor: EditorStore, session: SessionStore): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (isTyping(event.target)) return;
    const act = actOf(event);
    if (!act) return;
    event.preventDefault();
    act(editor, session);
  };
  window.addEventListener("keydown", pressed);
  return () => window.removeEventListener("keydown", pressed);
}

type Act = (editor: EditorStore, session: SessionStore) => void;

function actOf(event: KeyboardEvent): Act | undefined {
  const command = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (command && key === "z") return event.shiftKey ? redo : undo;
  if (command && key === "y") return redo;
  if (command && key === "d") return duplicate;
  if (key === "delete" || key === "backspace") return command ? heal : remove;
  return undefined;
}

const undo: Act = (editor) => editor.getState().undo();
const redo: Act = (editor) => editor.getState().redo();

const duplicate: Act = (editor, session) => {
  const { history, catalog, record } = editor.getState();
  const { patch, ids } = commands.duplicate(history.document, session.getState().nodes, { catalog, random: Math.random });
  record("Duplicate", patch);
  session.setState({ nodes: new Set(ids.values()), edges: new Set() });
};

const remove: Act = (editor, session) => {
  const { nodes, edges } = session.getState();
  if (nodes.size > 0) editor.getState().record("Delete", commands.deleteNodes(editor.getState().history.document, nodes));
  const left = [...edges].filter((edge) => edge in editor.getState().history.document.edges);
  if (left.length > 0) editor.getState().record("Disconnect", commands.disconnect(editor.getState().history.document, left));
  session.setState({ nodes: new Set(), edges: new Set() });
};

const heal: Act = (editor, session) => {
  for (const node of session.getState().nodes) {
    const { history, catalog, record } = editor.getState();
    record("Delete and reconnect", commands.deleteAndReconnect(history.document, node, { catalog, random: Math.random }));
  }
  session.setState({ nodes: new Set(), edges: new Set() });
};

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}
