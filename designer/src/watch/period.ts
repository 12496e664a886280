/** Which numbers are watched: of a version, of a period. They stand in the address, so that a link shows the same. Pure. */

export interface Watched {
  readonly version: number | undefined;
  readonly period: Period;
}

export type Period = "all" | "day" | "week" | "month";

export const PERIODS: readonly { readonly value: Period; readonly label: string; readonly hours: number | undefined }[] = [
  { value: "all", label: "Since the beginning", hours: undefined },
  { value: "day", label: "Last 24 hours", hours: 24 },
  { value: "week", label: "Last 7 days", hours: 7 * 24 },
  { value: "month", label: "Last 30 days", hours: 30 * 24 },
];

/** What an address asks for; what it says wrongly is as if it said nothing. */
export function watchedOf(parts: URLSearchParams): Watched {
  const version = parts.get("version") ?? "";
  const period = PERIODS.find((one) => one.value === parts.get("period"))?.value ?? "all";
  return { version: /^[1-9]\d{0,8}$/.test(version) ? Number(version) : undefined, period };
}

/** The parts of the address that ask for it. */
export function partsOf({ version, period }: Watched): Record<string, string> {
  return { ...(version === undefined ? {} : { version: String(version) }), ...(period === "all" ? {} : { period }) };
}

/** The question to the API. `now` is the present in milliseconds. */
export function askedOf({ version, period }: Watched, now: number): string {
  const query = new URLSearchParams();
  if (version !== undefined) query.set("version", String(version));
  const hours = PERIODS.find((one) => one.value === period)?.hours;
  if (hours !== undefined) query.set("since", new Date(now - hours * 3_600_000).toISOString());
  const text = query.toString();
  return text ? `?${text}` : "";
}
