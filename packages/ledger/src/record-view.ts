// One record as dialects see it: positions in the columns just written, and values made from them
// only when asked for. One object serves all records of a block, one after the other.

import type { AttributeMap } from './attribute-map.ts';
import { bigOf, decodeText, varintSize } from './bytes.ts';
import type { Attribute, RecordView } from './dialect.ts';
import type { Fact, Signal } from './fact.ts';
import type { DecodeLimits } from './limits.ts';
import { prefixAt } from './value-columns.ts';

const WHOLE = /^\s*[+-]?\d+(\.\d+)?\s*$/;

export type EventReader = () => {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}[];

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
  readonly doubts: string[] = [];
  map: AttributeMap;
  resourceMap: AttributeMap;
  readEvents: EventReader = () => [];
  readonly #limits: DecodeLimits;

  constructor(map: AttributeMap, resourceMap: AttributeMap, limits: DecodeLimits) {
    this.map = map;
    this.resourceMap = resourceMap;
    this.#limits = limits;
  }

  get startTime(): bigint {
    return bigOf(this.startLow, this.startHigh);
  }

  get endTime(): bigint {
    return bigOf(this.endLow, this.endHigh);
  }

  has(attribute: Attribute): boolean {
    return this.map.seen[attribute] === this.map.record;
  }

  first(...attributes: readonly Attribute[]): Attribute | null {
    for (let i = 0; i < attributes.length; i++) {
      if (this.map.seen[attributes[i]!] === this.map.record) return attributes[i]!;
    }
    return null;
  }

  text(attribute: Attribute): string | null {
    return textIn(this.map, attribute);
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

  #doubt(code: string): null {
    if (!this.doubts.includes(code)) this.doubts.push(code);
    return null;
  }

  number(attribute: Attribute): number | null {
    const text = textIn(this.map, attribute);
    if (text === null || text.trim() === '') return null;
    const value = Number(text);
    return Number.isFinite(value) ? value : null;
  }

  flag(attribute: Attribute): boolean | null {
    const text = textIn(this.map, attribute)?.trim().toLowerCase();
    if (text === 'true') return true;
    return text === 'false' ? false : null;
  }

  /** What is not JSON, or too large to be read as data, is answered as the text it is. */
  json(attribute: Attribute): unknown {
    const text = textIn(this.map, attribute);
    if (text === null || text.length > this.#limits.fact_json_bytes) return text;
    const once = parsed(text);
    return typeof once === 'string' && once !== text ? parsed(once) : once;
  }

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
  if (map.seen[attribute] !== map.record) return null;
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
