/** The tour's journey with its live numbers. */

import { Alert, Anchor, Box, Group, Paper, Skeleton, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { request, type Numbers } from "../api/client";
import { catalogQuery, fetchDraft } from "../api/queries";
import { decorateNodes, makeDecorations } from "../canvas/decorations";
import { FlowView } from "../canvas/FlowView";
import { addressOf } from "../router";
import type { Tour } from "./steps";

const HEIGHT = 330;

export function TourCanvas({ tour }: { readonly tour: Tour }) {
  const journey = tour.journey ?? "";
  const published = tour.steps.some((step) => step.key === "publish" && step.done);
  const draft = useQuery({ queryKey: ["tour journey", journey], queryFn: () => fetchDraft(journey), refetchInterval: published ? false : 4_000 });
  const catalog = useQuery(catalogQuery);
  const numbers = useQuery({ queryKey: ["numbers", journey, "tour"], queryFn: () => request<Numbers>("GET", `/journeys/${journey}/numbers`), refetchInterval: 1_000, enabled: published });
  const [decorations] = useState(() => makeDecorations());
  useEffect(() => {
    if (!numbers.data) return;
    const counts = Object.entries(numbers.data.nodes).map(([id, node]) => [id, { entered: node.entered, here: node.admitted + node.moving + node.resting, parked: node.parked, left: node.left ?? {} }] as const);
    decorateNodes(decorations, "counts", Object.fromEntries(counts));
  }, [decorations, numbers.data]);
  const error = draft.error ?? catalog.error ?? numbers.error;
  return (
    <Paper withBorder radius="md" component="section" aria-label="The journey" style={{ overflow: "hidden" }}>
      <Group px="md" py="sm" justify="space-between" style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
        <Title order={2} size="h5">{draft.data?.document.name ?? "The journey"}</Title>
        <Anchor size="sm" href={addressOf({ page: "journey", journey, mode: published ? "watch" : "draw" })}>{published ? "Watch it in the designer" : "Open it in the designer"}</Anchor>
      </Group>
      {error && <Alert color="red">{error.message}</Alert>}
      <Box h={HEIGHT}>
        {draft.data && catalog.data ? <FlowView document={draft.data.document} catalog={catalog.data} decorations={decorations} /> : <Skeleton h={HEIGHT} />}
      </Box>
    </Paper>
  );
}
