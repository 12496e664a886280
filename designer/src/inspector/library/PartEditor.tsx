/** The editor of the template or promotion that is open. */

export function PartEditor() {
  return null;
}
