/** A journey as a file. */

import { writeDocument, type Flowchart } from "../graph/document";

/** Let the browser save the document as JSON, under a name made of the journey's. */
export function download(document: Flowchart): void {
  const file = URL.createObjectURL(new Blob([writeDocument(document)], { type: "application/json" }));
  const link = window.document.createElement("a");
  link.href = file;
  link.download = `${document.name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "journey"}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(file), 1_000);
}
