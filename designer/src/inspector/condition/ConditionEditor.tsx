/**
 * A condition, built of questions and groups of questions, with what it says in words.
 *
 *     <ConditionEditor value={condition} onChange={setCondition} vocabulary={useVocabulary()} about="contact" count />
 */

import { ActionIcon, Button, Code, Group as Row, Menu, Paper, Select, Stack, Text } from "@mantine/core";
import { FolderTree, Plus, X } from "lucide-react";

import { describeCondition } from "../../graph/conditionWords";
import type { Json } from "../../graph/document";
import type { Vocabulary } from "../vocabulary";
import { FitCount } from "./FitCount";
import { OF_ITEM, type Seen } from "./operators";
import { QuestionEditor } from "./QuestionEditor";
import { holdsUnknown, readTree, withMore, withPart, writePart, writeTree, type Group, type Join, type Part, type Question, type Raw } from "./tree";
import "./condition.css";

export interface ConditionEditorProps {
  readonly value: unknown;
  readonly onChange: (condition: Json | undefined) => void;
  /** What the fields suggest. */
  readonly vocabulary: Vocabulary;
  /** What may be asked: about the contact, about an event, or about both. */
  readonly about?: "contact" | "event" | "both";
  /** The event whose properties are suggested. */
  readonly event?: string | undefined;
  /** Say how many contacts fit now. */
  readonly count?: boolean;
  /** What a group is called to who cannot see it. */
  readonly label?: string;
  /** A change that is complete in itself was made, or a field was left: what follows is another step. */
  readonly onStep?: () => void;
}

export function ConditionEditor({ value, onChange, vocabulary, about = "contact", event, count = false, label = "Condition", onStep }: ConditionEditorProps) {
  const tree = readTree(value);
  const words = tree.parts.length > 0 ? describeCondition(value) : undefined;
  return (
    <Stack gap={8}>
      <GroupEditor
        group={tree}
        label={label}
        depth={0}
        around={{ vocabulary, about, event, onStep: onStep ?? (() => undefined) }}
        onChange={(next) => onChange(writeTree(next))}
      />
      {tree.parts.length > 0 && (
        <Text size="sm" c="dimmed" aria-live="polite" className="condition-words">
          {words ? `${words.charAt(0).toUpperCase()}${words.slice(1)}.` : holdsUnknown(tree) ? "A part of it cannot be edited here. It stays as it is." : "Not finished yet: fill in what is empty."}
        </Text>
      )}
      {count && tree.parts.length > 0 && words && <FitCount condition={value} />}
    </Stack>
  );
}

export interface Around extends Seen {
  /** What may be asked about; of an item of a list its fields alone. */
  readonly about: "contact" | "event" | "both" | "item";
  readonly onStep: () => void;
}

const JOINS: readonly { readonly value: Join; readonly label: string }[] = [
  { value: "all", label: "All of these hold" },
  { value: "any", label: "At least one of these holds" },
  { value: "none", label: "None of these holds" },
  { value: "not_all", label: "Not all of these hold" },
];

interface GroupEditorProps {
  readonly group: Group;
  readonly label: string;
  readonly depth: number;
  readonly around: Around;
  readonly onChange: (group: Group) => void;
  readonly onRemove?: () => void;
}

const DEEPEST = 4;
const LONGEST_SHOWN = 600;

export function GroupEditor({ group, label, depth, around, onChange, onRemove }: GroupEditorProps) {
  const step = (next: Group): void => {
    around.onStep();
    onChange(next);
    around.onStep();
  };
  const between = group.join === "any" || group.join === "none" ? "or" : "and";
  const join = group.parts.length > 1 || group.join === "none" || group.join === "not_all";
  return (
    <div className={depth > 0 ? "condition-group condition-inner" : "condition-group"} role="group" aria-label={label}>
      {(join || onRemove) && (
        <Row gap={4} wrap="nowrap" mb={6}>
          {!join && <Text size="xs" c="dimmed" style={{ flex: 1 }}>{label}</Text>}
          {join && <Select size="xs" style={{ flex: 1 }} aria-label={`${label}: which of them must hold`} data={[...JOINS]} value={group.join} allowDeselect={false} onChange={(next) => { if (next) step({ ...group, join: next }); }} />}
          {onRemove && <ActionIcon variant="subtle" color="gray" size="sm" aria-label="Remove the group" onClick={onRemove}><X size={14} /></ActionIcon>}
        </Row>
      )}
      <Stack gap={0}>
        {group.parts.map((part, at) => (
          <div key={at}>
            {at > 0 && <Text size="xs" c="dimmed" className="condition-between">{between}</Text>}
            <PartEditor part={part} number={at + 1} depth={depth} around={around} onChange={(next) => onChange(withPart(group, at, next))} onRemove={() => step(withPart(group, at, undefined))} />
          </div>
        ))}
      </Stack>
      <Row gap={6} mt={group.parts.length > 0 ? 8 : 0}>
        <AddQuestion about={around.about} event={around.event} onAdd={(part) => step(withMore(group, part))} />
        {depth < DEEPEST && group.parts.length > 0 && (
          <Button variant="subtle" color="gray" size="compact-xs" leftSection={<FolderTree size={13} />} onClick={() => step(withMore(group, { kind: "group", join: group.join === "any" ? "all" : "any", parts: [fresh(around.about)] }))}>Add a group</Button>
        )}
      </Row>
    </div>
  );
}

