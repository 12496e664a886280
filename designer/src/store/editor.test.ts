import { beforeEach, expect, test } from "vitest";

import { rename, note } from "../graph/commands";
import { CATALOG, example } from "../graph/samples";
import { makeEditor, type EditorStore } from "./editor";

let clock = 0;
let editor: EditorStore;
const names = (): string[] => editor.getState().history.past.map((step) => step.name);
const typeName = (text: string): void => editor.getState().type("Rename", rename(editor.getState().history.document, "email", text));

beforeEach(() => {
  clock = 0;
  editor = makeEditor("1", example("coupon"), CATALOG, () => clock);
});

test("what is typed is in the document at once, and a row of keystrokes is one step", () => {
  for (const text of ["H", "He", "Hey"]) typeName(text);
  expect(editor.getState().history.document.nodes["email"]?.name).toBe("Hey");
  expect(names()).toEqual(["Rename"]);
  editor.getState().undo();
  expect(editor.getState().history.document.nodes["email"]?.name).toBe("Send the offer");
});

test("a pause, leaving the field, another field and an undo each begin a step of their own", () => {
  typeName("a");
  clock += 5_000;
  typeName("ab");
  editor.getState().endTyping();
  typeName("abc");
  editor.getState().type("Note", note(editor.getState().history.document, "email", "x"));
  expect(names()).toEqual(["Rename", "Rename", "Rename", "Note"]);
  editor.getState().undo();
  typeName("abcd");
  expect(names()).toEqual(["Rename", "Rename", "Rename", "Rename"]);
});
