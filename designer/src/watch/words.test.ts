import { expect, test } from "vitest";

import { people, share } from "./words";

test("one contact is no plural, and a share of nobody is no number", () => {
  expect([people(1), people(2000)]).toEqual(["1 contact", "2,000 contacts"]);
  expect([share(1, 4), share(1, 0)]).toEqual(["25%", "–"]);
});
