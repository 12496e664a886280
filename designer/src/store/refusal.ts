/** Which changes of a patch the server refuses for their content: those are held back, and the others saved. */

import type { Problem } from "../api/client";
import type { Change, Patch } from "../graph/patch";

/** The changes that a problem is about; all of them where it names none that is in the patch. */
export function refusedChanges(problem: Problem, patch: Patch): readonly Change[] {
  if (problem.kind.startsWith("journey-name")) return orAll(patch.filter((one) => one.kind === "flowchart"), patch);
  const places = problem.document.diagnostics ?? [];
  return orAll(patch.filter((change) => places.some((one) => isAbout(change, one))), patch);
}

interface Told {
  readonly node?: string | null;
  readonly edge?: string | null;
  readonly field?: string | null;
}

function isAbout(change: Change, { node, edge, field }: Told): boolean {
  if (node) return change.kind === "node" && change.id === node;
  if (edge) return change.kind === "edge" && change.id === edge;
  if (!field) return false;
  if (change.kind === "settings") return isUnder(field, `settings.${change.field ?? ""}`);
  if (change.kind === "template" || change.kind === "promotion") return isUnder(field, `${change.kind}s.${change.id}`);
  return change.kind === "flowchart" && field === change.field;
}

function isUnder(field: string, place: string): boolean {
  return field === place || field.startsWith(`${place}.`);
}

function orAll(found: Patch, patch: Patch): Patch {
  return found.length > 0 ? found : patch;
}
