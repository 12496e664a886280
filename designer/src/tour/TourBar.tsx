/** Below every other page while the tour runs: where one is, and the way back. */

import { Anchor, Box, Button, Group, Progress, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Footprints } from "lucide-react";

import { addressOf } from "../router";
import { tourQuery, useTourSwitch } from "./requests";
import { presentStep, progressOf, STEPS, type Tour } from "./steps";

export const BAR_HEIGHT = 44;

export function TourBar() {
  const { data } = useQuery(tourQuery);
  return data?.state === "running" ? <Bar tour={data} /> : null;
}

function Bar({ tour }: { readonly tour: Tour }) {
  const flip = useTourSwitch();
  const step = presentStep(tour);
  const { over, all } = progressOf(tour);
  return (
    <Box component="aside" aria-label="The tour" h="100%">
      <Progress value={(over / all) * 100} size={3} radius={0} aria-hidden />
      <Group px="md" py={6} justify="space-between" wrap="nowrap">
        <Group gap="xs" wrap="nowrap" style={{ minWidth: 0 }}>
          <Footprints size={16} aria-hidden />
          <Text size="sm" truncate><Text span visibleFrom="xs" c="dimmed" size="sm">Tour, {over} of {all}: </Text>{step ? STEPS[step.key].title : "you have seen it all"}</Text>
        </Group>
        <Group gap="xs" wrap="nowrap">
          <Anchor href={addressOf({ page: "tour" })} size="sm" fw={600} style={{ whiteSpace: "nowrap" }}>Back to the tour</Anchor>
          <Button size="compact-sm" variant="subtle" color="gray" visibleFrom="xs" loading={flip.isPending} onClick={() => flip.mutate("end")}>End it</Button>
        </Group>
      </Group>
    </Box>
  );
}
