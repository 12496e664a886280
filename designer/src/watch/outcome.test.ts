import { expect, test } from "vitest";

import { causesOf, outcomeOf, placesOf, whomOf, type Parked, type Wanted } from "./outcome";
import { RETRY } from "./useReplay";

const EMAIL = { label: "Send the offer", words: "The provider refuses the account: its credentials are wrong or blocked. Mend the account, then retry." };
const SMS = { label: "Send the code", words: "Nobody can say whether the message went out. Send it again, and it may arrive twice; or let them leave by a port." };
const all = (count: number): Parked => ({ address: "/incidents/1", at: [EMAIL], count });
const ann = (...at: Parked["at"]): Parked => ({ address: "/enrolments/1", name: "Ann", at, count: at.length });
const how = (what: Partial<Wanted>): Wanted => ({ ...RETRY, ...what });

test("it is green only where everybody moved, and names the place and the person", () => {
  expect(outcomeOf(all(3), RETRY, 3)).toMatchObject({ color: "green", message: expect.stringContaining("3 contacts at “Send the offer”: on the way again") as string });
  expect(outcomeOf(ann(EMAIL), RETRY, 1)).toMatchObject({ color: "green", message: expect.stringContaining("Ann at “Send the offer”: on the way again") as string });
  expect(outcomeOf(ann(EMAIL), how({ how: "leave", port: "sent" }), 1)).toMatchObject({ color: "green", title: "Let go on", message: "Ann at “Send the offer”: on the way again, by “sent”." });
});

test("where nobody moved it is no success, and says what to do", () => {
  for (const parked of [all(3), ann(EMAIL)]) expect(outcomeOf(parked, RETRY, 0)).toMatchObject({ color: "orange", title: "Nothing was done" });
  expect(outcomeOf(all(3), how({ how: "send again" }), 0).message).toBe(
    "3 contacts at “Send the offer”: gone on meanwhile, or nothing is left to send again. Whoever is still parked: retry, or let them leave by a port. Where they stand now is shown here.",
  );
});

test("where a part moved, the others are counted", () => {
  expect(outcomeOf(all(3), RETRY, 2)).toEqual({
    color: "orange",
    title: "Done with a part of them",
    message: "2 contacts at “Send the offer”: on the way again. Whoever meets the same cause is parked again. 1 other contact: gone on meanwhile. Where they stand now is shown here.",
  });
  expect(outcomeOf(ann(EMAIL, SMS), how({ how: "send again" }), 1)).toMatchObject({ color: "orange", message: expect.stringContaining("1 other parallel path: ") as string });
});

test("an end takes the whole enrolment along, however many of its paths were parked", () => {
  expect(outcomeOf(ann(EMAIL, SMS), how({ how: "exit", result: " given up " }), 1)).toEqual({
    color: "green", title: "Ended", message: "Ann at “Send the offer” and “Send the code”: ended with “given up”.",
  });
});

test("several parallel paths tell their causes by their places; one place tells the cause alone", () => {
  expect(causesOf(ann(EMAIL))).toEqual(["The provider refuses the account: its credentials are wrong or blocked. Mend the account, then retry."]);
  expect(causesOf(ann(EMAIL, SMS)).map((cause) => cause.slice(0, 22))).toEqual(["At “Send the offer”: T", "At “Send the code”: No"]);
  expect([placesOf(ann(EMAIL, EMAIL)), whomOf(ann(EMAIL, SMS), 2), whomOf(all(2000), 2000)]).toEqual(["“Send the offer”", "2 parallel paths of Ann", "2,000 contacts"]);
});
