/** Fields whose text is a template. The editor for it is large, so that it comes when it is needed. */

import { Textarea, TextInput } from "@mantine/core";
import { lazy, Suspense } from "react";

import { widgetOf } from "../../graph/manifest";
import { shownText } from "../fields";
import { optionOf, type FieldProps } from "../form";
import { useShell } from "./shell";

const TemplateText = lazy(() => import("../template/TemplateText"));

/** Whether the text of a field is a template, as the checks read it. */
export function isFilled(part: FieldProps["part"]): boolean {
  return optionOf(part, "template") === true;
}

export function FilledField(props: FieldProps) {
  return <Suspense fallback={<Waiting {...props} />}><TemplateText {...props} /></Suspense>;
}

/** What is there can be read meanwhile. */
function Waiting(props: FieldProps) {
  const shell = useShell(props);
  const shown = { ...shell, value: shownText(props.part, props.value), readOnly: true };
  return widgetOf(props.part) === "textarea" ? <Textarea {...shown} autosize minRows={3} maxRows={16} /> : <TextInput {...shown} />;
}
