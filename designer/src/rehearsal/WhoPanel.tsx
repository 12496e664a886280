/** Who tries the journey: a real contact, or somebody invented; and what is known of them by now. */

import { Badge, Button, Collapse, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { ChevronDown, ChevronRight, UserRound } from "lucide-react";
import { useState } from "react";

import { ContactSelect } from "../people/ContactSelect";
import { valueOf } from "../people/words";
import { momentOf } from "./clock";
import { EntryPanel } from "./EntryPanel";
import { nameOfInvented, PRESETS, whoOf } from "./people";
import { PersonForm } from "./PersonForm";
import { restart, type Rehearsal, type Script, type Who } from "./script";

interface WhoPanelProps {
  readonly script: Script;
  readonly change: (make: (script: Script) => Script) => void;
  readonly answer: Rehearsal | undefined;
}

export function WhoPanel({ script, change, answer }: WhoPanelProps) {
  const [open, setOpen] = useState(false);
  const [editing, setEditing] = useState(false);
  const { who } = script;
  const name = who.kind === "real" ? who.name : nameOfInvented(who.person);
  const become = (next: Who): void => {
    change((one) => restart(one, { who: next }));
    setOpen(false);
    setEditing(false);
  };
  return (
    <section className="try-who" aria-label="Who tries it">
      <UnstyledButton className="try-who-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <UserRound size={18} aria-hidden />
        <span className="try-who-name">
          <b>{name}</b>
          <span>{who.kind === "real" ? "a real contact; nothing of theirs is changed" : "invented"}</span>
        </span>
        <Text size="xs" c="blue" span>{open ? "Close" : "Somebody else"}</Text>
        {open ? <ChevronDown size={16} aria-hidden /> : <ChevronRight size={16} aria-hidden />}
      </UnstyledButton>
      <Collapse expanded={open}>
        {open && (
          <Stack gap="xs" pt="xs">
            <RealContact become={become} />
            <Text size="xs" c="dimmed">or invent somebody:</Text>
            <Group gap={6}>
              {PRESETS.map((preset) => <Button key={preset.name} size="compact-xs" variant={who.kind === "invented" && who.name === preset.name ? "light" : "default"} title={preset.about} onClick={() => become(whoOf(preset))}>{preset.name}</Button>)}
            </Group>
            {who.kind === "invented" && (editing
              ? <PersonForm key={JSON.stringify(who.person)} person={who.person} done={(person) => become({ kind: "invented", name: "", person })} />
              : <Button size="compact-xs" variant="subtle" onClick={() => setEditing(true)} style={{ alignSelf: "flex-start" }}>Change {nameOfInvented(who.person)}…</Button>)}
          </Stack>
        )}
      </Collapse>
      {answer && !open && <Known answer={answer} />}
      {answer && !open && <EntryPanel change={change} answer={answer} />}
    </section>
  );
}

function RealContact({ become }: { readonly become: (who: Who) => void }) {
  return <ContactSelect size="xs" label="A real contact" contact="" onContact={(contact, name) => { if (contact) become({ kind: "real", name, contact }); }} />;
}

function Known({ answer }: { readonly answer: Rehearsal }) {
  const { contact } = answer;
  const [more, setMore] = useState(false);
  const attributes = Object.entries(contact.attributes);
  const refused = Object.entries(contact.consents).filter(([, word]) => word === "refused").map(([channel]) => channel);
  return (
    <div className="try-known">
      <Group gap={4}>
        {contact.tags.map((tag) => <Badge key={tag} size="xs" variant="light" tt="none">{tag}</Badge>)}
        {refused.map((channel) => <Badge key={channel} size="xs" variant="light" color="red" tt="none">no {channel}</Badge>)}
        {contact.coupons.map((coupon) => <Badge key={coupon.code} size="xs" variant="light" color="grape" tt="none" title={coupon.expires_at ? `until ${momentOf(coupon.expires_at, contact.timezone)}` : ""}>{coupon.code}</Badge>)}
        <UnstyledButton className="try-otherwise" aria-expanded={more} onClick={() => setMore(!more)}>{more ? "less" : "what is known"}</UnstyledButton>
      </Group>
      {more && (
        <dl className="try-facts">
          <dt>email</dt><dd>{contact.email ?? "none"}</dd>
          <dt>phone</dt><dd>{contact.phone ?? "none"}</dd>
          {contact.segments.length > 0 && <><dt>segments</dt><dd>{contact.segments.join(", ")}</dd></>}
          {attributes.map(([name, value]) => [<dt key={`${name}.`}>{name}</dt>, <dd key={name}>{valueOf(value)}</dd>])}
        </dl>
      )}
    </div>
  );
}
