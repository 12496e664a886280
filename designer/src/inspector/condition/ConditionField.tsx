/** A condition in a node's form: what it may ask about follows from what stands beside it. */

import { ActionIcon, Group, Input, Modal } from "@mantine/core";
import { Maximize2 } from "lucide-react";
import { useState } from "react";

import { asSchema, fieldSchema, resolved, widgetOf } from "../../graph/manifest";
import { isObject } from "../../graph/document";
import { useForm, type FieldProps } from "../form";
import { useVocabulary } from "../vocabulary";
import { useShell } from "../widgets/shell";
import { ConditionEditor } from "./ConditionEditor";

export function ConditionField(props: FieldProps) {
  const { path, value, onChange, label } = props;
  const { root, values, starts, left } = useForm();
  const words = useVocabulary();
  const shell = useShell(props, true);
  const steps = path.split(".").map((step) => (/^\d+$/.test(step) ? Number(step) : step)).slice(0, -1);
  const beside = asSchema(fieldSchema(root, steps)["properties"]);
  const eventKey = Object.keys(beside).find((key) => widgetOf(resolved(asSchema(beside[key]), root)) === "event");
  const event = eventKey === undefined ? undefined : at(values, [...steps, eventKey]);
  const about = eventKey === undefined ? "contact" : starts ? "both" : "event";
  const [large, setLarge] = useState(false);
  const editor = <ConditionEditor value={value} onChange={onChange} vocabulary={words} about={about} event={typeof event === "string" ? event : undefined} count={about === "contact"} label={label} onStep={left} />;
  return (
    <Input.Wrapper
      label={<Group component="span" gap={4} display="inline-flex">{shell.label}<ActionIcon variant="subtle" color="gray" size="sm" aria-label={`${label}: edit in a larger window`} title="Edit in a larger window" onClick={() => setLarge(true)}><Maximize2 size={13} /></ActionIcon></Group>}
      description={shell.description}
      error={shell.error}
      withAsterisk={shell.withAsterisk}
      labelElement="div"
    >
      <div style={{ marginTop: 4 }}>{!large && editor}</div>
      <Modal opened={large} onClose={() => setLarge(false)} size="xl" title={label} closeButtonProps={{ "aria-label": "Close the window" }}>{large && editor}</Modal>
    </Input.Wrapper>
  );
}

function at(values: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((part, step) => (Array.isArray(part) ? (part as unknown[])[Number(step)] : isObject(part) ? part[step] : undefined), values);
}
