/** The tour: be Mario, on real things. Steps are checked off by what really happened, wherever it was done. */

import { Alert, Anchor, Button, Center, Group, List, Loader, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Footprints } from "lucide-react";
import { lazy, Suspense } from "react";

import { addressOf } from "../router";
import { tourQuery, useTourSwitch } from "./requests";

const TourRoom = lazy(async () => ({ default: (await import("./TourRoom")).TourRoom }));

export function TourPage() {
  const { data, error } = useQuery(tourQuery);
  if (error) return <Alert m="lg" color="red" title="The tour cannot be shown">{error.message}</Alert>;
  if (!data) return <Center h="60vh"><Loader aria-label="The tour is loading" /></Center>;
  if (data.state === "running" && data.journey) return <Suspense><TourRoom tour={data} /></Suspense>;
  return <Begin again={data.state !== "none"} refused={data.refused} />;
}

function Begin({ again, refused }: { readonly again: boolean; readonly refused: string | null }) {
  const flip = useTourSwitch();
  return (
    <Center p="lg" mih="70vh">
      <Paper withBorder radius="lg" p="xl" maw={640}>
        <Stack>
          <ThemeIcon size={52} radius="md" variant="light"><Footprints size={28} /></ThemeIcon>
          <Title order={1} size="h2">{again ? "The tour is over" : "Be Mario for five minutes"}</Title>
          {again && <Text>Everything that it brought is still here: look at the <Anchor href={addressOf({ page: "journeys" })}>journeys</Anchor> and the <Anchor href={addressOf({ page: "contacts" })}>contacts</Anchor>. Time goes as usual again.</Text>}
          <Text>A shop sends a spring offer. You publish the journey, five people enter it, and then you are one of them: you open the email, click, visit the page, wait, get a code, and buy. Nothing is staged:</Text>
          <List spacing={6} size="sm">
            <List.Item>the journey, the people and their messages are as real as those that you will make;</List.Item>
            <List.Item>messages go to a sandbox on this machine, and nowhere else;</List.Item>
            <List.Item><b>a day lasts 20 seconds</b>, so that two days are over while you watch. It ends with the tour.</List.Item>
          </List>
          {refused && <Alert color="orange" title="Not in this installation">{refused}</Alert>}
          {flip.error && <Alert color="red" title="The tour did not start">{flip.error.message}</Alert>}
          <Group>
            <Button size="md" disabled={refused !== null} loading={flip.isPending} onClick={() => flip.mutate("start")}>{again ? "Take it again" : "Start the tour"}</Button>
            <Button size="md" variant="subtle" component="a" href={addressOf({ page: "journeys" })}>Not now</Button>
          </Group>
        </Stack>
      </Paper>
    </Center>
  );
}
