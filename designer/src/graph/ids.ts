/** Ids of nodes, edges, templates: letters, digits, - and _, beginning with a letter or digit, at most 64 signs. */

export type Random = () => number;

const SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 5;

/** An id that is not taken: the stem, so that a person knows it again, and chance, so that two people never choose alike. */
export function freshId(stem: string, taken: Readonly<Record<string, unknown>> | ReadonlySet<string>, random: Random): string {
  const has = taken instanceof Set ? (id: string) => taken.has(id) : (id: string) => id in taken;
  const clean = stem.replace(/[^A-Za-z0-9_-]/g, "").replace(/^[_-]+/, "").slice(0, 40) || "n";
  for (;;) {
    let tail = "";
    for (let at = 0; at < LENGTH; at += 1) tail += SIGNS[Math.floor(random() * SIGNS.length)] ?? "a";
    const id = `${clean}_${tail}`;
    if (!has(id)) return id;
  }
}

/** The stem of an id that `freshId` made or a person chose. */
export function stemOf(id: string): string {
  return id.replace(/_[a-z0-9]{5}$/, "") || id;
}
