/** The end of a list that is read part after part: reads the next part as it comes into view, or at the press of a button. */

import { Button, Center, Stack, Text } from "@mantine/core";
import { useEffect, useRef } from "react";

interface EndOfListProps {
  readonly more: boolean;
  readonly loading: boolean;
  readonly load: () => void;
  /** How many are shown, and of how many; null where there are too many to be counted. */
  readonly shown?: number;
  readonly total?: number | null | undefined;
}

export function EndOfList({ more, loading, load, shown, total }: EndOfListProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!more || loading || !place.current || !("IntersectionObserver" in window)) return;
    const observer = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && load(), { rootMargin: "300px" });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [more, loading, load]);
  if (!more) return null;
  return (
    <Center ref={place} py="md">
      <Stack gap={2} align="center">
        {shown !== undefined && <Text size="sm" c="dimmed">{shownOf(shown, total)}</Text>}
        <Button variant="subtle" loading={loading} onClick={load}>Show more</Button>
      </Stack>
    </Center>
  );
}

/** How much of a list is shown. */
export function shownOf(shown: number, total: number | null | undefined): string {
  return total === null || total === undefined ? `${shown.toLocaleString("en")} are shown, and there are more.` : `${shown.toLocaleString("en")} of ${total.toLocaleString("en")} are shown.`;
}
