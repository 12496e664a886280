/** A small clock in the frame, wherever business time is not real time. */

import { Group, Text, Tooltip } from "@mantine/core";
import { Clock3, FastForward } from "lucide-react";

import { businessAt, paceOf, shownTime, type Reading } from "./businessTime";
import { useClock, useTicking } from "./useBusinessTime";

const APART = 120_000;

export function Clock() {
  const reading = useClock();
  if (!reading || (reading.speed === 1 && Math.abs(reading.now - reading.at) < APART)) return null;
  return <Face reading={reading} />;
}

function Face({ reading }: { readonly reading: Reading }) {
  const at = useTicking(reading.speed === 1 ? 5_000 : 200);
  const fast = reading.speed !== 1;
  const pace = fast ? paceOf(reading.speed) : "ahead of real time, since a tour ran here";
  const shown = shownTime(businessAt(reading, at));
  return (
    <Tooltip label={`Business time: ${pace}. Waits, journeys and reports go by it.`}>
      <Group gap={6} wrap="nowrap" tabIndex={0} role="timer" aria-label={`Business time, ${pace}`} style={{ fontVariantNumeric: "tabular-nums" }}>
        {fast ? <FastForward size={15} aria-hidden /> : <Clock3 size={15} aria-hidden />}
        <Text size="sm" fw={600} style={{ whiteSpace: "nowrap" }}>{shown}</Text>
        {fast && <Text size="xs" c="dimmed" visibleFrom="md" style={{ whiteSpace: "nowrap" }}>{pace}</Text>}
      </Group>
    </Tooltip>
  );
}
