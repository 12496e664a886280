/** A form made of a JSON Schema. It holds nothing itself: values come from the document, changes go back to it. */

import { Stack } from "@mantine/core";
import { createElement, useMemo } from "react";

import { isObject, type Json } from "../graph/document";
import { widgetOf, type Schema } from "../graph/manifest";
import { fieldsOf } from "./fields";
import { FormContext, joined, type FieldProps, type Form } from "./form";
import { widgetFor } from "./widgets";
import { WindowField } from "./widgets/times";
import { outsideWindows } from "./windows";

interface SchemaFormProps extends Omit<Form, "root" | "values" | "starts" | "quiet"> {
  readonly starts?: boolean;
  readonly schema: Schema;
  readonly value: unknown;
  /** A top field set, or taken out. */
  readonly onField: (field: string, value: Json | undefined) => void;
}

export function SchemaForm({ schema, value, onField, fault, left, starts = false }: SchemaFormProps) {
  const form = useMemo(() => ({ root: schema, fault, left, values: value, starts, quiet: false }), [schema, fault, left, value, starts]);
  return (
    <FormContext value={form}>
      <Fields part={schema} root={schema} value={value} path="" onField={onField} />
    </FormContext>
  );
}

interface FieldsProps {
  readonly part: Schema;
  readonly root: Schema;
  readonly value: unknown;
  readonly path: string;
  readonly without?: string | undefined;
  readonly onField: (field: string, value: Json | undefined) => void;
}

/** The fields of one object; `without` leaves out the one by which variants are told apart. */
export function Fields({ part, root, value, path, without, onField }: FieldsProps) {
  const values = isObject(value) ? value : {};
  const fields = fieldsOf(part, root).filter((field) => field.key !== without);
  return (
    <Stack gap="sm">
      {outsideWindows(fields).map((field) => {
        const props: FieldProps = {
          part: field.part, path: joined(path, field.key), label: field.title, help: field.help, required: field.required,
          value: values[field.key], onChange: (next) => onField(field.key, next),
        };
        return widgetOf(field.part) === "window"
          ? <div key={field.key} data-field={props.path}><WindowField {...props} beside={fields} values={values} onBeside={onField} /></div>
          : <Field key={field.key} {...props} />;
      })}
    </Stack>
  );
}

/** One field with the widget for it. */
export function Field(props: FieldProps) {
  const widget = widgetFor(props.part);
  return <div data-field={props.path}>{widget && createElement(widget, props)}</div>;
}
