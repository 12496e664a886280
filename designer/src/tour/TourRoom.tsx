/** The tour under way: its steps on the left, the real things on the right. */

import { Alert, Anchor, Badge, Box, Button, Grid, Group, Paper, Progress, Stack, Table, Text, ThemeIcon, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, Circle, Minus } from "lucide-react";
import { useState, type ReactNode } from "react";

import { secondsUntil } from "../frame/businessTime";
import { useClock, useTicking } from "../frame/useBusinessTime";
import { addressOf } from "../router";
import { AfterClick } from "../sandbox/AfterClick";
import { Mailbox } from "../sandbox/Mailbox";
import { PhoneBox } from "../sandbox/PhoneBox";
import { useMessages } from "../sandbox/useMessages";
import { enterTour, publishTour, useTourSwitch } from "./requests";
import { looksOf, presentStep, progressOf, STEPS, type Look, type StepKey, type Tour } from "./steps";
import { TourCanvas } from "./TourCanvas";

export function TourRoom({ tour }: { readonly tour: Tour }) {
  const flip = useTourSwitch();
  const { over, all } = progressOf(tour);
  const mario = tour.people[0];
  const finished = presentStep(tour) === undefined;
  return (
    <Box p="lg" maw={1680} mx="auto">
      <Group justify="space-between" mb="md">
        <Group gap="md">
          <Title order={1} size="h2">The tour</Title>
          <Badge variant="light" size="lg" tt="none">{over} of {all}</Badge>
        </Group>
        <Button variant="default" loading={flip.isPending} onClick={() => flip.mutate("end")}>End the tour</Button>
      </Group>
      {flip.error && <Alert color="red" mb="md">{flip.error.message}</Alert>}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Paper withBorder radius="md" p="md">
            <Progress value={(over / all) * 100} mb="md" aria-label="How much of the tour is over" />
            <Steps tour={tour} />
            {finished && mario && <Finished contact={mario.contact} end={() => flip.mutate("end")} />}
          </Paper>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Stack>
            <TourCanvas tour={tour} />
            {mario && tour.steps.some((step) => step.key === "enter" && step.done) && <MariosThings contact={mario.contact} />}
            <People tour={tour} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Box>
  );
}

function Steps({ tour }: { readonly tour: Tour }) {
  const looks = looksOf(tour.steps);
  return (
    <Box component="ol" m={0} p={0} style={{ listStyle: "none" }}>
      {tour.steps.map((step, index) => <Step key={step.key} name={step.key} look={looks[index] ?? "later"} tour={tour} />)}
    </Box>
  );
}

const SIGNS: Readonly<Record<Look, ReactNode>> = { done: <Check size={14} />, now: <Circle size={10} fill="currentColor" />, later: <Circle size={10} />, skipped: <Minus size={14} /> };
const WORDS: Readonly<Record<Look, string>> = { done: "Done", now: "Now", later: "Later", skipped: "Not needed" };

function Step({ name, look, tour }: { readonly name: StepKey; readonly look: Look; readonly tour: Tour }) {
  const { title, text, after } = STEPS[name];
  return (
    <Box component="li" py={8} {...(look === "now" ? { "aria-current": "step" as const } : {})}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <ThemeIcon size={24} radius="xl" variant={look === "now" ? "filled" : "light"} color={look === "done" ? "teal" : look === "now" ? "blue" : "gray"} aria-label={WORDS[look]}>{SIGNS[look]}</ThemeIcon>
        <Box style={{ flex: 1 }}>
          <Text fw={look === "now" ? 700 : 500} {...(look === "later" || look === "skipped" ? { c: "dimmed" } : {})}>{title}</Text>
          {look === "done" && <Text size="sm" c="dimmed">{after}</Text>}
          {look === "skipped" && <Text size="sm" c="dimmed">Mario had bought before, so that this was not needed.</Text>}
          {look === "now" && (
            <Stack gap="xs" mt={4}>
              <Text size="sm">{text}</Text>
              <Doing name={name} tour={tour} />
            </Stack>
          )}
        </Box>
      </Group>
    </Box>
  );
}

