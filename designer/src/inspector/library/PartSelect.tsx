/** Chooses a template or promotion by its name: of this journey, or of the library. */

import type { ReactNode } from "react";

import { useChoices } from "../../lists/choices";
import { LongSelect, type LongSelectProps } from "../../lists/LongSelect";
import type { PartKind } from "./parts";

interface PartSelectProps extends Omit<LongSelectProps, "data" | "more" | "onSearch" | "value" | "onChange" | "inputContainer"> {
  readonly kind: PartKind;
  readonly channel?: string;
  /** What of the journey's own fits. */
  readonly here: readonly string[];
  /** All of the journey's own: each hides one of the library with its name. */
  readonly inline: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly onName: (name: string) => void;
  /** What stands around the input; `known`: what it names is there. */
  readonly around?: (input: ReactNode, known: boolean) => ReactNode;
}

export function PartSelect({ kind, channel = "", here, inline, name, onName, around, ...props }: PartSelectProps) {
  const { names, more, known: inLibrary, search, setSearch } = useChoices(kind, name, channel);
  const there = names.filter((one) => !(one in inline));
  const known = name in inline || inLibrary === true;
  const mine = here.filter((one) => one.toLowerCase().includes(search.trim().toLowerCase()));
  const beside = name && search === "" && !mine.includes(name) && !there.includes(name) ? [name] : [];
  const groups = [
    { group: "This journey", items: named([...mine, ...(known ? [] : beside)].sort()) },
    { group: "Library", items: named([...(known ? beside : []), ...there]) },
  ].filter((one) => one.items.length > 0);
  return (
    <LongSelect
      placeholder={groups.length || search ? `Choose a ${kind}` : `There is no ${kind} yet`}
      nothingFoundMessage={`No ${kind} of that name`}
      allowDeselect={false}
      {...props}
      {...(around ? { inputContainer: (input: ReactNode) => around(input, known) } : {})}
      data={groups}
      more={more}
      value={name || null}
      onSearch={setSearch}
      onChange={(next) => onName(next ?? "")}
    />
  );
}

function named(names: readonly string[]): { readonly value: string; readonly label: string }[] {
  return names.map((name) => ({ value: name, label: name }));
}
