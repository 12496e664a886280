/** Fields for dates and moments, shown on the journey's clock. */

import { Autocomplete, TextInput } from "@mantine/core";
import { useMemo } from "react";
import { useStore } from "zustand";

import { useEditorRoom } from "../../editor/room";
import { textOf } from "../fields";
import { optionOf, type FieldProps } from "../form";
import { instantOf, wallTime } from "../moments";
import { useShell } from "./shell";

export function DateField(props: FieldProps) {
  const moment = optionOf(props.part, "time") === true || props.part["format"] === "date-time";
  return moment ? <MomentField {...props} /> : <DayField {...props} />;
}

/** A moment: typed as the journey's clock shows it, kept as the instant that it means. */
function MomentField(props: FieldProps) {
  const { editor } = useEditorRoom();
  const zone = useStore(editor, (state) => state.history.document.settings.timezone);
  const { value, onChange } = props;
  const shell = useShell(props);
  return (
    <TextInput
      {...shell}
      description={<>{shell.description} On the clock of {zone.replaceAll("_", " ")}.</>}
      type="datetime-local"
      value={wallTime(textOf(value), zone)}
      onChange={(event) => onChange(instantOf(event.currentTarget.value, zone))}
    />
  );
}

/** A day; what holds more than that is shown as it is written. */
function DayField(props: FieldProps) {
  const { value, onChange } = props;
  const text = textOf(value);
  const plain = text === "" || /^\d{4}-\d{2}-\d{2}$/.test(text);
  return <TextInput {...useShell(props)} type={plain ? "date" : "text"} value={text} onChange={(event) => onChange(event.currentTarget.value || undefined)} />;
}

export function TimezoneField(props: FieldProps) {
  return <ZoneInput {...useShell(props)} value={textOf(props.value ?? props.part["default"])} onChange={(next) => props.onChange(next || undefined)} />;
}

interface ZoneInputProps {
  readonly label: React.ReactNode;
  readonly description?: React.ReactNode;
  readonly error?: React.ReactNode;
  readonly value: string;
  readonly onChange: (zone: string) => void;
  readonly onBlur?: () => void;
}

/** A time zone by name: typed words find it, "new york" as well. */
export function ZoneInput({ value, onChange, ...shell }: ZoneInputProps) {
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone")], []);
  return (
    <Autocomplete
      {...shell}
      data={zones}
      limit={50}
      maxDropdownHeight={260}
      value={value}
      onChange={onChange}
      filter={({ options, search }) => {
        const wanted = search.trim().toLowerCase().replaceAll(" ", "_");
        // A zone that is written out already is no search: the whole list is more useful.
        if (zones.includes(search)) return options;
        return options.filter((one) => "value" in one && one.value.toLowerCase().includes(wanted));
      }}
    />
  );
}
