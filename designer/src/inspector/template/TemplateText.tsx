/** A template in a node's field: its variables, what is wrong with it where it is, and how it would be filled in. */

import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Eye, EyeOff } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useStore } from "zustand";

import { request, type Schemas } from "../../api/client";
import { useEditorRoom } from "../../editor/room";
import { widgetOf } from "../../graph/manifest";
import { emptied, shownText } from "../fields";
import { optionOf, type FieldProps } from "../form";
import { useVocabulary } from "../vocabulary";
import { placeholderOf, useShell } from "../widgets/shell";
import { Invented, NOBODY_YET, PAUSE, useFilled, WhoSelect, whoOf, type Audience } from "./Audience";
import { CodeField, type Fault } from "./CodeField";
import { readsSomething } from "./jinja";
import { VariablePicker } from "./VariablePicker";

/** What a field may read: a message knows more, such as its coupon. */
const GROUPS: ReadonlySet<string> = new Set(["contact", "event", "journey"]);
const NO_FAULTS: readonly Fault[] = [];

export default function TemplateText(props: FieldProps) {
  const { part, value, label, onChange } = props;
  const shell = useShell(props);
  const known = useVocabulary().variables;
  const variables = useMemo(() => known.filter((one) => GROUPS.has(one.group)), [known]);
  const samples = useMemo(() => new Map(variables.map((one) => [one.name, one.sample])), [variables]);
  const [audience, setAudience] = useState(NOBODY_YET);
  const [shows, setShows] = useState(false);
  const insert = useRef<(text: string) => void>(undefined);
  const source = shownText(part, value);
  const widget = widgetOf(part);
  const rows = optionOf(part, "rows");
  const found = useShown(source, widget === "url" ? "line" : widget === "value" ? "value" : "text", useFilled(audience, samples), shows);
  const faults = useMemo(() => found.data?.problems.filter((one) => one.about === "template") ?? NO_FAULTS, [found.data]);
  return (
    <div>
      <CodeField
        label={label}
        kind={widget === "textarea" || widget === "value" ? "text" : "line"}
        {...(shell.description === undefined ? {} : { help: shell.description })}
        {...(widget === "textarea" ? { rows: typeof rows === "number" ? rows : 3 } : widget === "value" ? { rows: 1 } : {})}
        required={shell.withAsterisk}
        error={shell.error}
        placeholder={placeholderOf(part) || (widget === "url" ? "https://" : "")}
        value={source}
        variables={variables}
        faults={faults}
        onMade={(put) => { insert.current = put; }}
        onBlur={shell.onBlur}
        onChange={(text) => onChange(text || emptied(part))}
      />
      <Group gap={4} className="field-tools">
        <VariablePicker of={label} variables={variables} into={undefined} onPick={(text) => insert.current?.(text)} />
        <Button size="compact-xs" variant="subtle" aria-expanded={shows} aria-label={`Preview of ${label}`} leftSection={shows ? <EyeOff size={13} /> : <Eye size={13} />} onClick={() => setShows(!shows)}>Preview</Button>
      </Group>
      {shows && <Shown label={label} source={source} audience={audience} onAudience={setAudience} samples={samples} found={found} />}
    </div>
  );
}

/** The engine's filling in, a moment after the last change; asked where there is something to fill in, or to be seen. */
function useShown(source: string, kind: Schemas["FieldPreviewIn"]["kind"], audience: Audience, wanted: boolean) {
  const { editor } = useEditorRoom();
  const { name, settings } = useStore(editor, (state) => state.history.document);
  const [body] = useDebouncedValue(JSON.stringify({ source, kind, journey_name: name, timezone: settings.timezone, ...whoOf(audience) }), PAUSE);
  return useQuery({
    queryKey: ["preview", "field", body],
    queryFn: () => request<Schemas["FieldPreviewOut"]>("POST", "/fields/preview", JSON.parse(body) as unknown),
    enabled: source !== "" && (wanted || readsSomething(source)),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });
}

interface ShownProps {
  readonly label: string;
  readonly source: string;
  readonly audience: Audience;
  readonly onAudience: (audience: Audience) => void;
  readonly samples: ReadonlyMap<string, string>;
  readonly found: ReturnType<typeof useShown>;
}

function Shown({ label, source, audience, onAudience, samples, found }: ShownProps) {
  const { data, error } = found;
  const missing = data?.problems.filter((one) => one.about === "contact") ?? [];
  const broken = data?.problems.some((one) => one.about === "template") ?? false;
  return (
    <Stack gap="xs" mt={6} role="group" aria-label={`${label}, filled in`}>
      <Group><WhoSelect label="As it is for" audience={audience} onAudience={onAudience} /></Group>
      <Invented text={source} audience={audience} samples={samples} onAudience={onAudience} />
      {error && <Alert color="red" p="xs" title="The preview cannot be made">{error.message}</Alert>}
      {missing.map((one) => <Alert key={one.text} color="yellow" p="xs" title="This contact would be parked here"><Text size="sm">{one.text} {one.fix}</Text></Alert>)}
      {source === "" && <Text size="sm" c="dimmed">There is nothing to fill in yet.</Text>}
      {source !== "" && broken && <Text size="sm" c="dimmed">Mend what is marked above; then it is shown here.</Text>}
      {source !== "" && typeof data?.text === "string" && <div className="field-shown" aria-live="polite">{data.text}</div>}
    </Stack>
  );
}
