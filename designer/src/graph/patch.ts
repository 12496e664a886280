/**
 * Changes to a flowchart: one mechanism for undo, autosave, differences and merging.
 *
 * A change names its place by (kind, id, field), and has what stood there before and what stands there after. Without a
 * field it is about the whole part: added where `before` is missing, removed where `after` is missing. A config is
 * changed by its top fields, so that two people may set two fields of one node.
 */

import { create } from "mutative";

import { isObject, sameJson, type Flowchart } from "./document";

export type Kind = "flowchart" | "settings" | "node" | "edge" | "template" | "promotion";

export interface Change {
  readonly kind: Kind;
  readonly id: string;
  readonly field?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A flowchart in which a recipe may put and take out parts. Parts themselves are replaced, not changed. */
export type Working = { -readonly [Key in keyof Flowchart]: Loose<Flowchart[Key]> };
type Loose<T> = T extends Readonly<Record<string, infer Part>> ? (string extends keyof T ? Record<string, Part> : T) : T;

/** Each place at most once; the order means nothing. */
export type Patch = readonly Change[];

const MAPS = { node: "nodes", edge: "edges", template: "templates", promotion: "promotions" } as const;
type MapKind = keyof typeof MAPS;
const CONFIG = "config.";
type Bag = Record<string, unknown>;

/** The flowchart after a patch. A change of a part that is gone changes nothing. */
export function apply(document: Flowchart, patch: Patch): Flowchart {
  if (patch.length === 0) return document;
  return drafted(document, (draft) => {
    // Whole parts first: a field may belong to a part that the same patch brings.
    for (const change of patch) if (change.field === undefined) setWhole(draft, change);
    for (const change of patch) if (change.field !== undefined) setField(draft, change);
  });
}

/** What a recipe that changes a draft of the document changes, as a patch. */
export function edit(document: Flowchart, recipe: (draft: Working) => void): Patch {
  return difference(document, drafted(document, (draft) => recipe(draft as unknown as Working)));
}

/** A copy that a recipe has changed and that shares the rest. Untyped inside: the type of a draft of JSON has no end. */
function drafted(document: Flowchart, recipe: (draft: Bag) => void): Flowchart {
  const bag: Bag = { ...document };
  return create(bag, (draft: Bag) => recipe(draft)) as unknown as Flowchart;
}

/** The patch that takes back what `patch` does. */
export function inverse(patch: Patch): Patch {
  return patch.map(({ kind, id, field, before, after }) => changed(kind, id, field, after, before));
}

/** The patch that leads from one flowchart to the other. */
export function difference(from: Flowchart, to: Flowchart): Patch {
  if (from === to) return [];
  const found: Change[] = [];
  if (from.name !== to.name) found.push(changed("flowchart", "", "name", from.name, to.name));
  if (from.settings !== to.settings) {
    found.push(...fieldChanges("settings", "", from.settings as unknown as Bag, to.settings as unknown as Bag));
  }
  for (const kind of Object.keys(MAPS) as MapKind[]) {
    const were: Readonly<Bag> = from[MAPS[kind]];
    const are: Readonly<Bag> = to[MAPS[kind]];
    if (were === are) continue;
    for (const id of new Set([...Object.keys(were), ...Object.keys(are)])) {
      const was = were[id];
      const is = are[id];
      if (was === is) continue;
      if (isObject(was) && isObject(is)) found.push(...fieldChanges(kind, id, was, is));
      else found.push(changed(kind, id, undefined, was, is));
    }
  }
  return found;
}

/** Several patches, one after the other, as one; what they take back themselves is left out. */
export function compose(patches: readonly Patch[]): Patch {
  const parts = new Map<string, Composed>();
  for (const patch of patches) {
    for (const change of wholesFirst(patch)) {
      const key = placeOf({ kind: change.kind, id: change.id });
      const known = parts.get(key) ?? { kind: change.kind, id: change.id, fields: new Map() };
      parts.set(key, composed(known, change));
    }
  }
  return [...parts.values()].flatMap(changesOf);
}

/** What stands at a place; undefined where nothing does. */
export function valueAt(document: Flowchart, { kind, id, field }: Pick<Change, "kind" | "id" | "field">): unknown {
  const part = isMap(kind) ? document[MAPS[kind]][id] : kind === "settings" ? document.settings : document;
  if (field === undefined || !isObject(part)) return part;
  if (!field.startsWith(CONFIG)) return part[field];
  return isObject(part["config"]) ? part["config"][field.slice(CONFIG.length)] : undefined;
}

/** A text that names the place of a change. */
export function placeOf(change: Pick<Change, "kind" | "id" | "field">): string {
  return JSON.stringify(change.field === undefined ? [change.kind, change.id] : [change.kind, change.id, change.field]);
}

/** A change; missing values are left out, as in JSON. */
export function changed(kind: Kind, id: string, field: string | undefined, before: unknown, after: unknown): Change {
  return {
    kind,
    id,
    ...(field === undefined ? {} : { field }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

// ------------------------------------------------------------------------------------------------ applying

function isMap(kind: Kind): kind is MapKind {
  return kind in MAPS;
}

function setWhole(draft: Bag, { kind, id, after }: Change): void {
  if (!isMap(kind)) return;
  const parts = draft[MAPS[kind]] as Bag;
  if (after === undefined) Reflect.deleteProperty(parts, id);
  else parts[id] = after;
}

function setField(draft: Bag, { kind, id, field, after }: Change): void {
  const part = isMap(kind) ? (draft[MAPS[kind]] as Bag)[id] : kind === "settings" ? draft["settings"] : draft;
  if (isObject(part) && field !== undefined) assign(part, field, after);
}

function assign(part: Bag, field: string, value: unknown): void {
  if (field.startsWith(CONFIG)) {
    const config = isObject(part["config"]) ? part["config"] : (part["config"] = {});
    assign(config, field.slice(CONFIG.length), value);
  } else if (value === undefined) Reflect.deleteProperty(part, field);
  else part[field] = value;
}

// ------------------------------------------------------------------------------------------------ comparing

function fieldChanges(kind: Kind, id: string, was: Bag, is: Bag): Change[] {
  const before = flat(kind, was);
  const after = flat(kind, is);
  const found: Change[] = [];
  for (const field of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(field), after.get(field)];
    if (!sameJson(old, now)) found.push(changed(kind, id, field, old, now));
  }
  return found;
}

function flat(kind: Kind, part: Bag): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [field, value] of Object.entries(part)) {
    if (kind === "node" && field === "config" && isObject(value)) {
      for (const [key, inner] of Object.entries(value)) fields.set(CONFIG + key, inner);
    } else fields.set(field, value);
  }
  return fields;
}

// ------------------------------------------------------------------------------------------------ composing

interface Composed {
  readonly kind: Kind;
  readonly id: string;
  readonly whole?: { readonly before: unknown; readonly after: unknown };
  readonly fields: ReadonlyMap<string, Change>;
}

function wholesFirst(patch: Patch): Change[] {
  return [...patch.filter((one) => one.field === undefined), ...patch.filter((one) => one.field !== undefined)];
}

function composed(known: Composed, change: Change): Composed {
  const { kind, id, whole, fields } = known;
  if (change.field === undefined) {
    const undone = [...fields.values()].reduce((part, one) => withField(part, one.field ?? "", one.before), change.before);
    return { kind, id, whole: { before: whole ? whole.before : undone, after: change.after }, fields: new Map() };
  }
  if (whole) return { kind, id, whole: { before: whole.before, after: withField(whole.after, change.field, change.after) }, fields };
  const first = fields.get(change.field);
  return {
    kind,
    id,
    fields: new Map(fields).set(change.field, first ? changed(kind, id, change.field, first.before, change.after) : change),
  };
}

function withField(part: unknown, field: string, value: unknown): unknown {
  if (!isObject(part)) return part;
  const copy: Bag = { ...part, ...(isObject(part["config"]) ? { config: { ...part["config"] } } : {}) };
  assign(copy, field, value);
  return copy;
}

function changesOf({ kind, id, whole, fields }: Composed): Change[] {
  if (!whole) return [...fields.values()].filter((one) => !sameJson(one.before, one.after));
  if (isObject(whole.before) && isObject(whole.after)) return fieldChanges(kind, id, whole.before, whole.after);
  return whole.before === undefined && whole.after === undefined ? [] : [changed(kind, id, undefined, whole.before, whole.after)];
}
