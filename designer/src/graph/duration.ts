/** Durations as engine/flow/duration.py reads them: "2 days", "90 minutes", "1 month". */

export const UNITS = ["second", "minute", "hour", "day", "week", "month", "year"] as const;
export type Unit = (typeof UNITS)[number];

export interface Duration {
  readonly amount: number;
  readonly unit: Unit;
}

const TEXT = new RegExp(`^\\s*0*([0-9]{1,9})\\s*(${UNITS.join("|")})s?\\s*$`, "i");

/** The duration that a text says; undefined where it says none. */
export function parseDuration(text: string): Duration | undefined {
  const found = TEXT.exec(text);
  const unit = UNITS.find((one) => one === found?.[2]?.toLowerCase());
  return found && unit ? { amount: Number(found[1]), unit } : undefined;
}

/** The one spelling of a duration; a text that is none stays as it is. */
export function spelled(text: string): string {
  const found = parseDuration(text);
  return found ? `${String(found.amount)} ${found.unit}${found.amount === 1 ? "" : "s"}` : text;
}
