/** The installation's clock, read now and then, and the moment that it shows. */

import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { request, type Schemas } from "../api/client";
import { businessAt, shownTime, type Reading } from "./businessTime";

export const clockQuery = queryOptions({
  queryKey: ["clock"],
  queryFn: async (): Promise<Reading> => {
    const answer = await request<Schemas["ClockOut"]>("GET", "/clock");
    return { now: Date.parse(answer.now), speed: answer.speed, at: Date.now() };
  },
  refetchInterval: 5_000,
});

export function useClock(): Reading | undefined {
  return useQuery(clockQuery).data;
}

/** The browser's time, anew every so many milliseconds. */
export function useTicking(every: number): number {
  const [at, setAt] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setAt(Date.now()), every);
    return () => window.clearInterval(timer);
  }, [every]);
  return at;
}

/** What the installation's clock shows, for whoever gives a time: not the browser's time where a tour ran or days are short. */
export function useShownTime(): string {
  const reading = useClock();
  const at = useTicking(1_000);
  return reading ? `It is ${shownTime(businessAt(reading, at))} in business time` : "Business time, as the clock on top shows it";
}
