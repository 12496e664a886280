/** A field and the list of what fits its text: arrows choose, Enter takes. Quick add, commands, finding and connecting use it. */

import { TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

import "./palette.css";

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly group?: string;
  readonly hint?: string;
  /** What stands at the end of the line, such as keys. */
  readonly end?: ReactNode;
  readonly icon?: ReactNode;
  readonly disabled?: boolean;
}

interface SearchListProps {
  readonly label: string;
  readonly placeholder: string;
  readonly find: (text: string) => readonly Choice[];
  readonly onChoose: (id: string) => void;
  readonly nothing: string;
}

export function SearchList({ label, placeholder, find, onChoose, nothing }: SearchListProps) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const name = useId();
  const choices = find(text);
  const chosen = Math.min(at, choices.length - 1);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen, text]);
  const take = (choice: Choice | undefined): void => {
    if (choice && !choice.disabled) onChoose(choice.id);
  };
  const pressed = (event: KeyboardEvent): void => {
    const next = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + 8, PageUp: chosen - 8 }[event.key];
    if (next !== undefined) setAt(Math.max(0, Math.min(next, choices.length - 1)));
    else if (event.key === "Enter") take(choices[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="search-list">
      <TextInput
        data-autofocus
        role="combobox" aria-expanded aria-controls={`${name}-list`} aria-autocomplete="list" aria-label={label}
        {...(choices[chosen] ? { "aria-activedescendant": `${name}-${String(chosen)}` } : {})}
        placeholder={placeholder} leftSection={<Search size={16} />} value={text} onKeyDown={pressed}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
      />
      <div className="search-choices" id={`${name}-list`} role="listbox" aria-label={label} ref={list}>
        {choices.map((choice, index) => (
          <Row key={choice.id} id={`${name}-${String(index)}`} choice={choice} chosen={index === chosen} heading={choice.group !== choices[index - 1]?.group} onChoose={() => take(choice)} onPoint={() => setAt(index)} />
        ))}
      </div>
      {choices.length === 0 && <p className="search-nothing" role="status">{nothing}</p>}
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly choice: Choice;
  readonly chosen: boolean;
  readonly heading: boolean;
  readonly onChoose: () => void;
  readonly onPoint: () => void;
}

function Row({ id, choice, chosen, heading, onChoose, onPoint }: RowProps) {
  return (
    <>
      {heading && choice.group && <div className="search-group" role="presentation">{choice.group}</div>}
      <div id={id} role="option" aria-selected={chosen} aria-disabled={choice.disabled ?? false} className="search-choice" onClick={onChoose} onPointerMove={onPoint}>
        {choice.icon}
        <span className="search-words">
          <span>{choice.label}</span>
          {choice.hint && <span className="search-hint">{choice.hint}</span>}
        </span>
        {choice.end}
      </div>
    </>
  );
}
