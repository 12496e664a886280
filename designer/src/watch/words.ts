/** Numbers of people in words. Pure. */

const number = new Intl.NumberFormat("en");
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

export const count = (value: number): string => number.format(value);

/** "1 contact", "2,000 contacts". */
export const people = (value: number): string => `${number.format(value)} ${value === 1 ? "contact" : "contacts"}`;

/** A part of a whole; nothing where there is no whole. */
export const share = (part: number, whole: number): string => (whole === 0 ? "–" : percent.format(part / whole));
