import { expect, test } from "vitest";

import { partsOf } from "./story";

test("lines of a paragraph are one, and what is stressed is told apart", () => {
  expect(partsOf("The **goal**\nis `bought`.")).toEqual([
    { kind: "paragraph", spans: [{ kind: "plain", text: "The " }, { kind: "strong", text: "goal" }, { kind: "plain", text: " is " }, { kind: "code", text: "bought" }, { kind: "plain", text: "." }] },
  ]);
});

test("a list has its items, each over as many lines as it likes", () => {
  const [part] = partsOf("- one\n  more\n- two");
  expect(part).toEqual({ kind: "list", items: [[{ kind: "plain", text: "one more" }], [{ kind: "plain", text: "two" }]] });
});
