import { Kbd } from "@mantine/core";

import { spelledKeys } from "./commands/command";

/** Keys as they stand on the keyboard; nothing where there are none. */
export function Keys({ keys }: { readonly keys: string | undefined }) {
  if (keys === undefined) return null;
  return <span className="keys">{spelledKeys(keys).map((one) => <Kbd key={one} size="xs">{one}</Kbd>)}</span>;
}
