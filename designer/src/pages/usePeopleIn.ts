/** Who has a draft open, seen from outside: followed as long as somebody asks. */

import { useEffect, useState } from "react";

import type { Person } from "../store/live";

/** The people in a draft of which the caller knows this revision; undefined until it is known. */
export function usePeopleIn(journey: string, revision: number): readonly Person[] | undefined {
  const [people, setPeople] = useState<readonly Person[]>();
  // The stream begins once: what is changed in the draft meanwhile is no concern here.
  const [since] = useState(revision);
  useEffect(() => {
    const source = new EventSource(`/v1/journeys/${journey}/draft/stream?since=${String(since)}`);
    source.addEventListener("people", (event: MessageEvent<string>) => setPeople((JSON.parse(event.data) as { people: Person[] }).people));
    // A journey that is deleted is followed no more; a browser would ask for it again and again.
    source.addEventListener("gone", () => source.close());
    // Who is there is not known then, and whoever asks need not wait for it.
    source.addEventListener("error", () => setPeople((known) => known ?? []));
    return () => source.close();
  }, [journey, since]);
  return people;
}
