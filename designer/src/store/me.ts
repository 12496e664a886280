/** What the person at this browser goes by, until people sign in. Empty: the API gives a name, such as Guest 2. */

import { createStore } from "zustand/vanilla";

const KEY = "wend.name";

export const myName = createStore<{ readonly name: string }>()(() => ({ name: localStorage.getItem(KEY) ?? "" }));

/** Go by another name from now on, in every window of this browser that is opened from now. */
export function callMe(name: string): void {
  const plain = name.trim().slice(0, 60);
  try {
    if (plain) localStorage.setItem(KEY, plain);
    else localStorage.removeItem(KEY);
  } catch {
    // A full storage keeps the name for this window alone.
  }
  myName.setState({ name: plain });
}
