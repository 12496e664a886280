/** Business time in the browser: from one answer of the API on, it goes by itself. Pure. */

export interface Reading {
  /** The business instant of the answer, in milliseconds. */
  readonly now: number;
  readonly speed: number;
  /** When the answer came, by the browser's clock. */
  readonly at: number;
}

/** The business instant at a moment of the browser's clock. */
export function businessAt(reading: Reading, at: number): number {
  return reading.now + (at - reading.at) * reading.speed;
}

const DAY = 86_400;

/** How fast it goes, in words: "a day lasts 20 seconds". */
export function paceOf(speed: number): string {
  if (speed === 1) return "as fast as real time";
  const seconds = DAY / speed;
  if (seconds < 90) return `a day lasts ${String(Math.round(seconds))} seconds`;
  if (seconds < 5400) return `a day lasts ${String(Math.round(seconds / 60))} minutes`;
  return `a day lasts ${String(Math.round(seconds / 3600))} hours`;
}

/** Real seconds until a business instant; 0 once it is over. */
export function secondsUntil(reading: Reading, business: number, at: number): number {
  return Math.max(0, (business - businessAt(reading, at)) / reading.speed / 1000);
}

const face = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** A business instant as the clock shows it, in the browser's time zone. */
export function shownTime(instant: number): string {
  return face.format(new Date(instant));
}
