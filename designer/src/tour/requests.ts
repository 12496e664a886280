/** What the tour asks of the API. Its steps are read there from what really happened. */

import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { request, type DraftOut } from "../api/client";
import type { Tour } from "./steps";

export const tourQuery = queryOptions({
  queryKey: ["tour"],
  queryFn: () => request<Tour>("GET", "/tour"),
  refetchInterval: (query) => (query.state.data?.state === "running" ? 1_000 : false),
});

/** Starts or ends the tour. Time goes differently from then on, so that everything is read anew. */
export function useTourSwitch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (what: "start" | "end") => request<Tour>("POST", what === "start" ? "/tour" : "/tour/end"),
    onSuccess: (tour) => {
      client.setQueryData(["tour"], tour);
      return client.invalidateQueries();
    },
  });
}

/** Publish the tour's journey as it is drawn now. */
export async function publishTour(tour: Tour): Promise<void> {
  const draft = await request<DraftOut>("GET", `/journeys/${tour.journey ?? ""}/draft`);
  await request("POST", `/journeys/${tour.journey ?? ""}/publish`, { revision: draft.revision });
}

/** Let the five in, as a campaign. */
export async function enterTour(tour: Tour): Promise<void> {
  await request("POST", "/campaigns", { journey: tour.journey, segment: tour.segment_name, name: "The tour" });
}
