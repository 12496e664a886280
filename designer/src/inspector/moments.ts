/** Moments in a time zone: what a clock on a wall there shows, and the instant that it means. Pure. */

const WALL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/;

/** What a clock in the zone shows at an instant: "2026-12-24T18:00". Empty for a text that is no instant. */
export function wallTime(instant: string, zone: string): string {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return "";
  return wallOf(at, zone);
}

/**
 * The instant at which a clock in the zone shows this, in UTC: "2026-12-24T17:00:00Z". In a gap (clocks go forward) it
 * moves forward by the gap, and of a time that comes twice it is the first, as the engine has it.
 */
export function instantOf(wall: string, zone: string): string | undefined {
  const found = WALL.exec(wall);
  if (!found) return undefined;
  const [year, month, day, hour, minute] = found.slice(1).map(Number) as [number, number, number, number, number];
  const asUtc = Date.UTC(year, month - 1, day, hour, minute);
  if (Number.isNaN(asUtc)) return undefined;
  // The offsets well before and well after: they differ only around a change of clocks.
  const before = asUtc - offsetAt(asUtc - 86_400_000, zone);
  const after = asUtc - offsetAt(asUtc + 86_400_000, zone);
  const fits = [before, after].filter((one) => wallOf(one, zone) === wall.slice(0, 16)).sort((one, other) => one - other);
  return new Date(fits[0] ?? before).toISOString().replace(".000Z", "Z");
}

/** How far the zone is ahead of UTC at an instant, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  return Date.parse(`${wallOf(at, zone)}:00Z`) - Math.floor(at / 60_000) * 60_000;
}

function wallOf(at: number, zone: string): string {
  const parts = new Map(formatOf(zone).formatToParts(at).map((part) => [part.type, part.value]));
  const get = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? "00";
  return `${get("year").padStart(4, "0")}-${get("month")}-${get("day")}T${get("hour")}:${get("minute")}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = makeFormat(zone) ?? makeFormat("UTC") ?? new Intl.DateTimeFormat("en-CA");
  formats.set(zone, made);
  return made;
}

/** None for a zone that the browser does not know: a draft may name any. */
function makeFormat(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-CA", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
  } catch {
    return undefined;
  }
}
