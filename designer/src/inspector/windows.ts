/** Windows of time: which fields make one, and what it says in words. Pure. */

import { widgetOf, type Schema } from "../graph/manifest";
import type { FieldPart } from "./fields";
import { optionOf } from "./form";

export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
export const DAYS_IN_FULL = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** The fields that a window draws within itself, by the options of the field at which it opens. */
export function partsOfWindow(opens: Schema, fields: readonly FieldPart[]): { readonly closes: FieldPart | undefined; readonly weekdays: FieldPart | undefined } {
  const named = (option: string): FieldPart | undefined => fields.find((one) => one.key === optionOf(opens, option));
  return { closes: named("closes"), weekdays: named("weekdays") };
}

/** The fields that stand in the form by themselves: those of windows are drawn with them. */
export function outsideWindows(fields: readonly FieldPart[]): FieldPart[] {
  const inside = new Set(fields.filter((one) => widgetOf(one.part) === "window").flatMap((one) => Object.values(partsOfWindow(one.part, fields)).map((part) => part?.key)));
  return fields.filter((one) => !inside.has(one.key));
}

/** A window in words; over midnight it says so. */
export function windowWords(opens: string, closes: string, weekdays: readonly number[]): string {
  if (!opens && !closes) return "No window: at any time.";
  if (!opens || !closes) return opens ? "Say when it closes, too." : "Say when it opens, too.";
  const days = daysWords(weekdays);
  const [from, to] = [padded(opens), padded(closes)];
  if (from === to) return weekdays.length === 0 ? `All day, ${days}.` : `${capital(days)}, for 24 hours from ${from}.`;
  return to < from ? `${capital(days)}, ${from} to ${to}, into the next day.` : `${capital(days)}, ${from} to ${to}.`;
}

/** Days in words: neighbours from three on as a span. */
export function daysWords(weekdays: readonly number[]): string {
  const days = [...new Set(weekdays)].sort((one, other) => one - other);
  const named = (day: number | undefined): string => DAYS_IN_FULL[day ?? 0] ?? "";
  const [first, last] = [days[0], days[days.length - 1]];
  if (first === undefined || last === undefined || days.length === DAYS.length) return "every day";
  if (days.length > 2 && last - first === days.length - 1) return `${named(first)} to ${named(last)}`;
  return days.length === 1 ? named(first) : `${days.slice(0, -1).map(named).join(", ")} and ${named(last)}`;
}

/** Browsers show 09:00 and not 9:00. */
export function padded(time: string): string {
  return /^\d:/.test(time) ? `0${time}` : time;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
