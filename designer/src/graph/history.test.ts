import fc from "fast-check";
import { expect, test } from "vitest";

import { deleteNodes, disconnect, move, rename } from "./commands";
import { bail, begin, mark, receive, record, recordBurst, redo, squash, undo, type History } from "./history";
import { difference } from "./patch";
import { example, flowchart, gesture, patchOf } from "./samples";

const drawn = (history: History, gestures: Parameters<typeof patchOf>[1][]): History =>
  gestures.reduce((one, next) => record(one, next.verb, patchOf(one.document, next)), history);
const moved = (history: History, x: number): History => record(history, "Move", move(history.document, { email: { x, y: 0 } }));

test("after random gestures, undoing all gives the start and redoing all gives the end", () => {
  fc.assert(fc.property(flowchart, fc.array(gesture, { maxLength: 30 }), (start, gestures) => {
    const end = drawn(begin(start), gestures);
    let history = end;
    while (history.past.length > 0) history = undo(history);
    expect(history.document).toEqual(start);
    while (history.future.length > 0) history = redo(history);
    expect(history).toEqual(end);
  }));
});

test("undo and redo in any order keep to the line of steps", () => {
  fc.assert(fc.property(flowchart, fc.array(gesture, { maxLength: 10 }), fc.array(fc.boolean(), { maxLength: 40 }), (start, gestures, walk) => {
    const end = drawn(begin(start), gestures);
    const states = [start];
    for (let history = end; history.past.length > 0; history = undo(history)) states.splice(1, 0, history.document);
    let history = end;
    for (const back of walk) {
      history = back ? undo(history) : redo(history);
      expect(history.document).toEqual(states[history.past.length]);
    }
  }));
});

test("a gesture given up leaves the document and the steps as they were, also those to redo", () => {
  fc.assert(fc.property(flowchart, fc.array(gesture, { maxLength: 5 }), fc.array(gesture, { maxLength: 5 }), (start, first, then) => {
    const before = undo(drawn(begin(start), first));
    const after = bail(drawn(before, then), mark(before));
    expect(after).toEqual(before);
  }));
});

test("a gesture of several patches becomes one step under its name", () => {
  const start = begin(example("coupon"));
  const end = squash([10, 20, 30].reduce(moved, start), mark(start), "Drag");
  expect(end.past.map((step) => step.name)).toEqual(["Drag"]);
  expect(end.document.nodes["email"]?.position).toEqual({ x: 30, y: 0 });
  expect(undo(end).document).toEqual(start.document);
});

test("a drag that ends where it began is no step, and what could be redone still can be", () => {
  const start = undo(moved(begin(example("coupon")), 5));
  const back = { x: 240, y: 100 };
  const dragged = moved(start, 10);
  const end = squash(record(dragged, "Move", move(dragged.document, { email: back })), mark(start), "Drag");
  expect(end.past).toEqual([]);
  expect(end.future).toHaveLength(1);
});

test("what changes nothing is no step", () => {
  const start = begin(example("coupon"));
  expect(record(start, "Rename", rename(start.document, "email", "Send the offer"))).toBe(start);
});

test("a burst of typing is one step, and the next burst another", () => {
  let history = begin(example("coupon"));
  for (const [text, goesOn] of [["a", false], ["ab", true], ["abc", true], ["x", false]] as const) {
    history = recordBurst(history, "Rename", rename(history.document, "email", text), goesOn);
  }
  expect(history.past).toHaveLength(2);
  expect(undo(history).document.nodes["email"]?.name).toBe("abc");
});

test("what another person changed stays when I undo", () => {
  const start = begin(example("coupon"));
  const mine = record(start, "Rename", rename(start.document, "email", "Mine"));
  const both = receive(mine, rename(mine.document, "sms", "Theirs"));
  const back = undo(both);
  expect(back.document.nodes["email"]?.name).toBe("Send the offer");
  expect(back.document.nodes["sms"]?.name).toBe("Theirs");
});

test("undoing and redoing leave alone what another has changed since", () => {
  const start = begin(example("coupon"));
  const mine = record(record(start, "Rename", rename(start.document, "email", "Mine")), "Rename", rename(start.document, "sms", "Mine, too"));
  const both = receive(mine, rename(mine.document, "sms", "Theirs"));
  const back = undo(both);
  expect([back.document.nodes["email"]?.name, back.document.nodes["sms"]?.name]).toEqual(["Send the offer", "Theirs"]);
  const again = redo(receive(back, rename(back.document, "email", "Theirs, too")));
  expect([again.document.nodes["email"]?.name, again.future]).toEqual(["Theirs, too", []]);
});

test("a node that is taken back goes with what another did to it, and comes back with it", () => {
  const start = begin(example("coupon"));
  const without = record(start, "Delete", deleteNodes(start.document, new Set(["email"])));
  const restored = record(without, "Restore", difference(without.document, start.document));
  const touched = receive(restored, rename(restored.document, "email", "Theirs"));
  const gone = undo(touched);
  expect(gone.document.nodes).not.toHaveProperty("email");
  expect(redo(gone).document.nodes["email"]?.name).toBe("Theirs");
});

test("an edge does not come back to a node that another has deleted", () => {
  const start = begin(example("coupon"));
  const [id = ""] = Object.keys(start.document.edges);
  const cut = record(start, "Disconnect", disconnect(start.document, [id]));
  const target = start.document.edges[id]?.to ?? "";
  const others = receive(cut, deleteNodes(cut.document, new Set([target])));
  expect(undo(others).document.edges).not.toHaveProperty(id);
});
