/** What watching, starting and comparing ask of the API. */

import { queryOptions } from "@tanstack/react-query";

import { request, type Journey, type Schemas } from "../api/client";
import { readDocument, type Flowchart } from "../graph/document";
import { asking, pages, whole } from "../lists/pages";

export type Plan = Schemas["PlanOut"];
export type Incident = Schemas["Incident"];
export type Campaign = Schemas["CampaignOut"];
export type Check = Schemas["StartCheckOut"];
export type Change = Schemas["Change"];

const REFRESH = 5_000;

/** The versions of a journey, the newest first. */
export const plansQuery = (journey: string) =>
  queryOptions({ queryKey: ["plans", journey], queryFn: () => whole<Plan>(`/journeys/${journey}/plans`), refetchInterval: REFRESH });

/** What was drawn in a version: it never changes. */
export const planQuery = (journey: string, version: number) =>
  queryOptions({
    queryKey: ["plan", journey, version],
    queryFn: async (): Promise<Flowchart> => readDocument((await request<Schemas["PlanDetail"]>("GET", `/journeys/${journey}/plans/${String(version)}`)).document),
    staleTime: Infinity,
  });

/** A journey that may be paused or stopped by somebody else. */
export const liveJourneyQuery = (journey: string) =>
  queryOptions({ queryKey: ["journey", journey], queryFn: () => request<Journey>("GET", `/journeys/${journey}`), refetchInterval: REFRESH });

/** What is parked, by cause, part after part. */
export const incidentsQuery = (journey: string | undefined) => ({ ...pages<Incident>(["incidents"], "/incidents", { journey: journey ?? "", limit: "100" }), refetchInterval: REFRESH });

export const UNDER_WAY: readonly Campaign["state"][] = ["running", "paused", "planned"];
export const OVER: readonly Campaign["state"][] = ["done", "cancelled"];

/** The campaigns in these states, the newest first: of a journey, or of all. */
export const campaignsQuery = (journey: string | undefined, state: readonly Campaign["state"][], limit: number) =>
  pages<Campaign, Schemas["Counted_CampaignOut_"]>(["campaigns"], "/campaigns", { journey, state, limit: String(limit) });

/** Who is behind a number. */
export const behindQuery = (asked: Readonly<Record<string, string>>) => pages<Schemas["EnrolmentOut"]>(["behind"], "/enrolments", { ...asked, limit: "30" });

/** What changed between two versions, in words. */
export const diffQuery = (journey: string, from: string | undefined, to: string, revision: number | undefined) =>
  queryOptions({
    queryKey: ["diff", journey, from, to, revision],
    queryFn: async () => (await request<Schemas["DiffOut"]>("GET", asking(`/journeys/${journey}/diff`, { from: from ?? "", to }))).changes,
  });

/** Business time as a period began to be watched. In a demonstration a day lasts seconds: the browser's clock says nothing. */
export const clockQuery = (period: string) =>
  queryOptions({ queryKey: ["clock", period], queryFn: async () => Date.parse((await request<Schemas["ClockOut"]>("GET", "/clock")).now), staleTime: Infinity, gcTime: 0 });
