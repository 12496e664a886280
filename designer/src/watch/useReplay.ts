/** Letting whoever is parked go on, or end; afterwards everything on screen that told of them is asked anew. */

import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { request, type Schemas } from "../api/client";
import { outcomeOf, type Parked, type Wanted } from "./outcome";

/** All that tells where contacts stand, on any page, by the first word of the queries' keys. */
const TELLING = ["incidents", "behind", "enrolment", "enrolments", "numbers", "journey", "journeys", "timeline", "contact", "sandbox"] as const;

export const RETRY: Wanted = { how: "retry", port: "", result: "", newest: false };

/** `over` hears that it was done. A refusal, too, says that somebody has moved: what is shown is asked anew all the same. */
export function useReplay(over: () => void = () => undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ parked, wanted }: { readonly parked: Parked; readonly wanted: Wanted }) => request<Schemas["Replayed"]>("POST", `${parked.address}/replay`, wanted),
    onSuccess: ({ enrolments }, { parked, wanted }) => {
      notifications.show({ ...outcomeOf(parked, wanted, enrolments) });
      over();
    },
    onSettled: () => askAnew(client),
  });
}

async function askAnew(client: QueryClient): Promise<void> {
  await Promise.all(TELLING.map((word) => client.invalidateQueries({ queryKey: [word] })));
}
