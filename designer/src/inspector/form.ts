/** What the fields of a form share, and what each of them is given. */

import { createContext, useContext } from "react";

import type { Json } from "../graph/document";
import type { Schema } from "../graph/manifest";

export interface Form {
  /** The whole schema, for `$ref`. */
  readonly root: Schema;
  /** What is wrong at a place, in words; places below it are left to the fields there unless `deep`. */
  readonly fault: (path: string, deep?: boolean) => string | undefined;
  /** A field was left: what is typed next is a step of its own. */
  readonly left: () => void;
  /** All values, for a field that looks at those beside it. */
  readonly values: unknown;
  /** Whether the form is of what contacts begin at. */
  readonly starts: boolean;
  /** What fields are for is said above already, as in the second entry of a list. */
  readonly quiet: boolean;
}

export const FormContext = createContext<Form>({ root: {}, fault: () => undefined, left: () => undefined, values: undefined, starts: false, quiet: false });

export function useForm(): Form {
  return useContext(FormContext);
}

/** One field, whatever shows it. `onChange(undefined)` takes it out, so that the schema's default holds. */
export interface FieldProps {
  readonly part: Schema;
  readonly path: string;
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  readonly value: unknown;
  readonly onChange: (value: Json | undefined) => void;
}

/** Whether a field may be left empty. */
export function mayBeEmpty(part: Schema, required: boolean): boolean {
  return part["nullable"] === true || !required;
}

/** One option of the widget, as the schema gives it. */
export function optionOf(part: Schema, name: string): unknown {
  const shown = part["x-ui"];
  return typeof shown === "object" && shown !== null ? (shown as Record<string, unknown>)[name] : undefined;
}

export function joined(path: string, step: string | number): string {
  return path ? `${path}.${String(step)}` : String(step);
}
