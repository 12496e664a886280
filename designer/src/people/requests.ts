/** What the pages about people ask of the API. */

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { Problem, request, type ProblemDocument, type Schemas } from "../api/client";
import { asking, pages, type Page } from "../lists/pages";

export type ContactListed = Schemas["ContactListed"];
export type ContactDetail = Schemas["ContactDetail"];
export type ContactImport = Schemas["ImportOut"];
export type TimelineLine = Schemas["LineOut"];
export type Enrolment = Schemas["EnrolmentOut"];

const REFRESH = 5_000;

export const contactsQuery = (search: string) => pages<ContactListed, Schemas["Counted_ContactListed_"]>(["contacts"], "/contacts", { search, limit: "50" });

export const contactQuery = (contact: string) =>
  queryOptions({ queryKey: ["contact", contact], queryFn: () => request<ContactDetail>("GET", `/contacts/${contact}`), refetchInterval: REFRESH });

export const enrolmentsQuery = (contact: string) =>
  infiniteQueryOptions({ ...pages<Enrolment>(["enrolments"], "/enrolments", { contact, limit: "100" }), refetchInterval: REFRESH });

export const timelineQuery = (contact: string, kinds: readonly string[], journey: string | null) =>
  pages<TimelineLine>(["timeline", contact], `/contacts/${contact}/timeline`, { kind: kinds, journey, limit: "50" });

export const importsQuery = queryOptions({
  queryKey: ["imports"],
  queryFn: () => request<Page<ContactImport>>("GET", "/contacts/imports"),
  refetchInterval: (query) => (query.state.data?.items.some((one) => one.state === "running" || one.state === "waiting") ? 400 : 10_000),
});

/** Send a file of contacts. `sent` hears the part that is over, from 0 to 1. Throws Problem. */
export function sendFile(file: File, segment: string, sent: (part: number) => void): Promise<ContactImport> {
  return new Promise((resolve, reject) => {
    const line = new XMLHttpRequest();
    line.open("POST", asking("/v1/contacts/imports", { segment }));
    line.setRequestHeader("content-type", "text/csv");
    line.upload.onprogress = ({ loaded, total }) => sent(total > 0 ? loaded / total : 0);
    line.onerror = () => reject(new Problem("unreached", 0, "Wend cannot be reached. Send the file again once it runs: it goes on where it was."));
    line.onload = () => {
      try {
        const answer: unknown = JSON.parse(line.responseText);
        if (line.status < 300) resolve(answer as ContactImport);
        else reject(new Problem("refused", line.status, (answer as ProblemDocument).detail));
      } catch {
        reject(new Problem("unreadable", line.status, "Wend gave an answer that cannot be read. Send the file again: it goes on where it was."));
      }
    };
    line.send(file);
  });
}
