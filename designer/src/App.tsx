/** The frame around every page: where one is, light or dark, and the page itself. */

import "./frame/cards.css";

import { ActionIcon, Alert, Anchor, AppShell, Center, Group, Loader, Text, Title, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Moon, Sun } from "lucide-react";
import { lazy, Suspense } from "react";

import { JourneyPage } from "./editor/JourneyPage";
import { Clock } from "./frame/Clock";
import { Nav } from "./frame/Nav";
import { JourneysPage } from "./pages/JourneysPage";
import { addressOf, useRoute } from "./router";
import { tourQuery } from "./tour/requests";
import { BAR_HEIGHT, TourBar } from "./tour/TourBar";

const CampaignsPage = lazy(async () => ({ default: (await import("./campaigns/CampaignsPage")).CampaignsPage }));
const GalleryPage = lazy(async () => ({ default: (await import("./gallery/GalleryPage")).GalleryPage }));
const ContactsPage = lazy(async () => ({ default: (await import("./people/ContactsPage")).ContactsPage }));
const PersonPage = lazy(async () => ({ default: (await import("./people/PersonPage")).PersonPage }));
const TourPage = lazy(async () => ({ default: (await import("./tour/TourPage")).TourPage }));
const SegmentsPage = lazy(async () => ({ default: (await import("./segments/SegmentsPage")).SegmentsPage }));
const SandboxPage = lazy(async () => ({ default: (await import("./sandbox/SandboxPage")).SandboxPage }));

export function App() {
  const route = useRoute();
  const touring = useQuery(tourQuery).data?.state === "running" && route.page !== "tour";
  return (
    <AppShell header={{ height: 48 }} footer={{ height: BAR_HEIGHT, collapsed: !touring }}>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between">
          <Group gap="lg">
            <Anchor href={addressOf({ page: "journeys" })} underline="never" c="inherit">
              <Group gap={8}>
                <img src="./wend.svg" alt="" width={24} height={24} />
                <Text fw={700}>Wend</Text>
              </Group>
            </Anchor>
            <Nav page={route.page} />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Clock />
            <SchemeSwitch />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Main style={{ height: "100dvh" }}>
        {route.page === "journeys" && <JourneysPage />}
        {route.page === "journey" && <JourneyPage key={route.journey} journey={route.journey} mode={route.mode} />}
        <Suspense fallback={<Center h="60vh"><Loader aria-label="The page is loading" /></Center>}>
          {route.page === "campaigns" && <CampaignsPage />}
          {route.page === "gallery" && <GalleryPage />}
          {route.page === "contacts" && <ContactsPage />}
          {route.page === "tour" && <TourPage />}
          {route.page === "segments" && <SegmentsPage />}
          {route.page === "sandbox" && <SandboxPage />}
          {route.page === "person" && <PersonPage key={route.contact} contact={route.contact} />}
        </Suspense>
        {route.page === "unknown" && (
          <Alert m="lg" color="orange" title={<Title order={1} size="h5">There is no such page</Title>}>
            The address leads nowhere. Go to the <Anchor href={addressOf({ page: "journeys" })}>journeys</Anchor>.
          </Alert>
        )}
      </AppShell.Main>
      {touring && <AppShell.Footer><TourBar /></AppShell.Footer>}
    </AppShell>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  const label = dark ? "Light colours" : "Dark colours";
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} title={label} onClick={() => setColorScheme(dark ? "light" : "dark")}>
      {dark ? <Sun size={18} /> : <Moon size={18} />}
    </ActionIcon>
  );
}
