/** The campaigns of a journey that are under way or planned. */

import { Anchor, Group, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { addressOf } from "../router";
import { CampaignActs, CampaignProgress, CampaignState, timeInWords } from "../start/CampaignRow";
import { campaignsQuery, UNDER_WAY } from "./requests";

const OFTEN = 1_500;
const MOST_SHOWN = 3;

export function Running({ journey }: { readonly journey: string }) {
  const { data } = useInfiniteQuery({ ...campaignsQuery(journey, UNDER_WAY, MOST_SHOWN), refetchInterval: OFTEN });
  const [first] = data?.pages ?? [];
  const going = first?.items ?? [];
  const more = first?.total === null ? "many" : (first?.total ?? 0) - going.length;
  if (going.length === 0) return null;
  return (
    <div className="watch-running" role="group" aria-label="Campaigns under way">
      {going.map((one) => (
        <Group key={one.id} gap="xs" wrap="nowrap">
          <CampaignState campaign={one} />
          <Text size="sm" fw={500} title={timeInWords(one)}>{one.name || one.segment || "Campaign"}</Text>
          {one.total === null ? <Text size="sm" c="dimmed">{timeInWords(one)}</Text> : <CampaignProgress campaign={one} />}
          <CampaignActs campaign={one} />
        </Group>
      ))}
      {more !== 0 && <Anchor size="sm" href={addressOf({ page: "campaigns" })}>and {more} more</Anchor>}
    </div>
  );
}
