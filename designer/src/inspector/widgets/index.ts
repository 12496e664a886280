/** Every widget by the name that schemas give it. One that is not here is shown by the field's type. */

import type { ComponentType } from "react";

import type { Schema } from "../../graph/manifest";
import { kindOf } from "../fields";
import type { FieldProps } from "../form";
import { ConditionField } from "../condition/ConditionField";
import { DateField, TimezoneField } from "./dates";
import { FilledField, isFilled } from "./filled";
import { JsonField, ListField, MapField, ObjectField, UnionField } from "./groups";
import {
  ConstField, DurationField, LongTextField, NumberField, PasswordField, SecretField, SelectField, SwitchField, TextField, UrlField, ValueField,
} from "./plain";
import { AccountField, AttributeField, EventField, FieldField, NodeField, PortField, PromotionField, ResultField, SegmentField, TagField, TemplateField } from "./references";
import { TimeField, WeekdaysField } from "./times";

export const WIDGETS: Readonly<Record<string, ComponentType<FieldProps>>> = {
  account: AccountField, anchor: NodeField, attribute: AttributeField, condition: ConditionField, const: ConstField, date: DateField,
  duration: DurationField, event: EventField, field: FieldField, json: JsonField, list: ListField, map: MapField, node: NodeField,
  number: NumberField, object: ObjectField, password: PasswordField, port: PortField, promotion: PromotionField, result: ResultField,
  secret: SecretField, segment: SegmentField, select: SelectField, switch: SwitchField, tag: TagField, template: TemplateField,
  text: TextField, textarea: LongTextField, time: TimeField, timezone: TimezoneField, union: UnionField, url: UrlField, value: ValueField,
  weekdays: WeekdaysField, window: TimeField,
};

export const KNOWN: ReadonlySet<string> = new Set(Object.keys(WIDGETS));
const TEXTS: ReadonlySet<string> = new Set(["text", "textarea", "url"]);

/** What shows a part: the widget that its schema asks for, or the one that its type suggests; for a template an editor. */
export function widgetFor(part: Schema): ComponentType<FieldProps> | undefined {
  const kind = kindOf(part, KNOWN);
  return TEXTS.has(kind) && isFilled(part) ? FilledField : WIDGETS[kind] ?? WIDGETS["json"];
}
