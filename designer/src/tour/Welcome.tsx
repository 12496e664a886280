/** What an empty installation shows first: two doors. */

import { Button, Paper, SimpleGrid, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { Footprints, PencilRuler } from "lucide-react";
import type { ReactNode } from "react";

import { addressOf } from "../router";

interface WelcomeProps {
  /** What makes the first journey: the second door leads there. Without it, it leads to the gallery. */
  readonly draw?: (() => void) | undefined;
}

export function Welcome({ draw }: WelcomeProps) {
  return (
    <Stack align="center" gap="xl" py="xl">
      <Stack align="center" gap={6}>
        <Title order={2}>Welcome to Wend</Title>
        <Text c="dimmed" ta="center" maw={560}>Draw who gets which message, when, and what happens then. Publish it, and it runs: for one person or for ten million.</Text>
      </Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" w="100%" maw={820}>
        <Door icon={<Footprints size={26} />} title="Take the tour" text="Be Mario for five minutes: get an email, click, and see what the journey makes of it. Everything is real, but a day lasts 20 seconds and nothing leaves this machine.">
          <Button component="a" href={addressOf({ page: "tour" })} size="md">Take the tour (5 minutes)</Button>
        </Door>
        <Door icon={<PencilRuler size={26} />} title="Draw a journey" text="Begin with an empty canvas, or with one of the examples from the gallery, each ready to run.">
          {draw && <Button onClick={draw} size="md" variant="light">Draw a journey</Button>}
          <Button component="a" href={addressOf({ page: "gallery" })} size="md" variant={draw ? "subtle" : "light"}>See the gallery</Button>
        </Door>
      </SimpleGrid>
    </Stack>
  );
}

function Door({ icon, title, text, children }: { readonly icon: ReactNode; readonly title: string; readonly text: string; readonly children: ReactNode }) {
  return (
    <Paper withBorder radius="lg" p="xl">
      <Stack gap="sm" h="100%">
        <ThemeIcon size={48} radius="md" variant="light">{icon}</ThemeIcon>
        <Title order={3} size="h4">{title}</Title>
        <Text size="sm" c="dimmed" style={{ flex: 1 }}>{text}</Text>
        {children}
      </Stack>
    </Paper>
  );
}
