// The seam between bytes and meaning: what a dialect may ask of a record, and what it answers.

import type { Fact } from './fact.ts';

/** A registered attribute name: `const model = attribute('gen_ai.request.model')`. */
export type Attribute = number & { readonly __attribute: unique symbol };

const names: string[] = [];
const numbers = new Map<string, Attribute>();

/** Registers a name at module load, so that the walk remembers where a span has it. */
export function attribute(name: string): Attribute {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  const next = names.length as Attribute;
  names.push(name);
  numbers.set(name, next);
  return next;
}

/** Names of one and the same thing: the first that a record has counts. */
export interface Aliases extends ReadonlyArray<Attribute> {
  /** Its place in `aliasLists`. */
  readonly list: number;
}

const lists: Aliases[] = [];

/** Registers a list of names at module load, so that each shape knows which of them it has. */
export function aliases(...list: readonly string[]): Aliases {
  const registered = Object.assign(list.map(attribute), { list: lists.length });
  lists.push(registered);
  return registered;
}

export function aliasLists(): readonly Aliases[] {
  return lists;
}

/** What all records of one signal and scope with the same registered attributes have in common. */
export interface Shape {
  /** For each list of aliases the first attribute that is there. */
  readonly first: readonly (Attribute | null)[];
  /** The dialects that may claim such records, in order; null before the first of them is read. */
  readers: readonly Dialect[] | null;
}

/** All registered names; an attribute is an index into it. */
export function attributeNames(): readonly string[] {
  return names;
}

/**
 * One span or log record while it is being walked. Values are read where they lie, on demand;
 * nothing here throws, whatever the bytes are. Attributes of the resource are read by `resource`.
 */
export interface RecordView {
  readonly signal: 'span' | 'log';
  readonly scope: string;
  readonly scopeVersion: string;
  /** Span name, or the event name of a log record (EventName field, else its body when text). */
  readonly name: string;
  readonly spanKind: Fact['span_kind'];
  readonly status: Fact['status'];
  readonly startTime: bigint;
  readonly endTime: bigint;
  readonly shape: Shape;
  has(attribute: Attribute): boolean;
  /** Whether any of its attributes, registered or not, has a name of GenAI. */
  mentionsGenAi(): boolean;
  /** Whether both are there and the first was written before the second. */
  precedes(first: Attribute, second: Attribute): boolean;
  /** The first of these that the record has, or null: aliases are coalesced, never added. */
  first(aliases: Aliases): Attribute | null;
  /** Text as written; other scalars in their text form; structures as JSON. Null when absent. */
  text(attribute: Attribute): string | null;
  /** A whole number of tokens or the like in any spelling; null (and a doubt) for anything else. */
  count(attribute: Attribute): number | null;
  /** A finite number in any spelling, or null. */
  number(attribute: Attribute): number | null;
  /** true, "true", "True" … or null. */
  flag(attribute: Attribute): boolean | null;
  /** The value as data: structures as they are, text parsed as JSON at most twice, size-capped. */
  json(attribute: Attribute): unknown;
  /** Size of the value as sent, in bytes, or null when absent. */
  bytes(attribute: Attribute): number | null;
  /** An attribute of the resource, as text. */
  resource(attribute: Attribute): string | null;
  /** Span events in order; decoded on demand. */
  events(): readonly { readonly name: string; readonly attributes: ReadonlyMap<string, string> }[];
}

/**
 * A text field of a fact while it is read: an attribute whose bytes are copied as they are (no
 * string is made), or a text, or null for "not said".
 */
export type TextSource = Attribute | string | null;

type TextField = {
  [F in keyof Fact]: string extends Fact[F] ? F : never;
}[keyof Fact];

type Structural =
  | 'org_id'
  | 'trace_id'
  | 'span_id'
  | 'event_id'
  | 'parent_span_id'
  | 'version'
  | 'signal'
  | 'start_time'
  | 'duration_ns'
  | 'service_name'
  | 'environment'
  | 'scope_name'
  | 'name'
  | 'span_kind';

/** What a dialect fills in. The walk itself fills ids, times, resource, scope and name. */
export type FactDraft = {
  -readonly [F in Exclude<keyof Fact, Structural>]: F extends TextField ? TextSource : Fact[F];
} & {
  /** A dialect may correct these two when its record is a point in time or carries its own. */
  start_time: bigint | null;
  duration_ns: bigint | null;
};

export interface Dialect {
  readonly name: string;
  /**
   * What spans are recognised by: by `shape`, when nothing counts but their scope and which
   * attributes they have; then one answer holds for all of that shape. Log records also have names.
   */
  readonly recognises_by: 'shape' | 'values';
  /** Cheap and exclusive: scope names and marker attributes, never figures. */
  recognises(record: RecordView): boolean;
  /** Fills the draft, which arrives empty; false when the record is none of our business. */
  read(record: RecordView, fact: FactDraft): boolean;
}
