/** For whom a template is shown: a contact from the list, or an invented one with values for what is read. */

import { Group, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { request, type Schemas } from "../../api/client";
import { namesIn } from "./jinja";

export const PAUSE = 300;
const INVENTED = "invented";

export interface Audience {
  readonly contact: string;
  readonly invented: Readonly<Record<string, string>>;
}

export const NOBODY_YET: Audience = { contact: "", invented: {} };

/** An invented contact has the samples until something else is typed. */
export function useFilled(audience: Audience, samples: ReadonlyMap<string, string>): Audience {
  return useMemo(() => {
    const typed = Object.entries(audience.invented).filter(([, value]) => value !== "");
    return { ...audience, invented: { ...Object.fromEntries(samples), ...Object.fromEntries(typed) } };
  }, [audience, samples]);
}

/** The audience as the API asks for it. */
export function whoOf(audience: Audience) {
  const values = Object.entries(audience.invented).filter(([, value]) => value !== "");
  const event = Object.fromEntries(values.filter(([name]) => name.startsWith("event.properties.")).map(([name, value]) => [name.slice("event.properties.".length), value]));
  const attributes = Object.fromEntries(values.filter(([name]) => name.startsWith("contact.attributes.")).map(([name, value]) => [name.slice("contact.attributes.".length), value]));
  const columns = Object.fromEntries(values.filter(([name]) => /^contact\.\w+$/.test(name)).map(([name, value]) => [name.slice("contact.".length), value]));
  return { event, ...(audience.contact === INVENTED || !audience.contact ? { profile: { ...columns, attributes } } : { contact: audience.contact }) };
}

interface WhoSelectProps {
  readonly label?: string;
  readonly audience: Audience;
  readonly onAudience: (audience: Audience) => void;
}

export function WhoSelect({ label = "As it arrives at", audience, onAudience }: WhoSelectProps) {
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState("An invented contact");
  // The name of who is chosen stands in the field, and is no search.
  const [asked] = useDebouncedValue(search === chosen ? "" : search, PAUSE);
  const contacts = useQuery({
    queryKey: ["contacts", "choose", asked],
    queryFn: () => request<Schemas["Page_ContactListed_"]>("GET", `/contacts?limit=20${asked ? `&search=${encodeURIComponent(asked)}` : ""}`),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const known = (contacts.data?.items ?? []).map((one) => ({ value: one.id, label: nameOf(one) }));
  const stray = audience.contact && audience.contact !== INVENTED && !known.some((one) => one.value === audience.contact) ? [{ value: audience.contact, label: "The chosen contact" }] : [];
  return (
    <Select
      size="xs"
      label={label}
      style={{ flex: "1 1 180px" }}
      data={[{ value: INVENTED, label: "An invented contact" }, ...known, ...stray]}
      value={audience.contact || INVENTED}
      searchable
      onSearchChange={setSearch}
      filter={({ options }) => options}
      allowDeselect={false}
      onChange={(contact, option) => {
        if (option) setChosen(option.label);
        onAudience({ ...audience, contact: contact ?? INVENTED });
      }}
    />
  );
}

function nameOf(contact: Schemas["ContactListed"]): string {
  return [contact.first_name, contact.last_name].filter(Boolean).join(" ") || contact.email || contact.phone || contact.external_id || contact.id;
}

interface InventedProps {
  /** What is read: its variables are asked for. */
  readonly text: string;
  readonly audience: Audience;
  readonly samples: ReadonlyMap<string, string>;
  readonly onAudience: (audience: Audience) => void;
}

/** Values for what a template reads: of an invented contact, and of the event, which nobody has yet. */
export function Invented({ text, audience, samples, onAudience }: InventedProps) {
  const invented = audience.contact === INVENTED || !audience.contact;
  const asked = namesIn(text).filter((name) => name.startsWith("event.properties.") || (invented && name.startsWith("contact.")));
  if (asked.length === 0) return null;
  return (
    <Group gap="xs">
      {asked.map((name) => (
        <TextInput
          key={name}
          size="xs"
          w={150}
          label={name.replace(/^contact\.(attributes\.)?/, "").replace(/^event\.properties\./, "event: ").replaceAll("_", " ")}
          placeholder={samples.get(name) ?? ""}
          value={audience.invented[name] ?? ""}
          onChange={(event) => onAudience({ ...audience, invented: { ...audience.invented, [name]: event.currentTarget.value } })}
        />
      ))}
    </Group>
  );
}
