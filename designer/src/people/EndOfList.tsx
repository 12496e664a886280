/** The end of a list that is read part after part: reads the next part as it comes into view, or at the press of a button. */

import { Button, Center } from "@mantine/core";
import { useEffect, useRef } from "react";

interface EndOfListProps {
  readonly more: boolean;
  readonly loading: boolean;
  readonly load: () => void;
}

export function EndOfList({ more, loading, load }: EndOfListProps) {
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
      <Button variant="subtle" loading={loading} onClick={load}>Show more</Button>
    </Center>
  );
}
