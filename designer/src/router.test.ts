import { expect, test } from "vitest";

import { addressOf, routeOf, type Route } from "./router";

test("every address leads to its page", () => {
  const routes: Exclude<Route, { page: "unknown" }>[] = [
    { page: "journeys" }, { page: "gallery" }, { page: "campaigns" }, { page: "contacts" }, { page: "segments" }, { page: "sandbox" },
    { page: "tour" }, { page: "person", contact: "7" }, { page: "journey", journey: "12", mode: "draw" },
    { page: "journey", journey: "12", mode: "try" }, { page: "journey", journey: "12", mode: "watch" },
    { page: "journey", journey: "12", mode: "versions" },
  ];
  for (const route of routes) expect(routeOf(addressOf(route))).toEqual(route);
});

test("what stands behind the question mark is for the page itself", () => {
  expect(routeOf("#/journeys/12/watch?version=3")).toEqual({ page: "journey", journey: "12", mode: "watch" });
});

test("what is no address is said to be unknown", () => {
  for (const hash of ["#/nothing", "#/journeys/x", "#/journeys/1/draw", "#/segments/1", "#/journeys/1/try/2", "#/contacts/1/try"]) {
    expect(routeOf(hash)).toEqual({ page: "unknown" });
  }
});
