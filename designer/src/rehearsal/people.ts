/** Invented people to try a journey with: each differs in what journeys most often forget. Pure. */

import type { Invented, Who } from "./script";

const MARIO: Invented = {
  number: 1,
  first_name: "Mario",
  last_name: "Rossi",
  email: "mario@example.com",
  phone: "+393200000001",
  timezone: "Europe/Rome",
  locale: "it",
  attributes: { favourite: "robots", push_token: "marios-phone" },
  tags: [],
  segments: [],
  consents: {},
};

export interface Preset {
  readonly name: string;
  readonly about: string;
  readonly person: Invented;
}

export const PRESETS: readonly Preset[] = [
  { name: "Mario", about: "A customer with everything: email, phone, app", person: MARIO },
  { name: "New customer without phone", about: "Only an email address and a first name", person: { ...MARIO, number: 2, first_name: "Anna", last_name: null, email: "anna@example.com", phone: null, attributes: {} } },
  { name: "Somebody without a name", about: "Shows what stands where a name is missing", person: { ...MARIO, number: 3, first_name: null, last_name: null, email: "guest@example.com", attributes: {} } },
  { name: "Wants no email", about: "Has unsubscribed from emails", person: { ...MARIO, number: 4, first_name: "Paula", last_name: "Weber", email: "paula@example.com", timezone: "Europe/Berlin", locale: "de", consents: { email: "refused" } } },
  { name: "VIP in New York", about: "Tagged VIP, six hours behind", person: { ...MARIO, number: 5, first_name: "Grace", last_name: "Lee", email: "grace@example.com", phone: "+12025550143", timezone: "America/New_York", locale: "en-US", tags: ["VIP"] } },
];

/** A preset as the one who tries. */
export function whoOf(preset: Preset): Who {
  return { kind: "invented", name: preset.name, person: preset.person };
}

/** What an invented person is called. */
export function nameOfInvented(person: Invented): string {
  const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
  return name || (person.email ?? person.phone ?? `Somebody (number ${String(person.number)})`);
}

/** "name = value" lines as attributes; a line without "=" is refused with what to do. */
export function attributesOf(text: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const at = line.indexOf("=");
    const name = line.slice(0, at).trim();
    if (at < 1 || !name) throw new Error(`"${line}" names no value. Write one attribute a line, for example: city = Rome`);
    found[name] = valueOf(line.slice(at + 1).trim());
  }
  return found;
}

/** Attributes as lines that `attributesOf` reads. */
export function attributeLines(attributes: Readonly<Record<string, unknown>>): string {
  return Object.entries(attributes).map(([name, value]) => `${name} = ${textOf(value)}`).join("\n");
}

function valueOf(text: string): unknown {
  if (!/^(-?\d+(\.\d+)?|true|false|null|".*"|\[.*\]|\{.*\})$/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function textOf(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return valueOf(value) === value ? value : JSON.stringify(value);
}
