/** What a template may read, grouped, with values as they may be; one that is picked is put in at the caret. */

import { Menu, ScrollArea, Text, TextInput, Button } from "@mantine/core";
import { Braces } from "lucide-react";
import { useState } from "react";

import type { Vocabulary } from "../vocabulary";
import { written } from "./jinja";

const GROUPS: readonly { readonly group: Vocabulary["variables"][number]["group"]; readonly label: string }[] = [
  { group: "contact", label: "Contact" },
  { group: "promotion", label: "Promotion" },
  { group: "coupon", label: "Coupon" },
  { group: "event", label: "What began the journey" },
  { group: "journey", label: "Journey" },
];

interface VariablePickerProps {
  readonly variables: Vocabulary["variables"];
  /** The field into which it is put; none before one had the caret. */
  readonly into: string | undefined;
  readonly onPick: (text: string) => void;
  /** One of several on a page: smaller, and told apart by the name of its field. */
  readonly of?: string;
}

export function VariablePicker({ variables, into, onPick, of }: VariablePickerProps) {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = variables.filter((one) => one.name.toLowerCase().includes(wanted) || one.sample.toLowerCase().includes(wanted));
  return (
    <Menu position="bottom-start" width={340} trapFocus={false} returnFocus={false} onOpen={() => setSearch("")}>
      <Menu.Target><Button size={of === undefined ? "xs" : "compact-xs"} variant="light" aria-label={of === undefined ? undefined : `Insert a variable into ${of}`} leftSection={<Braces size={14} />}>Insert a variable</Button></Menu.Target>
      <Menu.Dropdown>
        <TextInput size="xs" m={4} placeholder="Search" aria-label="Search the variables" value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
        {into && <Text size="xs" c="dimmed" px="sm" pb={4}>Goes into {into}, at the caret.</Text>}
        <ScrollArea.Autosize mah={360} type="auto">
          {GROUPS.map(({ group, label }) => {
            const mine = shown.filter((one) => one.group === group);
            if (mine.length === 0) return null;
            return (
              <div key={group}>
                <Menu.Label>{label}</Menu.Label>
                {mine.map((one) => (
                  <Menu.Item key={one.name} onClick={() => onPick(written(one.name))} rightSection={<Text size="xs" c="dimmed" maw={130} truncate>{one.sample}</Text>}>
                    <Text size="sm">{shortName(one.name)}</Text>
                  </Menu.Item>
                ))}
              </div>
            );
          })}
          {shown.length === 0 && <Text size="sm" c="dimmed" p="sm">Nothing of that name is known here.</Text>}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}

function shortName(name: string): string {
  return name.replace(/^\w+\.(attributes\.|properties\.)?/, "").replaceAll("_", " ");
}