/** What a step offers to press, or what is waited for. */
function Doing({ name, tour }: { readonly name: StepKey; readonly tour: Tour }) {
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: () => (name === "publish" ? publishTour(tour) : enterTour(tour)),
    onSuccess: () => client.invalidateQueries(),
  });
  const journey = tour.journey ?? "";
  if (name === "publish" || name === "enter") {
    const address = addressOf({ page: "journey", journey, mode: name === "publish" ? "draw" : "watch" });
    return (
      <>
        {act.error && <Alert color="red" p="xs">{act.error.message}</Alert>}
        <Group>
          <Button size="sm" loading={act.isPending || act.isSuccess} onClick={() => act.mutate()}>{name === "publish" ? "Publish it" : "Let them in"}</Button>
          <Anchor size="sm" href={address}>{name === "publish" ? "Open it in the designer" : "Watch it in the designer"}</Anchor>
        </Group>
      </>
    );
  }
  const who = name === "reminded" ? tour.people.find((one) => one.key === "lucia") : name === "texted" ? tour.people[0] : undefined;
  return who?.wake_at ? <Countdown until={who.wake_at} /> : null;
}

function Countdown({ until }: { readonly until: string }) {
  const clock = useClock();
  const at = useTicking(250);
  if (!clock) return null;
  const seconds = Math.ceil(secondsUntil(clock, Date.parse(until), at));
  return <Text size="sm" fw={600} role="timer">{seconds > 0 ? `About ${String(seconds)} seconds to go` : "Any moment now"}</Text>;
}

function MariosThings({ contact }: { readonly contact: string }) {
  const { messages, earlier } = useMessages(contact);
  const [clicked, setClicked] = useState<string | null>(null);
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, sm: 7 }}><Mailbox owner="Mario" earlier={earlier} messages={messages.filter((one) => one.channel === "email")} onClicked={(_, url) => setClicked(url)} /></Grid.Col>
      <Grid.Col span={{ base: 12, sm: 5 }}><PhoneBox owner="Mario" earlier={earlier} messages={messages.filter((one) => one.channel !== "email")} onClicked={(_, url) => setClicked(url)} /></Grid.Col>
      {clicked !== null && <AfterClick url={clicked} contact={contact} close={() => setClicked(null)} />}
    </Grid>
  );
}

function People({ tour }: { readonly tour: Tour }) {
  return (
    <Paper withBorder radius="md" p="md">
      <Title order={2} size="h5" mb="xs">The five</Title>
      <Table.ScrollContainer minWidth={520}>
        <Table>
          <Table.Thead><Table.Tr><Table.Th>Who</Table.Th><Table.Th>What is known</Table.Th><Table.Th>Stands</Table.Th><Table.Th>Messages</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {tour.people.map((one) => (
              <Table.Tr key={one.key}>
                <Table.Td><Anchor href={addressOf({ page: "person", contact: one.contact })} fw={500}>{one.name}</Anchor></Table.Td>
                <Table.Td><Text size="sm" c="dimmed">{one.story}</Text></Table.Td>
                <Table.Td>{one.stands ?? <Text span c="dimmed">Has not entered</Text>}</Table.Td>
                <Table.Td><Anchor size="sm" href={`${addressOf({ page: "sandbox" })}?contact=${one.contact}`}>Mailbox and phone</Anchor></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function Finished({ contact, end }: { readonly contact: string; readonly end: () => void }) {
  return (
    <Alert color="teal" title="That was it" mt="md">
      <Text size="sm">Everything that you saw is kept. Look at <Anchor size="sm" href={addressOf({ page: "person", contact })}>Mario's page</Anchor>: his timeline tells each step, and “why did he get this?” answers for every message. Then <Anchor size="sm" href={addressOf({ page: "gallery" })}>begin with an example</Anchor>, or draw your own.</Text>
      <Button mt="sm" size="sm" onClick={end}>End the tour</Button>
    </Alert>
  );
}
