import { expect, test } from "vitest";

import { cronInWords, cronOf, instantOf, type Repeats } from "./schedule";

const nine: Repeats = { every: "day", at: "09:05", weekday: 1, day: 15 };

test("a schedule of the form is a cron expression, and comes back as words", () => {
  const said = (["day", "week", "month"] as const).map((every) => cronOf({ ...nine, every }) ?? "");
  expect(said).toEqual(["5 9 * * *", "5 9 * * 1", "5 9 15 * *"]);
  expect(said.map(cronInWords)).toEqual([
    "Every day at 09:05, in the journey's time zone", "Every Monday at 09:05, in the journey's time zone",
    "On day 15 of every month at 09:05, in the journey's time zone",
  ]);
});

test("a schedule that the form cannot say is shown as it is", () => {
  expect(cronInWords("*/5 9 * * 1-5")).toBe("*/5 9 * * 1-5");
});

test("what is no time makes no schedule and no instant", () => {
  expect([cronOf({ ...nine, at: "25:00" }), cronOf({ ...nine, at: "" }), instantOf(""), instantOf("soon")]).toEqual([undefined, undefined, undefined, undefined]);
});
