// One record as dialects see it: positions in the columns just written, and values made from them
// only when asked for. One object serves all records of a block, one after the other.

import type { AttributeMap } from './attribute-map.ts';
import { bigOf, decodeText, varintSize } from './bytes.ts';
import type { Aliases, Attribute, RecordView, Shape } from './dialect.ts';
import type { Doubt } from './doubts.ts';
import type { Fact, Signal } from './fact.ts';
import type { KnownTexts } from './known-texts.ts';
import type { DecodeLimits } from './limits.ts';
import { POWERS } from './number-text.ts';
import type { Origin, Shapes } from './shape.ts';
import { prefixAt } from './value-columns.ts';

const WHOLE = /^\s*[+-]?\d+(\.\d+)?\s*$/;

export type EventReader = () => {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}[];

/** Digits that a double holds exactly, whatever they are. */
const EXACT_DIGITS = 15;
/** `true` and `fals`, as words. */
const TRUE = 0x65757274;
const FALS = 0x736c6166;
const LETTER_E = 101;

/** What a record needs of the block it goes to. */
interface Home {
  readonly limits: DecodeLimits;
  readonly shapes: Shapes;
  readonly texts: KnownTexts;
}

export class MapRecord implements RecordView {
  signal: Signal = 'span';
  scope = '';
  scopeVersion = '';
  name = '';
  spanKind: Fact['span_kind'] = '';
  status: Fact['status'] = 'unset';
  startLow = 0;
  startHigh = 0;
  endLow = 0;
  endHigh = 0;
  /** Doubts that reading values raised, for the fact of this record. */
  readonly doubts: Doubt[] = [];
  map: AttributeMap;
  resourceMap: AttributeMap;
  readEvents: EventReader = () => [];
  shape: Shape;
  #origin: Origin;
  readonly #home: Home;

  constructor(map: AttributeMap, resourceMap: AttributeMap, home: Home) {
    this.map = map;
    this.resourceMap = resourceMap;
    this.#home = home;
    this.#origin = home.shapes.origin('span', '', '');
    this.shape = home.shapes.find(this.#origin, map);
  }

  /** The records that follow are of this scope. */
  enter(scope: string, version: string): void {
    this.scope = scope;
    this.scopeVersion = version;
    this.#origin = this.#home.shapes.origin(this.signal, scope, version);
  }

  /** All attributes of the record have been read. */
  identify(): void {
    this.shape = this.#home.shapes.find(this.#origin, this.map);
  }

  get startTime(): bigint {
    return bigOf(this.startLow, this.startHigh);
  }

  get endTime(): bigint {
    return bigOf(this.endLow, this.endHigh);
  }

  has(attribute: Attribute): boolean {
    return this.map.has(attribute);
  }

  precedes(first: Attribute, second: Attribute): boolean {
    if (!this.map.has(first) || !this.map.has(second)) return false;
    return this.map.valueAt[first]! < this.map.valueAt[second]!;
  }

  mentionsGenAi(): boolean {
    return this.map.mentionsGenAi();
  }

  first(aliases: Aliases): Attribute | null {
    return this.shape.first[aliases.list]!;
  }

  text(attribute: Attribute): string | null {
    if (!this.map.has(attribute)) return null;
    const { values } = this.map;
    const at = this.map.valueAt[attribute]!;
    const length = prefixAt(values.u8, at);
    const start = at + varintSize(length);
    return this.#home.texts.text(values, start, start + length);
  }

  count(attribute: Attribute): number | null {
    const small = this.#digits(attribute);
    if (small >= 0) return small;
    const text = textIn(this.map, attribute);
    if (text === null || text.trim() === '') return null;
    const value = Number(text);
    if (!Number.isFinite(value)) return this.#doubt('not_a_number');
    if (value < 0) return this.#doubt('negative_tokens');
    if (value > Number.MAX_SAFE_INTEGER || !(WHOLE.test(text) || /e/i.test(text))) {
      return this.#doubt('not_a_number');
    }
    return Math.floor(value);
  }

  /** The value when it is up to nine plain digits, which nearly all counts are; else -1. */
  #digits(attribute: Attribute): number {
    if (!this.has(attribute)) return -1;
    const { u8 } = this.map.values;
    const at = this.map.valueAt[attribute]!;
    const length = u8[at]!;
    if (length === 0 || length > 9) return -1;
    let value = 0;
    for (let i = at + 1; i <= at + length; i++) {
      const digit = u8[i]! - 48;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
    }
    return value;
  }

  #doubt(code: Doubt): null {
    if (!this.doubts.includes(code)) this.doubts.push(code);
    return null;
  }

  number(attribute: Attribute): number | null {
    const plain = this.#decimal(attribute);
    if (plain >= 0) return plain;
    const text = textIn(this.map, attribute);
    if (text === null || text.trim() === '') return null;
    const value = Number(text);
    return Number.isFinite(value) ? value : null;
  }

  /** The value when it is a plain decimal of up to 15 digits, which nearly all are; else -1. */
  #decimal(attribute: Attribute): number {
    if (!this.map.has(attribute)) return -1;
    const { u8 } = this.map.values;
    const at = this.map.valueAt[attribute]!;
    const end = at + 1 + u8[at]!;
    let digits = 0;
    let value = 0;
    let point = end;
    for (let i = at + 1; i < end; i++) {
      const byte = u8[i]!;
      if (byte >= 48 && byte <= 57) {
        if (++digits > EXACT_DIGITS) return -1;
        value = value * 10 + byte - 48;
      } else if (byte === 46 && point === end) point = i;
      else return -1;
    }
    if (digits === 0) return -1;
    return point === end ? value : value / POWERS[end - point - 1]!;
  }

  flag(attribute: Attribute): boolean | null {
    if (!this.map.has(attribute)) return null;
    const { u8, dv } = this.map.values;
    const at = this.map.valueAt[attribute]!;
    const word = dv.getInt32(at + 1, true);
    if (u8[at] === 4 && word === TRUE) return true;
    if (u8[at] === 5 && word === FALS && u8[at + 5] === LETTER_E) return false;
    const text = textIn(this.map, attribute)?.trim().toLowerCase();
    if (text === 'true') return true;
    return text === 'false' ? false : null;
  }

  /** What is not JSON, or too large to be read as data, is answered as the text it is. */
  json(attribute: Attribute): unknown {
    if (!this.map.has(attribute)) return null;
    const { values } = this.map;
    const at = this.map.valueAt[attribute]!;
    const length = prefixAt(values.u8, at);
    const start = at + varintSize(length);
    return this.#home.texts.data(values, start, start + length, this.#readData);
  }

  readonly #readData = (text: string): unknown => {
    if (text.length > this.#home.limits.fact_json_bytes) return text;
    const once = parsed(text);
    return typeof once === 'string' && once !== text ? parsed(once) : once;
  };

  bytes(attribute: Attribute): number | null {
    if (!this.has(attribute)) return null;
    return prefixAt(this.map.values.u8, this.map.valueAt[attribute]!);
  }

  resource(attribute: Attribute): string | null {
    return textIn(this.resourceMap, attribute);
  }

  events(): readonly { readonly name: string; readonly attributes: ReadonlyMap<string, string> }[] {
    return this.readEvents();
  }
}

export function textIn(map: AttributeMap, attribute: number): string | null {
  if (!map.has(attribute)) return null;
  const { u8 } = map.values;
  const at = map.valueAt[attribute]!;
  const length = prefixAt(u8, at);
  const start = at + varintSize(length);
  return decodeText(u8, start, start + length);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
