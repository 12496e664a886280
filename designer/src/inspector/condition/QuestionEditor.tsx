/** One question of a condition: about a field, about what was done or bought, about a tag or a segment. */

import { Autocomplete, Button, Group, NumberInput, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";

import type { Json } from "../../graph/document";
import { isObject } from "../../graph/document";
import { Suggest } from "../../lists/LongSelect";
import { SegmentSelect } from "../../lists/SegmentSelect";
import { DurationInput, plainOf, ValueInput } from "../widgets/plain";
import { spelledKey } from "../widgets/spelling";
import { GroupEditor, type Around } from "./ConditionEditor";
import { ItemsInput } from "./ItemsInput";
import { itemsOf, kindOfField, operatorOf, operatorsFor, propertiesOf, samplesOf, timesOf, withNewField, withOperator, withTimes, type Kind, type Often, type Operator } from "./operators";
import { readTree, writeTree, type Question, type Raw } from "./tree";

export interface QuestionProps {
  readonly question: Question;
  readonly number: number;
  readonly around: Around;
  readonly onChange: (question: Question) => void;
}

export function QuestionEditor(props: QuestionProps) {
  switch (props.question.asked["op"]) {
    case "did":
      return <DidEditor {...props} />;
    case "bought":
      return <BoughtEditor {...props} />;
    case "tagged":
      return <NamedEditor {...props} field="tag" yes="has the tag" no="does not have the tag" />;
    case "in_segment":
      return <NamedEditor {...props} field="segment" yes="is in the segment" no="is not in the segment" />;
    default:
      return <FieldQuestion {...props} />;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

// ------------------------------------------------------------------------------------------------ fields

function FieldQuestion({ question, number, around, onChange }: QuestionProps) {
  const { asked, denied } = question;
  const { about, onStep } = around;
  const field = text(asked["field"]);
  const kind = kindOfField(field, around);
  const operator = operatorOf(asked, denied, kind);
  const name = `Question ${String(number)}`;
  const offered = operatorsFor(kind, operator, about === "item");
  const items = operator.against === "where";
  const choose = (key: string | null): void => {
    const next = offered.find((one) => one.key === key);
    if (!next) return;
    onStep();
    onChange({ ...question, denied: next.denied, asked: withOperator(asked, next) });
    onStep();
  };
  return (
    <Stack gap={4}>
      <Suggest
        size="xs"
        aria-label={`${name}: field`}
        placeholder={PLACEHOLDERS[about]}
        words={fieldNames(around)}
        value={field}
        error={items && kind !== undefined && kind !== "list" && "As far as was seen, this is no list."}
        onBlur={onStep}
        onChange={(next) => onChange(withNewField(question, next, around))}
      />
      <Group gap={4} wrap="nowrap" align="flex-start">
        <Select size="xs" style={{ flex: items ? 1 : about === "item" ? "0 0 52%" : "0 0 45%" }} aria-label={`${name}: how it is compared`} data={offered.map((one) => ({ value: one.key, label: one.label }))} value={operator.key} allowDeselect={false} onChange={choose} />
        {!items && (
          <div style={{ flex: 1, minWidth: 0 }}>
            <AgainstInput label={`${name}: value`} asked={asked} operator={operator} kind={kind} samples={samplesOf(field, around)} onStep={onStep} onValue={(value) => onChange({ ...question, asked: { ...asked, value } })} />
          </div>
        )}
      </Group>
      {items && <ItemsInput label={`${name}: what fits the item`} asked={asked} around={{ ...around, items: itemsOf(field, around) }} onAsked={(next) => onChange({ ...question, asked: next })} />}
    </Stack>
  );
}

const PLACEHOLDERS: Readonly<Record<Around["about"], string>> = { contact: "contact.city", event: "event.…", both: "contact.city", item: "item.category" };

/** What may be asked about, as conditions name it. */
function fieldNames({ vocabulary, about, event, items = [] }: Around): string[] {
  if (about === "item") return [...new Set(items.map((one) => `item.${one.name}`))];
  const contact = [...vocabulary.columns, ...vocabulary.attributes.map((one) => spelledKey(one.name))].map((one) => `contact.${one}`);
  const carried = propertiesOf(vocabulary, event).map((one) => `event.${one.name === "name" ? "properties.name" : one.name}`);
  const found = about === "contact" ? contact : about === "event" ? carried : [...carried, ...contact];
  return [...new Set(found)];
}

interface AgainstProps {
  readonly label: string;
  readonly asked: Raw;
  readonly operator: Operator;
  readonly kind: Kind | undefined;
  readonly samples: readonly (string | number | boolean)[];
  readonly onStep: () => void;
  readonly onValue: (value: Json) => void;
}

function AgainstInput({ label, asked, operator, kind, samples, onStep, onValue }: AgainstProps) {
  const value = asked["value"];
  switch (operator.against) {
    case "nothing":
    case "where":
      return null;
    case "ago":
      return <DurationInput size="xs" label={label} value={isObject(value) ? text(value["ago"]) : ""} onBlur={onStep} onChange={(ago) => onValue({ ago: ago ?? "" })} />;
    case "day":
      return <TextInput size="xs" type="date" aria-label={label} value={text(value).slice(0, 10)} onBlur={onStep} onChange={(event) => onValue(event.currentTarget.value)} />;
    case "values":
      return (
        <TagsInput
          size="xs"
          aria-label={label}
          placeholder="Type and press Enter"
          data={samples.map(String)}
          value={Array.isArray(value) ? value.map(String) : []}
          onBlur={onStep}
          onChange={(next) => onValue(next.map((one) => (kind === "text" ? one : plainOf(one))))}
        />
      );
    case "value":
      if (kind === "text" || (kind === undefined && samples.length > 0)) {
        return <Autocomplete size="xs" aria-label={label} data={[...new Set(samples.map(String))]} value={typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value)} onBlur={onStep} onChange={onValue} />;
      }
      if (kind === "number") return <NumberInput size="xs" aria-label={label} value={typeof value === "number" ? value : ""} onBlur={onStep} onChange={(next) => onValue(typeof next === "number" ? next : "")} />;
      if (kind === "yes_no") return <Select size="xs" aria-label={label} data={[{ value: "true", label: "yes" }, { value: "false", label: "no" }]} value={String(value === true)} allowDeselect={false} onChange={(next) => onValue(next === "true")} />;
      return <ValueInput size="xs" label={label} value={value} onBlur={onStep} onChange={(next) => onValue(next ?? "")} />;
  }
}

// ------------------------------------------------------------------------------------------------ deeds

const OFTEN: readonly { readonly value: Often; readonly label: string }[] = [
  { value: "at_least", label: "at least" },
  { value: "exactly", label: "exactly" },
  { value: "at_most", label: "at most" },
  { value: "between", label: "between" },
  { value: "never", label: "never" },
];

function DidEditor({ question, number, around, onChange }: QuestionProps) {
  const { asked, denied } = question;
  const { vocabulary, onStep } = around;
  const name = `Question ${String(number)}`;
  const times = timesOf(asked);
  const event = text(asked["event"]);
  const put = (next: Raw): void => onChange({ ...question, asked: next });
  const where = asked["where"] ?? null;
  return (
    <Stack gap={4}>
      <Group gap={6} wrap="nowrap">
        <Denied question={question} yes="did" no="not: did" onChange={onChange} onStep={onStep} name={name} />
        <Suggest size="xs" style={{ flex: 1 }} aria-label={`${name}: event`} placeholder="An event" words={vocabulary.events.map((one) => one.name)} value={event} onBlur={onStep} onChange={(next) => put({ ...asked, event: next })} />
      </Group>
      <Group gap={4} wrap="nowrap">
        <Select size="xs" w={96} aria-label={`${name}: how often`} data={[...OFTEN]} value={times.often} allowDeselect={false} onChange={(often) => { if (often) put(withTimes(asked, { ...times, often: often })); }} />
        {times.often !== "never" && times.often !== "at_most" && <Count label={`${name}: times`} value={times.least} onBlur={onStep} onCount={(least) => put(withTimes(asked, { ...times, least, most: times.often === "exactly" ? least : times.most }))} />}
        {times.often === "between" && <Text size="xs" c="dimmed">and</Text>}
        {(times.often === "at_most" || times.often === "between") && <Count label={`${name}: times at most`} value={times.most} onBlur={onStep} onCount={(most) => put(withTimes(asked, { ...times, most }))} />}
        {times.often !== "never" && <Text size="xs" c="dimmed">times</Text>}
      </Group>
      <Span asked={asked} name={name} onStep={onStep} onAsked={put} />
      {where === null ? (
        <Button variant="subtle" color="gray" size="compact-xs" style={{ alignSelf: "flex-start" }} onClick={() => { onStep(); put({ ...asked, where: { op: "is", field: "event.", value: "" } }); }}>Only if the event…</Button>
      ) : (
        <div className="condition-where">
          <GroupEditor group={readTree(where)} label="Only if the event fits" depth={2} around={{ ...around, about: "event", event }} onChange={(group) => put(withWhere(asked, writeTree(group)))} onRemove={() => put(withWhere(asked, undefined))} />
        </div>
      )}
      {denied && <Text size="xs" c="dimmed">The whole of it must not hold.</Text>}
    </Stack>
  );
}

function withWhere({ where: _, ...rest }: Raw, where: Json | undefined): Raw {
  return where === undefined ? rest : { ...rest, where };
}

function Count({ label, value, onCount, onBlur }: { readonly label: string; readonly value: number; readonly onCount: (value: number) => void; readonly onBlur: () => void }) {
  return <NumberInput size="xs" w={64} aria-label={label} min={1} max={1_000_000} allowDecimal={false} value={value} onBlur={onBlur} onChange={(next) => { if (typeof next === "number" && next >= 1) onCount(next); }} />;
}

const SHOPS = [{ value: "any", label: "anywhere" }, { value: "online", label: "online" }, { value: "offline", label: "in a shop" }];

function BoughtEditor({ question, number, around, onChange }: QuestionProps) {
  const { asked } = question;
  const name = `Question ${String(number)}`;
  const put = (next: Raw): void => onChange({ ...question, asked: next });
  return (
    <Stack gap={4}>
      <Group gap={4} wrap="nowrap">
        <Denied question={question} yes="bought" no="did not buy" onChange={onChange} onStep={around.onStep} name={name} />
        <Select size="xs" style={{ flex: 1 }} aria-label={`${name}: where`} data={SHOPS} value={text(asked["channel"]) || "any"} allowDeselect={false} onChange={(channel) => { if (channel) put({ ...asked, channel }); }} />
      </Group>
      <Span asked={asked} name={name} onStep={around.onStep} onAsked={put} />
    </Stack>
  );
}

interface SpanProps {
  readonly asked: Raw;
  readonly name: string;
  readonly onStep: () => void;
  readonly onAsked: (asked: Raw) => void;
}

/** Within which time: ever, or in the last so many days. */
function Span({ asked, name, onStep, onAsked }: SpanProps) {
  const within = text(asked["within"]);
  const set = (next: string | undefined): void => {
    const { within: _, ...rest } = asked;
    onAsked(next === undefined ? rest : { ...rest, within: next });
  };
  return (
    <Group gap={4} wrap="nowrap">
      <Select size="xs" w={96} aria-label={`${name}: when`} data={[{ value: "ever", label: "ever" }, { value: "last", label: "in the last" }]} value={within ? "last" : "ever"} allowDeselect={false} onChange={(next) => { onStep(); set(next === "last" ? "30 days" : undefined); onStep(); }} />
      {within && <div style={{ flex: 1 }}><DurationInput size="xs" label={`${name}: in the last`} value={within} onBlur={onStep} onChange={(next) => { if (next !== undefined) set(next); }} /></div>}
      {asked["since_anchor"] === true && <Text size="xs" c="dimmed">since then</Text>}
    </Group>
  );
}

interface DeniedProps {
  readonly question: Question;
  readonly yes: string;
  readonly no: string;
  readonly name: string;
  readonly onStep: () => void;
  readonly onChange: (question: Question) => void;
}

function Denied({ question, yes, no, name, onStep, onChange }: DeniedProps) {
  return (
    <Select
      size="xs"
      w={Math.max(yes.length, no.length) > 12 ? 150 : 104}
      aria-label={`${name}: yes or no`}
      data={[{ value: "yes", label: yes }, { value: "no", label: no }]}
      value={question.denied ? "no" : "yes"}
      allowDeselect={false}
      onChange={(next) => {
        onStep();
        onChange({ ...question, denied: next === "no" });
        onStep();
      }}
    />
  );
}

interface NamedProps extends QuestionProps {
  readonly field: "tag" | "segment";
  readonly yes: string;
  readonly no: string;
}

function NamedEditor({ question, number, around, onChange, field, yes, no }: NamedProps) {
  const name = `Question ${String(number)}`;
  const label = `${name}: ${field}`;
  const now = text(question.asked[field]);
  const put = (next: string): void => onChange({ ...question, asked: { ...question.asked, [field]: next } });
  return (
    <Stack gap={4}>
      <Denied question={question} yes={yes} no={no} name={name} onChange={onChange} onStep={around.onStep} />
      {field === "tag"
        ? <Suggest size="xs" aria-label={label} placeholder="A tag" words={around.vocabulary.tags} value={now} onBlur={around.onStep} onChange={put} />
        : <SegmentSelect size="xs" aria-label={label} segment={now} onBlur={around.onStep} onSegment={put} />}
    </Stack>
  );
}
