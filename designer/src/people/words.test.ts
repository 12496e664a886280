import { describe, expect, it } from "vitest";

import { initialsOf, nameOf, since, typedValue, valueOf } from "./words";

const NOBODY = { id: "7", external_id: null, email: null, phone: null, first_name: null, last_name: null };

describe("contacts in words", () => {
  it("a contact is called by its name, else by its best address, else by its id", () => {
    expect(nameOf({ ...NOBODY, first_name: "Mario", last_name: "Rossi", email: "m@example.com" })).toBe("Mario Rossi");
    expect(nameOf({ ...NOBODY, email: "m@example.com", phone: "+39" })).toBe("m@example.com");
    expect(nameOf({ ...NOBODY, phone: "+39320" })).toBe("+39320");
    expect(nameOf(NOBODY)).toBe("Contact 7");
  });

  it("initials are the first letters of two words, or of one", () => {
    expect(initialsOf("Mario Rossi")).toBe("MR");
    expect(initialsOf("nico@example.com")).toBe("NE");
    expect(initialsOf("Cher")).toBe("CH");
    expect(initialsOf("")).toBe("");
  });

  it("a moment is told by its largest unit", () => {
    const now = Date.parse("2025-03-05T12:00:00Z");
    expect(since("2025-03-05T11:59:40Z", now)).toBe("just now");
    expect(since("2025-03-05T10:00:00Z", now)).toBe("2 hours ago");
    expect(since("2025-03-04T12:00:00Z", now)).toBe("yesterday");
    expect(since("2024-03-04T12:00:00Z", now)).toBe("last year");
  });

  it("what is typed for an attribute becomes a number, a yes or no, a list, or stays text", () => {
    expect(typedValue(" 12.5 ")).toBe(12.5);
    expect(typedValue("007")).toBe("007");
    expect(typedValue("yes")).toBe(true);
    expect(typedValue("[1, 2]")).toEqual([1, 2]);
    expect(typedValue("[half")).toBe("[half");
    expect(typedValue("Rome")).toBe("Rome");
  });

  it("what an attribute shows is typed back as the same value", () => {
    for (const value of ["Rome", true, false, 3, 1.5, [1, "a"], { a: 1 }]) expect(typedValue(valueOf(value))).toEqual(value);
  });
});
