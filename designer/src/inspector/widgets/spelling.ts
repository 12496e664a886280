/** A key of attributes as a field's name spells it: in quotes where it holds a quote or begins oddly; dots lead inwards. */
export function spelledKey(key: string): string {
  return key.split(".").every((part) => /^[^\s."\\](?:[^."\\]*[^\s."\\])?$/.test(part)) ? key : JSON.stringify(key);
}
