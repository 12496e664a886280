import fc from "fast-check";
import { expect, test } from "vitest";

import { deleteNodes, move, rename, setConfig } from "./commands";
import type { Flowchart } from "./document";
import { apply, difference, type Patch } from "./patch";
import { CATALOG, example, gesture, patchOf, seeded, type Gesture } from "./samples";
import { accepted, decide, disputed, takeIn, unsaved, type Synced } from "./sync";

const around = { catalog: CATALOG, random: seeded(1) };

/** A server that takes a patch on its present revision only, and remembers what it took. */
class Server {
  readonly log: Patch[] = [];
  constructor(public document: Flowchart) {}
  get revision(): number { return this.log.length; }
  save(revision: number, patch: Patch): boolean {
    if (revision !== this.revision) return false;
    const after = apply(this.document, patch);
    this.log.push(difference(this.document, after));
    this.document = after;
    return true;
  }
}

class Person {
  synced: Synced;
  now: Flowchart;
  constructor(readonly server: Server) {
    this.synced = { revision: 0, base: server.document, disputes: [] };
    this.now = server.document;
  }
  draw(one: Gesture): void { this.now = apply(this.now, patchOf(this.now, one)); }
  hear(): void {
    while (this.synced.revision < this.server.revision) {
      const theirs = this.server.log[this.synced.revision] ?? [];
      const { synced, incoming } = takeIn(this.synced, this.now, theirs, this.synced.revision + 1);
      this.now = apply(this.now, incoming);
      this.synced = synced;
    }
  }
  save(): boolean {
    const { send } = unsaved(this.synced, this.now);
    if (send.length === 0 || !this.server.save(this.synced.revision, send)) return false;
    const saved = this.server.log.at(-1) ?? [];
    const { synced, incoming } = accepted(this.synced, this.now, send, saved, this.server.revision);
    this.now = apply(this.now, incoming);
    this.synced = synced;
    return true;
  }
  choose(side: "mine" | "theirs"): void {
    const [first] = this.synced.disputes;
    if (!first) return;
    const { synced, incoming } = decide(this.synced, this.now, first, side);
    this.now = apply(this.now, incoming);
    this.synced = synced;
  }
}

type Act = { readonly who: 0 | 1 | 2; readonly what: "draw"; readonly one: Gesture } | { readonly who: 0 | 1 | 2; readonly what: "save" | "hear" | "mine" | "theirs" };
const who = fc.constantFrom(0 as const, 1 as const, 2 as const);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ who, what: fc.constant("draw" as const), one: gesture }) },
  { weight: 4, arbitrary: fc.record({ who, what: fc.constantFrom("save" as const, "hear" as const, "mine" as const, "theirs" as const) }) },
);

// A small journey, so that three people meet in it.
const small = fc.constantFrom(example("coupon"), example("not_opened"));
const acts = fc.array(act, { minLength: 10, maxLength: 60 });

function play(start: Flowchart, done: readonly Act[], sides: readonly boolean[]): { people: Person[]; server: Server; chosen: number } {
  const server = new Server(start);
  const people = [new Person(server), new Person(server), new Person(server)];
  for (const one of done) {
    const person = people[one.who] ?? people[0];
    if (one.what === "draw") person?.draw(one.one);
    else if (one.what === "save") person?.save();
    else if (one.what === "hear") person?.hear();
    else person?.choose(one.what);
  }
  let chosen = 0;
  for (let busy = true; busy;) {
    busy = false;
    for (const person of people) {
      person.hear();
      if (person.save()) busy = true;
      if (person.synced.disputes.length === 0) continue;
      person.choose(sides[chosen % sides.length] ? "mine" : "theirs");
      chosen += 1;
      busy = true;
    }
    if (chosen > 500) throw new Error("they never agree");
  }
  return { people, server, chosen };
}

