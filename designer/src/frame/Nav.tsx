/** The way to every page: links where there is room, else a menu. */

import { ActionIcon, Anchor, Group, Menu } from "@mantine/core";
import { Menu as MenuIcon } from "lucide-react";

import { addressOf, type Route } from "../router";

type List = Exclude<Route["page"], "journey" | "person" | "unknown">;

const PAGES: readonly (readonly [List, string])[] = [
  ["journeys", "Journeys"],
  ["campaigns", "Campaigns"],
  ["contacts", "Contacts"],
  ["segments", "Segments"],
  ["sandbox", "Sandbox"],
];
const INSIDE: Readonly<Partial<Record<Route["page"], List>>> = { journey: "journeys", person: "contacts", gallery: "journeys" };

export function Nav({ page }: { readonly page: Route["page"] }) {
  const here = INSIDE[page] ?? page;
  return (
    <>
      <Group component="nav" aria-label="Pages" gap="lg" visibleFrom="sm" wrap="nowrap">
        {PAGES.map(([list, name]) => (
          <Anchor key={list} href={addressOf({ page: list })} size="sm" fw={here === list ? 600 : 400} c={here === list ? "inherit" : "dimmed"} {...(here === list ? { "aria-current": "page" as const } : {})}>{name}</Anchor>
        ))}
      </Group>
      <Menu position="bottom-start">
        <Menu.Target>
          <ActionIcon hiddenFrom="sm" variant="subtle" color="gray" size="lg" aria-label="Pages"><MenuIcon size={20} /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {PAGES.map(([list, name]) => <Menu.Item key={list} component="a" href={addressOf({ page: list })} fw={here === list ? 600 : 400}>{name}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
