/** Why somebody is parked, in words. The engine's codes are short; what is not known here is told as it is. Pure. */

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/^template:(.*)/, "The template could not be filled in: $1. Mend the template, publish, and retry on the newest version."],
  [/^contact_value:(.*)/, "The value for “$1” does not fit. Mend the node, publish, and retry on the newest version."],
  [/^contact_missing/, "The contact is gone. Let it end here."],
  [/^node_missing: ?(.*)/, "No worker has this node: $1. Start the worker that has it, then retry."],
  [/^bug:(.*)/, "The node's code failed: $1. Its author has to mend it; then retry."],
  [/^provider_auth$/, "The provider refuses the account: its credentials are wrong or blocked. Mend the account, then retry."],
  [/^unknown(?::|$)/, "Nobody can say whether the request took effect. Look at the receiving service; then send again, which may do it twice, or let them leave by a port."],
  [/^attempts: it is not known yet/, "Nobody can say whether it happened. Look at the receiving service; then send again, which may do it twice, or let them leave by a port."],
  [/^attempts$/, "It was tried as often as may be. See that what it needs can be reached again, then retry."],
  [/^attempts: ?(.*)$/s, "It was tried as often as may be, the last time with: $1. See that what it needs can be reached again, then retry."],
  [/^loop$/, "The way goes round without a rest. Put a wait into it, publish, and retry on the newest version."],
  [/^unconfirmed/, "Nobody can say whether the message went out. Send it again, and it may arrive twice; or let them leave by a port."],
  [/^cancelled: ?(.*)/, "The message was cancelled: $1. Send it again, or let them leave by a port."],
  [/^request: ?(.*)/, "The request could not be made: $1. Mend the node, publish, and retry on the newest version."],
  // What the engine or a node's author says, with its own next step, behind a code that says nothing to people.
  [/^[a-z][a-z0-9_]*: ?(\S.*\s.*\.)$/s, "$1"],
];

/** The cause as a sentence. */
export function causeInWords(reason: string): string {
  for (const [pattern, words] of CAUSES) {
    const found = pattern.exec(reason);
    // A function, as what is found may hold "$".
    if (found) return words.replace("$1", () => (found[1] ?? "").trim() || "no more is known").replace(/([.!?])\.(?=\s|$)/, "$1");
  }
  const plain = reason.replaceAll("_", " ");
  return `${plain.slice(0, 1).toUpperCase()}${plain.slice(1)}${/[.!?]$/.test(plain) ? "" : "."} Mend that, then retry.`;
}

const number = new Intl.NumberFormat("en");
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

export const count = (value: number): string => number.format(value);

/** "1 contact", "2,000 contacts". */
export const people = (value: number): string => `${number.format(value)} ${value === 1 ? "contact" : "contacts"}`;

/** A part of a whole; nothing where there is no whole. */
export const share = (part: number, whole: number): string => (whole === 0 ? "–" : percent.format(part / whole));
