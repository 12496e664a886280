/** The campaigns of a journey that are under way or planned. */

import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { addressOf } from "../router";
import { CampaignActs, CampaignProgress, CampaignState, timeInWords } from "../start/CampaignRow";
import { campaignsQuery } from "./requests";

const OFTEN = 1_500;
const MOST_SHOWN = 3;

export function Running({ journey }: { readonly journey: string }) {
  const { data } = useQuery(campaignsQuery(journey, OFTEN));
  const going = data?.items.filter((one) => one.state === "running" || one.state === "paused" || one.state === "planned") ?? [];
  if (going.length === 0) return null;
  return (
    <div className="watch-running" role="group" aria-label="Campaigns under way">
      {going.slice(0, MOST_SHOWN).map((one) => (
        <Group key={one.id} gap="xs" wrap="nowrap">
          <CampaignState campaign={one} />
          <Text size="sm" fw={500} title={timeInWords(one)}>{one.name || one.segment || "Campaign"}</Text>
          {one.total === null ? <Text size="sm" c="dimmed">{timeInWords(one)}</Text> : <CampaignProgress campaign={one} />}
          <CampaignActs campaign={one} />
        </Group>
      ))}
      {going.length > MOST_SHOWN && <Anchor size="sm" href={addressOf({ page: "campaigns" })}>and {going.length - MOST_SHOWN} more</Anchor>}
    </div>
  );
}
