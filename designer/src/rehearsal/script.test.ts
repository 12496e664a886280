import { describe, expect, it } from "vitest";

import { lasting, momentOf, timeOf } from "./clock";
import { attributeLines, attributesOf, PRESETS, whoOf } from "./people";
import { add, begin, chaptersOf, choose, deliveredOf, drawnOnly, followLink, goBack, mend, openedOf, passedEdges, requestOf, restart, takeBack, type Act, type Script, type StoryLine } from "./script";

const WHO = whoOf(PRESETS[0] as (typeof PRESETS)[number]);
const SKIP: Act = { do: "skip" };
const TAKE: Act = { do: "take", node: "opened", port: "yes" };
const DOCUMENT = { schema: 1, nodes: { opened: {}, mail: {} } };

function line(kind: StoryLine["kind"], act: number, more: Partial<StoryLine> = {}): StoryLine {
  return { kind, act, at: "2026-03-03T08:00:00Z", words: "", strand: null, node: null, port: null, instead: [], note: null, message: null, ...more };
}

describe("a script", () => {
  const script: Script = add(add(begin(WHO), "Opens it", TAKE), "Time passes", SKIP);

  it("asks for its acts in their order, and for its person", () => {
    expect(requestOf(script, DOCUMENT)).toEqual({ document: DOCUMENT, invented: WHO.kind === "invented" && WHO.person, choices: {}, acts: [TAKE, SKIP] });
    const real = restart(script, { who: { kind: "real", name: "Anna", contact: "7" }, at: "2026-03-03T08:00:00Z" });
    expect(requestOf(real, DOCUMENT)).toEqual({ document: DOCUMENT, contact: "7", at: "2026-03-03T08:00:00Z", choices: {}, acts: [] });
  });

  it("is taken back from its end, or to a place", () => {
    expect(takeBack(script).gestures.map((one) => one.words)).toEqual(["Opens it"]);
    expect(goBack(script, 0).gestures).toEqual([]);
    expect(takeBack(begin(WHO))).toEqual(begin(WHO));
  });

  it("chooses a port for a node until it does not, and forgets choices for nodes that are gone", () => {
    const chosen = choose(choose(script, "opened", "no"), "gone", "x");
    expect(requestOf(chosen, DOCUMENT).choices).toEqual({ opened: "no" });
    expect(choose(chosen, "opened", undefined).choices).toEqual({ gone: "x" });
  });

  it("follows a link as one thing: the email is opened unless it was, clicked, and the page visited", () => {
    const delivered = { node: "mail", opened: false, message: { channel: "email", recipient: "a@example.com", content: {} } };
    const once = followLink(begin(WHO), delivered, "https://shop.example.com/x");
    expect(once.gestures).toHaveLength(1);
    expect(once.gestures[0]?.acts.map((act) => act.do === "happen" && act.event)).toEqual(["message.opened", "message.clicked", "landing.visited"]);
    expect(openedOf(once)).toEqual(new Set(["mail"]));
    const again = followLink(once, { ...delivered, opened: true }, "https://shop.example.com/x");
    expect(again.gestures[1]?.acts).toHaveLength(2);
  });
});

describe("the story", () => {
  const script = add(add(add(begin(WHO), "One", SKIP, SKIP), "Two", TAKE), "Three", SKIP);
  const story = [line("step", -1), line("event", 0), line("step", 1), line("step", 2)];

  it("is told in chapters: the entry, then what each thing brought about", () => {
    expect(chaptersOf(script, { story, misfit: null }).map((one) => [one.words, one.lines.length])).toEqual([["Enters", 1], ["One", 2], ["Two", 1], ["Three", 0]]);
  });

  it("says of the first thing that no longer fits why, and that what stands behind it was left out; mending drops both", () => {
    const answer = { story: story.slice(0, 3), misfit: { act: 2, detail: "Gone." } };
    expect(chaptersOf(script, answer).map((one) => one.misfit)).toEqual([undefined, undefined, "Gone.", expect.stringContaining("left out")]);
    expect(mend(script, answer).gestures.map((one) => one.words)).toEqual(["One"]);
    expect(mend(script, { story, misfit: null })).toBe(script);
  });

  it("leaves out the steps of nodes that nobody drew", () => {
    const told = [line("step", 0, { node: "a" }), line("step", 0, { node: "a.exit" }), line("note", 0, { node: "gone" })];
    expect(drawnOnly({ story: told }, { nodes: { a: {} } }).story).toEqual([told[0], told[2]]);
  });

  it("marks the edges that were gone, with how often", () => {
    const steps = [line("step", 0, { node: "a", port: "x" }), line("step", 0, { node: "a", port: "x" }), line("step", 0, { node: "b", port: "y" })];
    const edges = { one: { from: "a", port: "x" }, two: { from: "a", port: "z" }, three: { from: "b", port: "y" } };
    expect([...passedEdges(steps, edges)]).toEqual([["one", 2], ["three", 1]]);
  });

  it("knows which message of a node is its latest", () => {
    const message = { channel: "email", recipient: "a@example.com", content: {} };
    const sent = [line("message", -1, { node: "mail", message }), line("message", 0, { node: "mail", message }), line("message", 0, { node: "sms", message })];
    expect(deliveredOf(sent, new Set(["sms"])).map((one) => [one.node, one.latest, one.opened])).toEqual([["mail", false, false], ["mail", true, false], ["sms", true, true]]);
  });
});

describe("the clock", () => {
  it("is shown in the contact's zone, with seconds where they matter", () => {
    expect(momentOf("2026-03-03T11:01:00Z", "Europe/Rome")).toBe("3 Mar, 12:01");
    expect(timeOf("2026-03-03T11:01:30Z", "Europe/Rome")).toBe("12:01:30");
    expect(timeOf("2026-03-03T11:01:00Z", "Nowhere/Atall")).toBe("11:01");
  });

  it("says how long something lasts in its two largest parts", () => {
    expect(lasting("2026-03-03T08:00:00Z", "2026-03-05T08:00:00Z")).toBe("2 days");
    expect(lasting("2026-03-03T08:00:00Z", "2026-03-04T09:30:10Z")).toBe("1 day and 1 hour");
    expect(lasting("2026-03-03T08:00:00Z", "2026-03-03T08:00:00Z")).toBe("");
  });
});

describe("attributes in lines", () => {
  it("keep their values through writing and reading", () => {
    const attributes = { city: "Rome", orders: 3, vip: true, code: "007", list: ["a", 1], number: "12" };
    expect(attributesOf(attributeLines(attributes))).toEqual(attributes);
  });

  it("say what a line lacks", () => {
    expect(() => attributesOf("Rome")).toThrow("city = Rome");
  });
});
