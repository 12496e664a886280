/** How many contacts fit a condition now. */

import { Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";

import { request, type Schemas } from "../../api/client";

const PAUSE = 500;

export function FitCount({ condition }: { readonly condition: unknown }) {
  const text = JSON.stringify(condition);
  const [asked] = useDebouncedValue(text, PAUSE);
  const { data, error, isFetching } = useQuery({
    queryKey: ["segments", "preview", asked],
    queryFn: () => request<Schemas["Preview"]>("POST", "/segments/preview", { condition: JSON.parse(asked) as unknown }),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 10_000,
  });
  if (error) return <Text size="sm" c="red" role="status">{error.message}</Text>;
  if (!data) return <Text size="sm" c="dimmed" role="status">Counting…</Text>;
  return (
    <Text size="sm" fw={500} role="status" style={{ opacity: isFetching || asked !== text ? 0.6 : 1, display: "flex", alignItems: "center", gap: 6 }}>
      <Users size={15} aria-hidden /> {data.count.toLocaleString()} {data.count === 1 ? "contact fits" : "contacts fit"} now
    </Text>
  );
}
