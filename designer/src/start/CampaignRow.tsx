/** How far a campaign got, with what can be done about it. */

import { ActionIcon, Badge, Button, Group, Modal, Progress, Stack, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, CircleX } from "lucide-react";
import { useState } from "react";

import { request } from "../api/client";
import { momentOf } from "../people/words";
import type { Campaign } from "../watch/requests";
import { count, people } from "../watch/words";
import { cronInWords } from "./schedule";

const COLOURS: Readonly<Record<Campaign["state"], string>> = { planned: "blue", running: "green", paused: "orange", cancelled: "gray", done: "teal" };

export function CampaignState({ campaign }: { readonly campaign: Campaign }) {
  return <Badge color={COLOURS[campaign.state]} variant="light" style={{ flex: "none" }} miw="max-content">{campaign.state}</Badge>;
}

/** When it starts, in words. */
export function timeInWords(campaign: Campaign): string {
  if (campaign.schedule !== null) return cronInWords(campaign.schedule);
  if (campaign.starts_at !== null) return campaign.state === "planned" ? `Starts ${momentOf(campaign.starts_at)}` : `Started ${momentOf(campaign.starts_at)}`;
  return campaign.state === "planned" ? "Starts at once" : `Made ${momentOf(campaign.created_at)}`;
}

export function CampaignProgress({ campaign }: { readonly campaign: Campaign }) {
  const taken = campaign.entered + campaign.skipped;
  if (campaign.schedule !== null) return <Text size="sm" c="dimmed">Each firing is a run of its own</Text>;
  if (campaign.total === null) return <Text size="sm" c="dimmed">{campaign.state === "planned" ? "Has not begun" : "–"}</Text>;
  const part = campaign.total === 0 ? 100 : Math.min(100, (taken / campaign.total) * 100);
  return (
    <Stack gap={2} miw={150}>
      <Progress value={part} animated={campaign.state === "running"} aria-label={`${campaign.name || "Campaign"}: how many have entered`} {...(campaign.state === "paused" ? { color: "orange" } : {})} />
      <Text size="xs" c="dimmed">{count(campaign.entered)} of {count(campaign.total)} entered{campaign.skipped > 0 ? `, ${count(campaign.skipped)} kept out` : ""}</Text>
      {campaign.refused.map((one) => <Text key={one.why} size="xs" c="dimmed">{count(one.count)} {one.words}</Text>)}
    </Stack>
  );
}

type Act = "pause" | "resume" | "cancel";

export function CampaignActs({ campaign }: { readonly campaign: Campaign }) {
  const [cancelling, setCancelling] = useState(false);
  const client = useQueryClient();
  const run = useMutation({
    mutationFn: (act: Act) => request<Campaign>("POST", `/campaigns/${campaign.id}/${act}`),
    onSuccess: async () => {
      setCancelling(false);
      await client.invalidateQueries({ queryKey: ["campaigns"] });
    },
    onError: (error) => notifications.show({ color: "red", title: "That did not work", message: error.message }),
  });
  const name = campaign.name || campaign.segment || "the campaign";
  const over = campaign.state === "done" || campaign.state === "cancelled";
  if (over) return null;
  return (
    <Group gap={4} wrap="nowrap">
      {campaign.state === "paused"
        ? <Tool label={`Resume ${name}`} act={() => run.mutate("resume")} icon={<CirclePlay size={18} />} />
        : <Tool label={`Pause ${name}`} act={() => run.mutate("pause")} icon={<CirclePause size={18} />} />}
      <Tool label={`Cancel ${name}`} act={() => setCancelling(true)} icon={<CircleX size={18} />} />
      {cancelling && (
        <Modal opened onClose={() => setCancelling(false)} title="Cancel the campaign?" closeButtonProps={{ "aria-label": "Close" }}>
          <Stack>
            <Text size="sm">Nobody enters by it any more{campaign.total === null ? "" : `: ${people(Math.max(0, campaign.total - campaign.entered - campaign.skipped))} of it stay out`}. The {people(campaign.entered)} who entered go on. It cannot be resumed.</Text>
            <Group justify="end">
              <Button variant="default" onClick={() => setCancelling(false)}>Keep it</Button>
              <Button color="red" loading={run.isPending} onClick={() => run.mutate("cancel")}>Cancel the campaign</Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </Group>
  );
}

function Tool({ label, act, icon }: { readonly label: string; readonly act: () => void; readonly icon: React.ReactNode }) {
  return <Tooltip label={label}><ActionIcon variant="subtle" color="gray" aria-label={label} onClick={act}>{icon}</ActionIcon></Tooltip>;
}