interface PartEditorProps {
  readonly part: Part;
  readonly number: number;
  readonly depth: number;
  readonly around: Around;
  readonly onChange: (part: Part) => void;
  readonly onRemove: () => void;
}

function PartEditor({ part, number, depth, around, onChange, onRemove }: PartEditorProps) {
  if (part.kind === "group") return <GroupEditor group={part} label={`Group ${String(number)}`} depth={depth + 1} around={around} onChange={onChange} onRemove={onRemove} />;
  return (
    <Paper withBorder p={6} className="condition-question">
      <Row gap={4} wrap="nowrap" align="flex-start">
        <div style={{ flex: 1, minWidth: 0 }}>
          {part.kind === "unknown" ? <UnknownPart raw={part.raw} /> : <QuestionEditor question={part} number={number} around={around} onChange={onChange} />}
        </div>
        <ActionIcon variant="subtle" color="gray" size="sm" mt={4} aria-label={`Remove question ${String(number)}${saying(part)}`} onClick={onRemove}><X size={14} /></ActionIcon>
      </Row>
    </Paper>
  );
}

/** What another version, a file or the API has written and this editor does not know. */
function UnknownPart({ raw }: { readonly raw: Json }) {
  const words = describeCondition(raw);
  const shown = JSON.stringify(raw);
  return (
    <Stack gap={4}>
      {words && <Text size="sm">{words}</Text>}
      <Text size="xs" c="dimmed">This cannot be edited here. It stays as it is until it is removed.</Text>
      <Code className="condition-raw">{shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown}</Code>
    </Stack>
  );
}

function saying(part: Part): string {
  const words = describeCondition(writePart(part));
  return words ? `: ${words}` : "";
}

interface Addable {
  readonly label: string;
  readonly asked: Raw;
}

const CONTACT_KINDS: readonly Addable[] = [
  { label: "What is known of the contact", asked: { op: "is", field: "contact.", value: "" } },
  { label: "Any item of a list of the contact", asked: anyItem("contact.") },
  { label: "What the contact did", asked: { op: "did", event: "" } },
  { label: "Bought", asked: { op: "bought" } },
  { label: "Has a tag", asked: { op: "tagged", tag: "" } },
  { label: "Is in a segment", asked: { op: "in_segment", segment: "" } },
];
const EVENT_KINDS: readonly Addable[] = [
  { label: "What the event carries", asked: { op: "is", field: "event.", value: "" } },
  { label: "Any item of a list that it carries", asked: anyItem("event.") },
];
const KINDS: Readonly<Record<Around["about"], readonly Addable[]>> = {
  contact: CONTACT_KINDS,
  event: EVENT_KINDS,
  both: [...EVENT_KINDS, ...CONTACT_KINDS],
  item: [{ label: "What the item holds", asked: OF_ITEM }],
};

function anyItem(field: string): Raw {
  return { op: "any_item", field, where: OF_ITEM };
}

function fresh(about: Around["about"]): Question {
  return { kind: "question", denied: false, asked: KINDS[about][0]?.asked ?? OF_ITEM };
}

interface AddQuestionProps {
  readonly about: Around["about"];
  readonly event?: string | undefined;
  readonly onAdd: (part: Question) => void;
}

function AddQuestion({ about, onAdd }: AddQuestionProps) {
  const kinds = KINDS[about];
  const add = (asked: Raw): void => onAdd({ kind: "question", denied: false, asked });
  const look = { variant: "light", size: "compact-xs", leftSection: <Plus size={13} /> } as const;
  const [only] = kinds;
  if (kinds.length === 1 && only) return <Button {...look} onClick={() => add(only.asked)}>Add a condition</Button>;
  return (
    <Menu position="bottom-start">
      <Menu.Target><Button {...look}>Add a condition</Button></Menu.Target>
      <Menu.Dropdown>{kinds.map(({ label, asked }) => <Menu.Item key={label} onClick={() => add(asked)}>{label}</Menu.Item>)}</Menu.Dropdown>
    </Menu>
  );
}
