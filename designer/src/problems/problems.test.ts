import { expect, test, vi } from "vitest";

import { EMPTY, type Flowchart } from "../graph/document";
import * as commands from "../graph/commands";
import { apply } from "../graph/patch";
import { Catalog } from "../graph/manifest";
import { makeEditor } from "../store/editor";
import { faultsOf, nearby } from "./faults";
import { repairOf, repairWords } from "./repair";
import { makeProblems, watchProblems, type Diagnostic } from "./store";
import { badgesOf } from "./badges";

const DOCUMENT: Flowchart = { ...EMPTY, name: "J", nodes: { a: { type: "t", version: 1, config: { within: "x", list: [1, 2] } } }, edges: { "e/1": { from: "a", port: "p", to: "a" } } };

function said(code: string, more: Partial<Diagnostic> = {}): Diagnostic {
  return { code, severity: "error", node: null, field: null, edge: null, message: `${code}.`, fix: { text: "Mend.", patch: [] }, ...more };
}

test("a fix is a change of the document, made as the engine's patch says", () => {
  const fix = (...patch: Diagnostic["fix"]["patch"]) => ({ fix: { text: "", patch } });
  const removed = repairOf(DOCUMENT, fix({ op: "remove", path: "/edges/e~11", value: null }));
  expect(removed && apply(DOCUMENT, removed).edges).toEqual({});
  const set = repairOf(DOCUMENT, fix({ op: "add", path: "/nodes/a/config/within", value: "2 days" }));
  expect(set).toEqual([{ kind: "node", id: "a", field: "config.within", before: "x", after: "2 days" }]);
});

test("a fix that is words alone, or that no longer fits, is no change", () => {
  expect(repairOf(DOCUMENT, { fix: { text: "Think.", patch: [] } })).toBeUndefined();
  expect(repairOf(DOCUMENT, { fix: { text: "", patch: [{ op: "remove", path: "/nodes/gone", value: null }] } })).toBeUndefined();
  expect(repairOf(DOCUMENT, { fix: { text: "", patch: [{ op: "add", path: "/nodes/gone/config/x", value: 1 }] } })).toBeUndefined();
});

test("the button of a fix says what it does", () => {
  const words = (...patch: Diagnostic["fix"]["patch"]) => repairWords({ fix: { text: "", patch } });
  expect(words({ op: "remove", path: "/edges/e", value: null }, { op: "remove", path: "/nodes/a", value: null })).toBe("Remove the node");
  expect(words({ op: "remove", path: "/edges/e", value: null })).toBe("Remove the connection");
  expect(words({ op: "add", path: "/nodes/x", value: {} }, { op: "add", path: "/edges/y", value: {} })).toBe("Add an exit");
  expect(words({ op: "add", path: "/nodes/a/version", value: 2 })).toBe("Use version 2");
  expect(words({ op: "replace", path: "/nodes/a/config/template", value: "launch" })).toBe("Use launch");
});

test("what is said of a field stands at the field, what is said of a node at the node", () => {
  const faults = faultsOf([said("whole", { node: "a" }), said("deep", { node: "a", field: "events.0.event" }), said("other", { node: "b" })], "a");
  expect(faults.whole.map((one) => one.code)).toEqual(["whole"]);
  expect(faults.at("events.0.event")).toBe("deep. Mend.");
  expect(faults.at("events")).toBeUndefined();
  expect(faults.at("events", true)).toBe("deep. Mend.");
});

test("at the node itself a message does not name the node again", () => {
  expect(nearby('"Add tag" (n1) needs "Tag".', "n1")).toBe('This node needs "Tag".');
  expect(nearby('The way out "Then" of "Add tag" (n1) leads nowhere.', "n1")).toBe('The way out "Then" of this node leads nowhere.');
  expect(nearby("Nothing is named.", "n1")).toBe("Nothing is named.");
});

test("a node's badge has the worst of what is said of it", () => {
  const badges = badgesOf([said("one", { node: "a", severity: "warning" }), said("two", { node: "a" }), said("three")]);
  expect(badges).toEqual({ a: { severity: "error", text: "one. Mend.\ntwo. Mend." } });
});

test("the checks are asked a moment after the last change, and only the newest answer counts", async () => {
  vi.useFakeTimers();
  const editor = makeEditor("1", DOCUMENT, new Catalog([]));
  const problems = makeProblems();
  const answers: ((found: readonly Diagnostic[]) => void)[] = [];
  const ask = vi.fn(() => new Promise<readonly Diagnostic[]>((resolve) => answers.push(resolve)));
  const stop = watchProblems(editor, problems, ask, () => true, 400);
  await vi.advanceTimersByTimeAsync(0);
  for (const name of ["A", "AB", "ABC"]) editor.getState().record("Rename", commands.nameJourney(editor.getState().history.document, name));
  await vi.advanceTimersByTimeAsync(399);
  expect([ask.mock.calls.length, problems.getState().state]).toEqual([1, "stale"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ask).toHaveBeenCalledTimes(2);
  answers[1]?.([said("new")]);
  answers[0]?.([said("old")]);
  await vi.advanceTimersByTimeAsync(0);
  expect(problems.getState()).toEqual({ state: "fresh", diagnostics: [said("new")] });
  stop();
  vi.useRealTimers();
});

test("while there is no connection nobody is asked, and what was known stays", async () => {
  vi.useFakeTimers();
  const editor = makeEditor("1", DOCUMENT, new Catalog([]));
  const problems = makeProblems();
  problems.setState({ diagnostics: [said("known")], state: "fresh" });
  const ask = vi.fn(() => Promise.resolve([]));
  let online = false;
  const stop = watchProblems(editor, problems, ask, () => online, 400);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([ask.mock.calls.length, problems.getState().state, problems.getState().diagnostics.length]).toEqual([0, "unknown", 1]);
  online = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(problems.getState()).toEqual({ diagnostics: [], state: "fresh" });
  stop();
  vi.useRealTimers();
});