test("whatever three people do and in whatever order they hear of it, in the end they see the same", () => {
  let disputes = 0;
  fc.assert(fc.property(small, acts, fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), (start, done, sides) => {
    const { people, server, chosen } = play(start, done, sides);
    disputes += chosen;
    for (const person of people) {
      expect(person.now).toEqual(server.document);
      expect(unsaved(person.synced, person.now)).toEqual({ send: [], held: [] });
    }
  }), { numRuns: 300 });
  expect(disputes).toBeGreaterThan(200);
});

/** Three people who deleted a journey's end, its nodes and more, each in their own way. */
const deletions: readonly Act[] = [
  { who: 2, what: "draw", one: { verb: "delete", one: 815, two: 539, seed: 0 } },
  { who: 1, what: "draw", one: { verb: "delete", one: 1, two: 0, seed: 0 } },
  { who: 1, what: "draw", one: { verb: "heal", one: 90, two: 0, seed: 0 } },
  { who: 1, what: "draw", one: { verb: "heal", one: 5, two: 0, seed: 0 } },
  { who: 0, what: "draw", one: { verb: "add", one: 0, two: 0, seed: 0 } },
  { who: 0, what: "draw", one: { verb: "insert", one: 90, two: 0, seed: 0 } },
  { who: 0, what: "draw", one: { verb: "add", one: 0, two: 0, seed: 0 } },
  { who: 2, what: "draw", one: { verb: "add", one: 1, two: 0, seed: 0 } },
  { who: 0, what: "save" },
];

/** One takes out the node before the one that another deletes. */
const neighbours: readonly Act[] = [
  { who: 2, what: "draw", one: { verb: "heal", one: 217, two: 0, seed: 0 } },
  { who: 0, what: "draw", one: { verb: "add", one: 0, two: 0, seed: 0 } },
  { who: 1, what: "draw", one: { verb: "delete", one: 56, two: 488, seed: 0 } },
  { who: 0, what: "save" },
];

test("nobody's work makes an edge hang loose, on the server at any moment and in front of anybody", () => {
  fc.assert(fc.property(small, acts, fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), (start, done, sides) => {
    const { server, people } = play(start, done, sides);
    let was = start;
    for (const patch of server.log) expect(looseIn(was = apply(was, patch))).toEqual([]);
    for (const { now } of people) expect(looseIn(now)).toEqual([]);
  }), { numRuns: 200, examples: [[example("not_opened"), [...deletions], [false, true, false, false, true]], [example("not_opened"), [...neighbours], [false]]] });
});

function looseIn({ nodes, edges }: Flowchart): string[] {
  return Object.keys(edges).filter((id) => {
    const edge = edges[id];
    return !edge || !nodes[edge.from] || !nodes[edge.to];
  });
}

const start = (): Synced => ({ revision: 1, base: example("coupon"), disputes: [] });

test("what others change comes in at once, and what I change stays and is sent", () => {
  const synced = start();
  const mine = apply(synced.base, setConfig(synced.base, "opened", "within", "3 days", around));
  const taken = takeIn(synced, mine, setConfig(synced.base, "opened", "what", "clicked", around), 2);
  const now = apply(mine, taken.incoming);
  expect(now.nodes["opened"]?.config).toMatchObject({ within: "3 days", what: "clicked" });
  expect(taken.synced.disputes).toEqual([]);
  expect(unsaved(taken.synced, now).send.map((one) => one.field)).toEqual(["config.within"]);
});

test("one field changed by two is disputed, mine stays visible, and the rest is saved meanwhile", () => {
  const synced = start();
  const mine = apply(apply(synced.base, rename(synced.base, "email", "Mine")), rename(synced.base, "sms", "Text"));
  const taken = takeIn(synced, mine, rename(synced.base, "email", "Theirs"), 2, "Ann");
  const now = apply(mine, taken.incoming);
  expect(now.nodes["email"]?.name).toBe("Mine");
  expect(taken.synced.disputes.map((one) => one.by)).toEqual(["Ann"]);
  expect(unsaved(taken.synced, now).send.map((one) => one.id)).toEqual(["sms"]);
  const [dispute] = taken.synced.disputes;
  if (!dispute) throw new Error("no dispute");
  expect(disputed(taken.synced, now, dispute)).toEqual([{ kind: "node", id: "email", field: "name", before: "Theirs", after: "Mine" }]);
  expect(apply(now, decide(taken.synced, now, dispute, "theirs").incoming).nodes["email"]?.name).toBe("Theirs");
  expect(unsaved(decide(taken.synced, now, dispute, "mine").synced, now).send).toHaveLength(2);
});

