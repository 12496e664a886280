/** For whom a template is shown: a contact from the list, or an invented one with values for what is read. */

import { Group, TextInput } from "@mantine/core";
import { useMemo } from "react";

import { ContactSelect } from "../../people/ContactSelect";
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
  return (
    <ContactSelect
      size="xs"
      label={label}
      style={{ flex: "1 1 180px" }}
      others={OTHERS}
      contact={audience.contact || INVENTED}
      allowDeselect={false}
      onContact={(contact) => onAudience({ ...audience, contact: contact || INVENTED })}
    />
  );
}

const OTHERS = [{ value: INVENTED, label: "An invented contact" }];

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
