/** Who is in this draft. One's own picture opens the field for one's name; another's leads to the node they have open. */

import { Button, Group, Popover, Stack, Text, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useStore } from "zustand";

import { nodeName } from "../graph/disputeWords";
import type { Person } from "../store/live";
import { callMe, myName } from "../store/me";
import { useEditorRoom } from "./room";

const MOST = 4;

export function People() {
  const { live } = useEditorRoom();
  const { people, me } = useStore(live.company);
  const others = people.filter((one) => one.tab !== me?.tab);
  return (
    <Group gap={4} wrap="nowrap" role="group" aria-label="People in this draft">
      {others.slice(0, MOST).map((one) => <Other key={one.tab} person={one} />)}
      {others.length > MOST && <Text size="xs" c="dimmed">+{others.length - MOST}</Text>}
      {me && <Me key={me.name} person={me} />}
    </Group>
  );
}

function Other({ person }: { readonly person: Person }) {
  const { editor, session } = useEditorRoom();
  const { history, catalog } = useStore(editor);
  const node = person.node !== null && person.node in history.document.nodes ? person.node : undefined;
  const at = node === undefined ? "" : `, at “${nodeName(node, [history.document], catalog)}”`;
  const label = `${person.name}${at}${person.idle ? " (away)" : ""}`;
  return (
    <Tooltip label={label}>
      <UnstyledButton aria-label={label} disabled={node === undefined} onClick={() => { if (node !== undefined) session.setState({ nodes: new Set([node]), edges: new Set() }); }}>
        <Bubble person={person} />
      </UnstyledButton>
    </Tooltip>
  );
}

function Me({ person }: { readonly person: Person }) {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(myName.getState().name || person.name);
  const done = (): void => {
    callMe(name);
    setOpen(false);
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={`${person.name} (you)`} disabled={open}>
          <UnstyledButton aria-label={`You are ${person.name}. Change your name`} onClick={() => setOpen(!open)}><Bubble person={person} mine /></UnstyledButton>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="Your name">
        <form onSubmit={(event) => { event.preventDefault(); done(); }}>
          <Stack gap="xs">
            <TextInput label="Your name" description="Others in this draft see it." maxLength={60} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
            <Button type="submit" size="compact-sm">Use this name</Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function Bubble({ person, mine = false }: { readonly person: Person; readonly mine?: boolean }) {
  return (
    <span
      aria-hidden
      className={`bubble${mine ? " is-mine" : ""}${person.idle ? " is-idle" : ""}`}
      style={{ background: person.colour }}
      // Drawn by the style sheet: the button's own name says it in full.
      data-initials={initials(person.name)}
    />
  );
}

/** Two signs for a name: "Ann Lee" AL, "Guest 2" G2, "Ann" An. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).map((word) => Array.from(new Intl.Segmenter().segment(word), (one) => one.segment));
  const [first = ["?"], ...more] = words;
  const last = more.at(-1);
  return last === undefined ? first.slice(0, 2).join("") : `${first[0] ?? ""}${last[0] ?? ""}`.toUpperCase();
}
