import { expect, test } from "vitest";

import { causeInWords, people, share } from "./words";

test("a known cause says what to do next", () => {
  expect(causeInWords("template:undefined-variable")).toBe("The template could not be filled in: undefined-variable. Mend the template, publish, and retry on the newest version.");
  expect(causeInWords("provider_auth")).toContain("Mend the account");
  expect(causeInWords("node_missing: shop.gift 1")).toContain("Start the worker");
});

test("what nobody knows is decided by a person, and a retry is not the way", () => {
  for (const reason of ["unknown", "unknown: a request had left when the node stopped with TimeoutError.", "unconfirmed", "cancelled: the contact has gone on"]) {
    expect(causeInWords(reason)).toMatch(/[Ss]end (it )?again.* leave by a port\.$/);
  }
});

test("an unknown cause is told as it is, with the next step", () => {
  expect(causeInWords("wrong_credentials")).toBe("Wrong credentials. Mend that, then retry.");
});

test("what the engine or a node's author says to people is told without its code, and ends once", () => {
  expect(causeInWords("provider_auth: The printer refuses the token. Set it anew, and replay.")).toBe("The printer refuses the token. Set it anew, and replay.");
  expect(causeInWords('provider_missing: The account "mail" sends by "acme", which is not installed. Install it; then replay.')).toMatch(/^The account "mail".*then replay\.$/);
  expect(causeInWords("bug:ConfigUnfit: The config costs $1.")).toBe("The node's code failed: ConfigUnfit: The config costs $1. Its author has to mend it; then retry.");
});

test("whoever was tried too often is to be tried again once all is well", () => {
  expect(causeInWords("attempts: connection refused")).toBe("It was tried as often as may be, the last time with: connection refused. See that what it needs can be reached again, then retry.");
  expect(causeInWords("attempts")).toMatch(/then retry\.$/);
});

test("one contact is no plural, and a share of nobody is no number", () => {
  expect([people(1), people(2000)]).toEqual(["1 contact", "2,000 contacts"]);
  expect([share(1, 4), share(1, 0)]).toEqual(["25%", "–"]);
});
