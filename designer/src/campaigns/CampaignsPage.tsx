/** The campaigns of all journeys: how far each got, and what can be done about it. */

import { Alert, Anchor, Button, Group, Modal, SegmentedControl, Skeleton, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { request } from "../api/client";
import { useShownTime } from "../frame/useBusinessTime";
import { EndOfList } from "../lists/EndOfList";
import { addressOf } from "../router";
import { CampaignActs, CampaignProgress, CampaignState, timeInWords } from "../start/CampaignRow";
import { cronInWords, instantOf } from "../start/schedule";
import { campaignsQuery, OVER, UNDER_WAY, type Campaign } from "../watch/requests";

type Shown = "all" | "open" | "over";

const OFTEN = 2_000;
const STATES: Readonly<Record<Shown, readonly Campaign["state"][]>> = { all: [], open: UNDER_WAY, over: OVER };

export function CampaignsPage() {
  const [shown, setShown] = useState<Shown>("all");
  const list = useInfiniteQuery({ ...campaignsQuery(undefined, STATES[shown], 50), placeholderData: keepPreviousData, refetchInterval: (query) => OFTEN * (query.state.data?.pages.length ?? 1) });
  const { data, error } = list;
  const campaigns = data?.pages.flatMap((page) => page.items);
  return (
    <Stack p="lg" maw={1200} mx="auto">
      <Group justify="space-between">
        <Title order={1} size="h2">Campaigns</Title>
        <SegmentedControl aria-label="Which campaigns" value={shown} onChange={(value) => setShown(value)} data={[{ value: "all", label: "All" }, { value: "open", label: "Under way or planned" }, { value: "over", label: "Over" }]} />
      </Group>
      <Text c="dimmed">A campaign lets a segment enter a journey. Start one from a journey's “Watch”.</Text>
      {error && <Alert color="red" title="The campaigns cannot be shown">{error.message}</Alert>}
      {!data && !error && <Skeleton height={160} />}
      {campaigns?.length === 0 && <Text c="dimmed" py="xl" ta="center">{shown === "all" ? "There is no campaign yet. Publish a journey, and start it with a segment or a file." : "None of the campaigns is like that."}</Text>}
      {campaigns && campaigns.length > 0 && (
        <Table.ScrollContainer type="native" minWidth={780} className="cards-room">
          <Table className="cards" verticalSpacing="sm" highlightOnHover>
            <Table.Thead>
              <Table.Tr><Table.Th>Campaign</Table.Th><Table.Th>Journey</Table.Th><Table.Th>State</Table.Th><Table.Th>When</Table.Th><Table.Th>Entered</Table.Th><Table.Th aria-label="What can be done" /></Table.Tr>
            </Table.Thead>
            <Table.Tbody>{campaigns.map((one) => <CampaignRow key={one.id} campaign={one} />)}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <EndOfList more={list.hasNextPage} loading={list.isFetchingNextPage} load={() => void list.fetchNextPage()} shown={campaigns?.length ?? 0} total={data?.pages[0]?.total} />
    </Stack>
  );
}

function CampaignRow({ campaign }: { readonly campaign: Campaign }) {
  const [changing, setChanging] = useState(false);
  const planned = campaign.state === "planned" && (campaign.starts_at !== null || campaign.schedule !== null);
  return (
    <Table.Tr>
      <Table.Td className="card-title">
        <Text fw={500}>{campaign.name || "Campaign"}</Text>
        <Text size="sm" c="dimmed">{campaign.segment ?? "Its segment is gone"}{campaign.mode === "live" ? ", and who comes later" : ""}{campaign.parent ? ", a run of a schedule" : ""}</Text>
      </Table.Td>
      <Table.Td data-label="Journey"><Anchor href={addressOf({ page: "journey", journey: campaign.journey, mode: "watch" })}>{campaign.journey_name}</Anchor></Table.Td>
      <Table.Td data-label="State"><CampaignState campaign={campaign} /></Table.Td>
      <Table.Td data-label="When">
        <Text size="sm">{timeInWords(campaign)}</Text>
        {planned && <Anchor component="button" type="button" size="sm" onClick={() => setChanging(true)}>Change the time</Anchor>}
        {changing && <ChangeTime campaign={campaign} close={() => setChanging(false)} />}
      </Table.Td>
      <Table.Td data-label="Entered"><CampaignProgress campaign={campaign} /></Table.Td>
      <Table.Td className="card-acts"><CampaignActs campaign={campaign} /></Table.Td>
    </Table.Tr>
  );
}

/** A single time stays a single time, a schedule a schedule: the engine has it so. */
function ChangeTime({ campaign, close }: { readonly campaign: Campaign; readonly close: () => void }) {
  const [time, setTime] = useState("");
  const [schedule, setSchedule] = useState(campaign.schedule ?? "");
  const client = useQueryClient();
  const scheduled = campaign.schedule !== null;
  const asShown = useShownTime();
  const startsAt = instantOf(time);
  const change = useMutation({
    mutationFn: () => request<Campaign>("PUT", `/campaigns/${campaign.id}/time`, scheduled ? { schedule } : { starts_at: startsAt }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["campaigns"] });
      close();
    },
  });
  return (
    <Modal opened onClose={close} title="Change the time" closeButtonProps={{ "aria-label": "Close" }}>
      <Stack>
        {scheduled
          ? <TextInput label="Schedule" description="Minute, hour, day, month, weekday; in the journey's time zone." value={schedule} onChange={(event) => setSchedule(event.currentTarget.value)} />
          : <TextInput type="datetime-local" label="Business time" description={`${asShown}, in your time zone.`} value={time} onChange={(event) => setTime(event.currentTarget.value)} />}
        {scheduled && <Text size="sm" c="dimmed">{cronInWords(schedule)}</Text>}
        {change.error && <Alert color="red" title="The time is not changed">{change.error.message}</Alert>}
        <Group justify="end">
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button disabled={scheduled ? schedule.trim() === "" : startsAt === undefined} loading={change.isPending} onClick={() => change.mutate()}>Change it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
