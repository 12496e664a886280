/** Contacts and moments in words. Pure. */

interface Named {
  readonly id: string;
  readonly external_id: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
}

/** What a contact is called: the name, else the best address, else the id. */
export function nameOf(contact: Named): string {
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(" ");
  return name || contact.email || contact.phone || contact.external_id || `Contact ${contact.id}`;
}

/** Two letters for a picture that is not there. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[1]] : [words[0], words[0]?.slice(1)];
  return letters.map((word) => /^./u.exec(word ?? "")?.[0] ?? "").join("").toUpperCase();
}

const DAY = 86_400_000;
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const precise = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** A moment, short: "3 Mar 2025, 09:00". */
export const momentOf = (iso: string): string => full.format(new Date(iso));

/** A moment in full, for who points at it. */
export const preciseMoment = (iso: string): string => precise.format(new Date(iso));

/** The day of a moment: "Monday, 3 March 2025". */
export const dayOf = (iso: string): string => day.format(new Date(iso));

/** The time of day of a moment. */
export const timeOf = (iso: string): string => time.format(new Date(iso));

/** A sentence of the engine with its instants as this person's clock shows them. */
export const inLocalTime = (words: string): string => words.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, momentOf);

/** How long ago something was, seen from `now`. */
export function since(iso: string, now: number): string {
  const gone = now - Date.parse(iso);
  const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [["year", 365 * DAY], ["month", 30 * DAY], ["day", DAY], ["hour", 3_600_000], ["minute", 60_000]];
  for (const [unit, length] of steps) if (Math.abs(gone) >= length) return ago.format(-Math.round(gone / length), unit);
  return "just now";
}

/** An attribute as a person reads it. */
export function valueOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** What a person typed for an attribute, as the value that it looks like; text in all other cases. */
export function typedValue(text: string): unknown {
  const trimmed = text.trim();
  if (/^-?(0|[1-9]\d{0,14})(\.\d{1,10})?$/.test(trimmed)) return Number(trimmed);
  if (trimmed === "true" || trimmed === "yes") return true;
  if (trimmed === "false" || trimmed === "no") return false;
  if (/^[[{]/.test(trimmed)) {
    try {
      return JSON.parse(trimmed);
    } catch {
      return trimmed;
    }
  }
  return trimmed;
}
