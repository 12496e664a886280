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

test("an unknown cause is told as it is", () => {
  expect(causeInWords("wrong_credentials")).toBe("Wrong credentials.");
});

test("one contact is no plural, and a share of nobody is no number", () => {
  expect([people(1), people(2000)]).toEqual(["1 contact", "2,000 contacts"]);
  expect([share(1, 4), share(1, 0)]).toEqual(["25%", "–"]);
});
