// @vitest-environment happy-dom
import { MantineProvider } from "@mantine/core";
import { Notifications, notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Schemas } from "../api/client";
import { PersonJourneys } from "../people/PersonJourneys";
import { OtherWays, ParkedActs } from "./ParkedActs";

type Enrolment = Schemas["EnrolmentOut"];

const PARKED: Enrolment = {
  id: "7", journey: "3", journey_name: "Launch", version: 1, contact: "5", contact_name: "Ann", cause: "api:k1", place: "parked", reason: "provider_auth",
  node: "mail", label: "Send the offer", entered_at: "2025-03-03T09:00:00Z", wake_at: null, ended_at: null, result: null,
  parked: [{ node: "mail", label: "Send the offer", reason: "provider_auth", words: "The provider refuses the account: its credentials are wrong or blocked. Mend the account, then retry." }],
};

/** Pages and drawers that tell where contacts stand, by the keys of what they ask. */
const TELLING = ["incidents", "behind", "enrolment", "enrolments", "numbers", "journey", "journeys", "timeline", "contact", "sandbox"];

/** The API as far as it goes here: an answer for each "METHOD /path", or a problem with its status. */
const answers = new Map<string, readonly [number, unknown]>();
const asked: string[] = [];
let root: Root;
let client: QueryClient;

beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  vi.stubGlobal("fetch", (path: string, { method = "GET" }: RequestInit) => {
    asked.push(`${method} ${path}`);
    const [status, body] = answers.get(`${method} ${path}`) ?? [404, { type: "urn:wend:gone", detail: "There is no such thing." }];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  document.body.innerHTML = "<div id=root></div>";
  root = createRoot(document.querySelector("#root") as HTMLElement);
});

afterEach(async () => {
  await act(async () => {
    root.unmount();
    notifications.clean();
    await Promise.resolve();
  });
  client.clear();
  answers.clear();
  asked.length = 0;
  vi.unstubAllGlobals();
});

async function show(what: ReactNode): Promise<void> {
  await act(async () => {
    root.render(
      <MantineProvider env="test">
        <QueryClientProvider client={client}>{what}<Notifications /></QueryClientProvider>
      </MantineProvider>,
    );
    await Promise.resolve();
  });
}

const seen = (): string => document.body.textContent;
const button = (name: string): HTMLElement | undefined =>
  [...document.querySelectorAll("button")].find((one) => (one.getAttribute("aria-label") ?? one.textContent).startsWith(name));
const press = (name: string) => act(async () => {
  button(name)?.click();
  await Promise.resolve();
});
const until = (wanted: () => boolean) => act(() => vi.waitUntil(wanted, { timeout: 20_000 }));
const colour = (): string => [...document.querySelectorAll<HTMLElement>(".mantine-Notification-root")].map((one) => one.style.getPropertyValue("--notification-color")).join();

test("a contact's page says why she is parked, in words, and offers what may be done", async () => {
  answers.set("GET /v1/enrolments?contact=5&limit=100", [200, { items: [PARKED], next: null }]);
  await show(<PersonJourneys contact="5" />);
  await until(() => seen().includes("Parked at “Send the offer”."));
  expect(seen()).toContain("Mend the account, then retry.");
  expect(seen()).not.toContain("provider_auth");
  expect(button("Retry Ann at “Send the offer”")).toBeDefined();
  expect(button("More for Ann at “Send the offer”")).toBeDefined();
});

test("a parallel path that is parked is shown and may be acted upon, although the contact waits elsewhere", async () => {
  const parted: Enrolment = { ...PARKED, place: "resting", reason: "strands", node: "fork", label: "Both" };
  answers.set("GET /v1/enrolments?contact=5&limit=100", [200, { items: [parted], next: null }]);
  await show(<PersonJourneys contact="5" />);
  await until(() => seen().includes("Parked at “Send the offer”."));
  expect(button("Retry Ann at “Send the offer”")).toBeDefined();
});

test("after an act all that tells where contacts stand is asked anew", async () => {
  answers.set("POST /v1/enrolments/7/replay", [200, { enrolments: 1 }]);
  for (const word of TELLING) client.setQueryData([word, "5"], {});
  client.setQueryData(["catalog"], {});
  await show(<ParkedActs one={PARKED} more={() => undefined} />);
  await press("Retry Ann");
  await until(() => seen().includes("Ann at “Send the offer”: on the way again"));
  const stale = client.getQueryCache().getAll().filter((query) => query.state.isInvalidated).map(({ queryKey }) => queryKey[0]);
  expect(new Set(stale)).toEqual(new Set(TELLING));
  expect(colour()).toContain("green");
});

test("an act that moved nobody is no success", async () => {
  answers.set("POST /v1/enrolments/7/replay", [200, { enrolments: 0 }]);
  await show(<ParkedActs one={PARKED} more={() => undefined} />);
  await press("Retry Ann");
  await until(() => seen().includes("Nothing was done"));
  expect(colour()).toContain("orange");
});

test("a refused act names the place, and what is shown is asked anew", async () => {
  answers.set("POST /v1/enrolments/7/replay", [409, { type: "urn:wend:not-parked", detail: "Enrolment 7 is not parked. Look at its timeline." }]);
  client.setQueryData(["enrolments", "5"], {});
  await show(<ParkedActs one={PARKED} more={() => undefined} />);
  await press("Retry Ann");
  await until(() => seen().includes("Ann at “Send the offer”: not tried again"));
  expect(seen()).toContain("Look at its timeline.");
  expect(client.getQueryState(["enrolments", "5"])?.isInvalidated).toBe(true);
});

test("where the ways cannot be read the dialog says so, and asks again", async () => {
  answers.set("GET /v1/enrolments/7", [503, { type: "urn:wend:busy", detail: "The database is busy. Ask again." }]);
  await show(<OtherWays one={PARKED} close={() => undefined} />);
  await until(() => seen().includes("The database is busy."));
  expect(seen()).toContain("It cannot be read what may become of Ann");
  answers.set("GET /v1/enrolments/7", [200, { ...PARKED, strands: [], ways: ["sent"], undecided: false }]);
  await press("Ask again");
  await until(() => seen().includes("Leave by a port"));
  expect(asked.filter((one) => one === "GET /v1/enrolments/7")).toHaveLength(2);
});

test("whoever has gone on meanwhile is told, not asked about", async () => {
  answers.set("GET /v1/enrolments/7", [200, { ...PARKED, place: "resting", reason: "event", parked: [], label: "Opened?", strands: [], ways: [], undecided: false }]);
  await show(<OtherWays one={PARKED} close={() => undefined} />);
  await until(() => seen().includes("Ann is not parked any more"));
  expect(seen()).toContain("is at “Opened?” now");
});
