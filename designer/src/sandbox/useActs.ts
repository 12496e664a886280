/** What the owner of a mailbox does, as a mutation that refreshes whatever shows it. */

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { act, type Act } from "./requests";

export interface Done {
  readonly message: string;
  readonly act: Act;
  readonly url?: string;
  readonly text?: string;
}

export function useActs() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ message, ...what }: Done) => act(message, what),
    onSuccess: () => {
      for (const key of ["sandbox", "tour", "timeline", "contact", "enrolments"]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}
