/** What a link in a message says of where it leads. Pure. */

export interface Destination {
  readonly url: string;
  readonly host: string;
  /** The code that it carries. */
  readonly coupon: string | null;
  /** The product that it is about, where its path names one. */
  readonly product: string | null;
}

/** Where a link leads. */
export function destinationOf(url: string): Destination {
  try {
    const parsed = new URL(url);
    const product = /\/products?\/([^/?#]+)/.exec(parsed.pathname)?.[1] ?? null;
    return { url, host: parsed.host, coupon: parsed.searchParams.get("coupon"), product: product === null ? null : decodeURIComponent(product) };
  } catch {
    return { url, host: url, coupon: null, product: null };
  }
}

/** The order of somebody who buys there, as a shop tells of it. */
export function orderOf({ coupon, product }: Destination, total: number, id: string): Record<string, unknown> {
  return { order_id: id, channel: "online", total, ...(coupon ? { coupon } : {}), ...(product ? { product_id: product } : {}) };
}
