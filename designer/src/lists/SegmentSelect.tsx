/** Chooses a segment by its name. One that is named and not there yet stays, and is told of. */

import { missing, useChoices } from "./choices";
import { LongSelect, type LongSelectProps } from "./LongSelect";

interface SegmentSelectProps extends Omit<LongSelectProps, "data" | "more" | "onSearch" | "value" | "onChange"> {
  readonly segment: string;
  readonly onSegment: (segment: string) => void;
}

export function SegmentSelect({ segment, onSegment, ...props }: SegmentSelectProps) {
  const { names, more, known, search, setSearch } = useChoices("segment", segment);
  const beside = segment && !names.includes(segment) && search === "" ? [{ value: segment, label: known === false ? missing(segment) : segment }] : [];
  return (
    <LongSelect
      placeholder={names.length || search ? "Choose a segment" : "There is no segment yet"}
      nothingFoundMessage="No segment of that name"
      allowDeselect={false}
      {...props}
      data={[...beside, ...names.map((name) => ({ value: name, label: name }))]}
      more={more}
      value={segment || null}
      onSearch={setSearch}
      onChange={(next) => onSegment(next ?? "")}
    />
  );
}
