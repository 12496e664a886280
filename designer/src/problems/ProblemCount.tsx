/** How many errors and warnings there are, in the bar. */

import { Button } from "@mantine/core";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useContext } from "react";
import { useStore } from "zustand";

import { useEditorRoom } from "../editor/room";
import { ProblemsContext } from "./store";

export function ProblemCount() {
  const { session } = useEditorRoom();
  const { diagnostics, state } = useStore(useContext(ProblemsContext));
  const errors = diagnostics.filter((one) => one.severity === "error").length;
  const warnings = diagnostics.length - errors;
  if (state === "unknown" && diagnostics.length === 0) return null;
  const words = [errors > 0 && count(errors, "error"), warnings > 0 && count(warnings, "warning")].filter(Boolean).join(", ") || "No problems";
  const icon = errors > 0 ? <CircleAlert size={16} color="var(--mantine-color-red-6)" /> : warnings > 0 ? <TriangleAlert size={16} color="var(--warn)" /> : <CircleCheck size={16} color="var(--mantine-color-green-7)" />;
  return (
    <Button variant="subtle" color="gray" size="compact-sm" leftSection={icon} aria-label={`${words}. Show them.`} style={{ opacity: state === "stale" ? 0.7 : 1 }} onClick={() => session.setState(({ side }) => ({ side: side === "problems" ? undefined : "problems" }))}>
      {words}
    </Button>
  );
}

function count(number: number, word: string): string {
  return `${String(number)} ${word}${number === 1 ? "" : "s"}`;
}