test("a dispute ends by itself where both come to say the same", () => {
  const synced = start();
  const mine = apply(synced.base, rename(synced.base, "email", "Mine"));
  const first = takeIn(synced, mine, rename(synced.base, "email", "Theirs"), 2);
  const second = takeIn(first.synced, mine, rename(first.synced.base, "email", "Mine"), 3);
  expect(second.synced.disputes).toEqual([]);
});

test("a node that they deleted and I changed is one dispute with its edges: kept whole, or gone whole", () => {
  const synced = start();
  const mine = apply(synced.base, rename(synced.base, "opened", "Still needed"));
  const taken = takeIn(synced, mine, deleteNodes(synced.base, new Set(["opened"])), 2);
  const now = apply(mine, taken.incoming);
  expect(taken.synced.disputes).toHaveLength(1);
  const [dispute] = taken.synced.disputes;
  if (!dispute) throw new Error("no dispute");
  expect(now).toEqual(mine);
  expect(unsaved(taken.synced, now).send).toEqual([]);
  const kept = decide(taken.synced, now, dispute, "mine");
  expect(apply(taken.synced.base, unsaved(kept.synced, now).send)).toEqual(mine);
  const gone = decide(taken.synced, now, dispute, "theirs");
  expect(apply(now, gone.incoming)).toEqual(taken.synced.base);
});

test("a node that two drag is no dispute", () => {
  const synced = start();
  const mine = apply(synced.base, move(synced.base, { email: { x: 1, y: 1 } }));
  const taken = takeIn(synced, mine, move(synced.base, { email: { x: 2, y: 2 } }), 2);
  expect(taken.synced.disputes).toEqual([]);
  expect(apply(mine, taken.incoming).nodes["email"]?.position).toEqual({ x: 1, y: 1 });
});

test("a value that the server writes in its own form is taken over, unless I have typed on", () => {
  const synced = start();
  const sent: Patch = [{ kind: "settings", id: "", field: "limit", before: "7 days", after: "3 DAYS" }];
  const saved: Patch = [{ kind: "settings", id: "", field: "limit", before: "7 days", after: "3 days" }];
  const now = apply(synced.base, sent);
  expect(apply(now, accepted(synced, now, sent, saved, 2).incoming).settings.limit).toBe("3 days");
  const typedOn = apply(now, [{ kind: "settings", id: "", field: "limit", before: "3 DAYS", after: "3 DAYS " }]);
  expect(accepted(synced, typedOn, sent, saved, 2).incoming).toEqual([]);
});

test("what I take over of theirs brings no edge to a node that I have deleted", () => {
  const synced = start();
  const mine = apply(synced.base, deleteNodes(synced.base, new Set(["sms", "sent"])));
  const taken = takeIn(synced, mine, rename(synced.base, "sms", "Theirs"), 2);
  const [dispute] = taken.synced.disputes;
  if (!dispute) throw new Error("no dispute");
  const sent = apply(taken.synced.base, unsaved(taken.synced, mine).send);
  expect(looseIn(sent)).toEqual([]);
  const { synced: decided, incoming } = decide(taken.synced, mine, dispute, "theirs");
  const now = apply(mine, incoming);
  expect(now.nodes["sms"]?.name).toBe("Theirs");
  expect(looseIn(now)).toEqual([]);
  expect(looseIn(apply(decided.base, unsaved(decided, now).send))).toEqual([]);
});
