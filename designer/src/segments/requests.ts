/** What the pages of segments ask of the API. */

import { queryOptions } from "@tanstack/react-query";

import { request, type Schemas } from "../api/client";
import { pages } from "../lists/pages";

export type Segment = Schemas["SegmentOut"];
export type SegmentDetail = Schemas["SegmentDetail"];
export type Member = Schemas["Member"];
export type Preview = Schemas["Preview"];

export const segmentsQuery = (search: string) => pages<Segment, Schemas["Counted_SegmentOut_"]>(["segments"], "/segments", { search, limit: "50" });

export const segmentQuery = (segment: string) =>
  queryOptions({ queryKey: ["segment", segment], queryFn: () => request<SegmentDetail>("GET", `/segments/${segment}`), staleTime: 10_000 });

export const membersQuery = (segment: string) => pages<Member>(["members", segment], `/segments/${segment}/members`, { limit: "50" });

/** Whom a rule would take in now. */
export const previewQuery = (rule: Readonly<Record<string, unknown>> | null) =>
  queryOptions({ queryKey: ["segment preview", rule], queryFn: () => request<Preview>("POST", "/segments/preview", rule), enabled: rule !== null, retry: false });
