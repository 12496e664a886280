/** What an item of a list must fit: rows of its own, about the item alone. */

import type { Json } from "../../graph/document";
import { GroupEditor, type Around } from "./ConditionEditor";
import { readTree, writeTree, type Group, type Raw } from "./tree";

interface ItemsInputProps {
  readonly label: string;
  readonly asked: Raw;
  readonly around: Around;
  readonly onAsked: (asked: Raw) => void;
}

export function ItemsInput({ label, asked, around, onAsked }: ItemsInputProps) {
  return (
    <GroupEditor group={readTree(asked["where"], true)} label={label} depth={2} around={{ ...around, about: "item", event: undefined }} onChange={(group) => onAsked(withItems(asked, group))} />
  );
}

/** The question with this asked of an item. Of which nothing is asked any more, it is not finished: it keeps its place. */
export function withItems(asked: Raw, group: Group): Raw {
  const nothing: Json = { op: "all", of: [] };
  return { ...asked, where: writeTree(group) ?? nothing };
}
