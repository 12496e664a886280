/** Tidy places for the nodes of a drawing, from the worker. */

import type { Position } from "../graph/document";
import type { Drawing } from "../graph/layout";

/** Where each node should stand. Rejects where the worker fails. */
export function tidyPlaces(drawing: Drawing): Promise<Record<string, Position>> {
  const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Record<string, Position>>((resolve, reject) => {
    worker.addEventListener("message", (event: MessageEvent<Record<string, Position>>) => resolve(event.data));
    worker.addEventListener("error", () => reject(new Error("The layout failed. Try again, or move the nodes by hand.")));
    worker.postMessage(drawing);
  }).finally(() => worker.terminate());
}
