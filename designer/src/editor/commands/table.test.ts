// @vitest-environment happy-dom
import { expect, test } from "vitest";

import { makeDesk, type Desk } from "../../canvas/desk";
import { CATALOG, example } from "../../graph/samples";
import { makeEditor } from "../../store/editor";
import { makeSession } from "../../store/session";
import { travel } from "../HistoryList";
import { commandOf, GROUPS, keysOf } from "./command";
import { command, COMMANDS, mayRun } from "./table";

const desk = (chosen: readonly string[] = []): Desk => {
  const session = makeSession();
  session.setState({ nodes: new Set(chosen) });
  return makeDesk("1", makeEditor("1", example("coupon"), CATALOG), session);
};
const pressed = (key: string, held: Partial<KeyboardEvent> = {}) => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });
const nodes = ({ editor }: Desk) => editor.getState().history.document.nodes;
const steps = ({ editor }: Desk): string[] => editor.getState().history.past.map((step) => step.name);

test("no two commands share an id or a key", () => {
  expect(new Set(COMMANDS.map((one) => one.id)).size).toBe(COMMANDS.length);
  const keys = COMMANDS.flatMap((one) => one.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test("every command has a label and stands in a group that the sheet shows", () => {
  expect(COMMANDS.filter((one) => !one.label || !GROUPS.includes(one.group))).toEqual([]);
});

test("keys are read alike on every keyboard", () => {
  expect(keysOf(pressed("z", { ctrlKey: true }))).toBe("Mod+Z");
  expect(keysOf(pressed("Z", { metaKey: true, shiftKey: true }))).toBe("Mod+Shift+Z");
  expect(keysOf(pressed("?", { shiftKey: true }))).toBe("?");
  expect(keysOf(pressed("ArrowUp", { shiftKey: true }))).toBe("Shift+ArrowUp");
  expect(commandOf(COMMANDS, keysOf(pressed("/")))?.id).toBe("add");
});

test("a command that needs a selection does not run without one", () => {
  expect(mayRun(desk(), command("heal"))).toBe(false);
  expect(mayRun(desk(["email"]), command("heal"))).toBe(true);
  expect(mayRun(desk(["email"]), command("align-left"))).toBe(false);
});

test("deleting is one step with the node's name, and undo brings back exactly what was there", () => {
  const here = desk(["email"]);
  command("delete").run(here);
  expect(nodes(here)["email"]).toBeUndefined();
  expect(steps(here)).toEqual(["Delete Send the offer"]);
  command("undo").run(here);
  expect(here.editor.getState().history.document).toEqual(example("coupon"));
});

test("several arrows in a row are one step", () => {
  const here = desk(["email"]);
  const before = nodes(here)["email"]?.position;
  for (let times = 0; times < 4; times += 1) command("move-right").run(here);
  expect(nodes(here)["email"]?.position).toEqual({ x: (before?.x ?? 0) + 40, y: before?.y });
  expect(steps(here)).toEqual(["Move Send the offer"]);
});

test("a click in the list of steps goes back to a step, and forward again", () => {
  const here = desk(["email"]);
  command("move-right").run(here);
  command("duplicate").run(here);
  command("delete").run(here);
  const end = here.editor.getState().history;
  travel(here, 1);
  expect(steps(here)).toHaveLength(1);
  travel(here, 3);
  expect(here.editor.getState().history).toEqual(end);
});

test("on the row of a way out, deleting takes the connection and leaves the node", () => {
  const here = desk();
  here.session.setState({ view: "outline" });
  here.ui.setState({ row: { node: "email", port: "sent" } });
  command("delete").run(here);
  const { document } = here.editor.getState().history;
  expect(document.nodes["email"]).toBeDefined();
  expect(Object.values(document.edges).some((edge) => edge.from === "email")).toBe(false);
});
