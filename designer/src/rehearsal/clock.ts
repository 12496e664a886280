/** The virtual clock in words, in the contact's zone. Pure. */

const formats = new Map<string, Intl.DateTimeFormat>();

function shown(iso: string, zone: string, how: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify([zone, how]);
  let format = formats.get(key);
  if (!format) {
    format = makeFormat(zone, how);
    formats.set(key, format);
  }
  return format.format(new Date(iso));
}

function makeFormat(timeZone: string, how: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...how, timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...how, timeZone: "UTC" });
  }
}

/** "Tue, 3 March 2026". */
export const dateOf = (iso: string, zone: string): string => shown(iso, zone, { weekday: "short", day: "numeric", month: "long", year: "numeric" });

/** "12:01", or "12:01:30" where seconds matter. */
export function timeOf(iso: string, zone: string): string {
  const seconds = new Date(iso).getUTCSeconds() !== 0;
  return shown(iso, zone, { hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) });
}

/** "3 Mar, 12:01". */
export const momentOf = (iso: string, zone: string): string => `${shown(iso, zone, { day: "numeric", month: "short" })}, ${timeOf(iso, zone)}`;

const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1_000]] as const;

/** How long from one instant to another: "2 days", "1 day and 3 hours". Empty where they are the same. */
export function lasting(from: string, to: string): string {
  let left = Math.abs(Date.parse(to) - Date.parse(from));
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const many = Math.floor(left / length);
    left -= many * length;
    if (many > 0) parts.push(`${String(many)} ${unit}${many === 1 ? "" : "s"}`);
  }
  return parts.slice(0, 2).join(" and ");
}
