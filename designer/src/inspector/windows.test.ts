import { expect, test } from "vitest";

import catalog from "../../golden/catalog.json";
import type { Schema } from "../graph/manifest";
import { fieldsOf } from "./fields";
import { daysWords, outsideWindows, partsOfWindow, windowWords } from "./windows";

test("a window says its hours and days, and when it goes into the next day", () => {
  expect(windowWords("9:00", "18:00", [4, 0, 1, 2, 3])).toBe("Monday to Friday, 09:00 to 18:00.");
  expect(windowWords("22:00", "06:00", [])).toBe("Every day, 22:00 to 06:00, into the next day.");
  expect(windowWords("08:00", "08:00", [])).toBe("All day, every day.");
  expect(windowWords("08:00", "08:00", [5])).toBe("Saturday, for 24 hours from 08:00.");
  expect([windowWords("", "", [1]), windowWords("09:00", "", []), windowWords("", "09:00", [])]).toEqual(["No window: at any time.", "Say when it closes, too.", "Say when it opens, too."]);
});

test("days are told one by one, or as a span of neighbours", () => {
  expect([[], [0, 1, 2, 3, 4, 5, 6], [2], [5, 6], [0, 2, 4], [1, 2, 3]].map(daysWords)).toEqual([
    "every day", "every day", "Wednesday", "Saturday and Sunday", "Monday, Wednesday and Friday", "Tuesday to Thursday",
  ]);
});

test("the fields that a window names are drawn with it, and the others by themselves", () => {
  const schema: Schema = { properties: { opens: { "x-ui": { widget: "window", closes: "shuts", weekdays: "on" } }, shuts: {}, on: {}, other: {} } };
  const fields = fieldsOf(schema, schema);
  expect(outsideWindows(fields).map((one) => one.key)).toEqual(["opens", "other"]);
  expect(Object.values(partsOfWindow(fields[0]?.part ?? {}, fields)).map((one) => one?.key)).toEqual(["shuts", "on"]);
});

test("the node that waits for a window draws it as one", () => {
  const schema = (catalog as { key: string; config_schema: Schema }[]).find((one) => one.key === "wait_until")?.config_schema ?? {};
  const keys = outsideWindows(fieldsOf(schema, schema)).map((one) => one.key);
  expect(keys).toContain("opens");
  expect(keys).not.toContain("closes");
  expect(keys).not.toContain("weekdays");
});
