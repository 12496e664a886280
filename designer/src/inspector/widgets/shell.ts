/** What fields have in common around their input. */

import type { Schema } from "../../graph/manifest";
import { emptied } from "../fields";
import { useForm, type FieldProps } from "../form";

/** What every field says around its input. */
export function useShell({ label, help, required, path, part }: FieldProps, deep = false) {
  const { fault, left, quiet } = useForm();
  return {
    label,
    description: (!quiet && help) || undefined,
    withAsterisk: required && part["nullable"] !== true,
    error: fault(path, deep),
    onBlur: left,
  };
}

/** What stands where nothing is written: the default if it holds then, else an example. */
export function placeholderOf(part: Schema): string {
  const examples = part["examples"];
  if (emptied(part) !== undefined) return "";
  if (typeof part["default"] === "string" || typeof part["default"] === "number") return String(part["default"]);
  return Array.isArray(examples) && typeof examples[0] === "string" ? `e.g. ${examples[0]}` : "";
}
