/** Times of a start: a schedule in the words of a form, as the cron expression that the API takes, in the journey's time zone. Pure. */

export const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

export interface Repeats {
  readonly every: "day" | "week" | "month";
  /** "09:00", in the journey's time zone. */
  readonly at: string;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly day: number;
}

/** The cron expression; undefined where the time is none. */
export function cronOf({ every, at, weekday, day }: Repeats): string | undefined {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)/.exec(at);
  if (!found) return undefined;
  const time = `${String(Number(found[2]))} ${String(Number(found[1]))}`;
  if (every === "day") return `${time} * * *`;
  return every === "week" ? `${time} * * ${String(weekday)}` : `${time} ${String(day)} * *`;
}

/** A cron expression in words; as it is where it is none of the form's. */
export function cronInWords(cron: string): string {
  const found = /^(\d+) (\d+) (\*|\d+) \* (\*|[0-7])$/.exec(cron);
  if (!found) return cron;
  const [, minute = "", hour = "", day = "*", weekday = "*"] = found;
  const at = `at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")}, in the journey's time zone`;
  if (weekday !== "*" && day === "*") return `Every ${WEEKDAYS[Number(weekday) % 7] ?? ""} ${at}`;
  if (day !== "*" && weekday === "*") return `On day ${day} of every month ${at}`;
  return day === "*" ? `Every day ${at}` : cron;
}

/** A moment of a form without a zone ("2025-03-03T09:00") as an instant; undefined where it is none. */
export function instantOf(local: string): string | undefined {
  const moment = new Date(local);
  return local === "" || Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
