// Attribute values that are not plain text or numbers, as text: lists and maps as JSON with sorted
// keys, bytes as base64, exactly as the collector's exporter writes them.

import { Buffer } from 'node:buffer';

import { decodeText } from './bytes.ts';
import { doubleText, integerText } from './number-text.ts';
import { BYTES, FIXED64, VARINT, type Wire } from './wire.ts';

/** Marks for values that cannot be written; both are told apart from any text. */
export const TOO_DEEP = Symbol('too deep');
export const NOT_JSON = Symbol('not JSON');
export type Rendered = string | typeof TOO_DEEP | typeof NOT_JSON;

class Unprintable extends Error {
  readonly reason: typeof TOO_DEEP | typeof NOT_JSON;

  constructor(reason: typeof TOO_DEEP | typeof NOT_JSON) {
    super('value has no text');
    this.reason = reason;
  }
}

/** The text of the AnyValue that lies from `wire.p` to `end`; throws only what is malformed. */
export function renderValue(wire: Wire, end: number, levels: number): Rendered {
  try {
    return scalarOrJson(wire, end, levels);
  } catch (error) {
    if (error instanceof Unprintable) return error.reason;
    throw error;
  }
}

/** On the top level text is bare and NaN has a name; below, everything is JSON. */
function scalarOrJson(wire: Wire, end: number, levels: number): string {
  let text = '';
  while (wire.p < end) {
    const tag = wire.tag(end);
    switch (tag >>> 3) {
      case 1: {
        const length = textLength(wire, tag, end);
        text = decodeText(wire.u8, wire.p, wire.p + length);
        wire.p += length;
        break;
      }
      case 4:
        wire.expect(tag, FIXED64);
        text = doubleText(wire.dv.getFloat64(wire.fixed64(end), true));
        break;
      case 7:
        text = base64(wire, tag, end);
        break;
      default:
        text = jsonField(wire, tag, end, levels) ?? text;
    }
  }
  return text;
}

/** The value at `wire.p` as JSON; an absent one is null. */
function json(wire: Wire, end: number, levels: number): string {
  let text = 'null';
  while (wire.p < end) {
    const tag = wire.tag(end);
    switch (tag >>> 3) {
      case 1: {
        const length = textLength(wire, tag, end);
        text = quote(decodeText(wire.u8, wire.p, wire.p + length));
        wire.p += length;
        break;
      }
      case 4: {
        wire.expect(tag, FIXED64);
        const value = wire.dv.getFloat64(wire.fixed64(end), true);
        if (!Number.isFinite(value)) throw new Unprintable(NOT_JSON);
        text = doubleText(value);
        break;
      }
      case 7:
        text = `"${base64(wire, tag, end)}"`;
        break;
      default:
        text = jsonField(wire, tag, end, levels) ?? text;
    }
  }
  return text;
}

/** The kinds of value that look the same on every level; undefined for unknown fields. */
function jsonField(wire: Wire, tag: number, end: number, levels: number): string | undefined {
  switch (tag >>> 3) {
    case 2:
      wire.expect(tag, VARINT);
      return (wire.varint(end) | wire.high) === 0 ? 'false' : 'true';
    case 3: {
      wire.expect(tag, VARINT);
      const low = wire.varint(end);
      return integerText(low, wire.high);
    }
    case 5:
      return list(wire, tag, end, levels);
    case 6:
      return map(wire, tag, end, levels);
    default:
      wire.skip(tag, end);
      return undefined;
  }
}

function list(wire: Wire, tag: number, parentEnd: number, levels: number): string {
  const end = enter(wire, tag, parentEnd, levels);
  const items: string[] = [];
  while (wire.p < end) {
    const inner = wire.tag(end);
    if (inner >>> 3 === 1) {
      const length = textLength(wire, inner, end);
      items.push(json(wire, wire.p + length, levels - 1));
    } else wire.skip(inner, end);
  }
  return `[${items.join(',')}]`;
}

function map(wire: Wire, tag: number, parentEnd: number, levels: number): string {
  const end = enter(wire, tag, parentEnd, levels);
  const entries = new Map<string, string>();
  while (wire.p < end) {
    const inner = wire.tag(end);
    if (inner >>> 3 === 1) {
      const length = textLength(wire, inner, end);
      entry(wire, wire.p + length, levels - 1, entries);
    } else wire.skip(inner, end);
  }
  const sorted = [...entries].sort((a, b) => Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])));
  return `{${sorted.map(([key, value]) => `${quote(key)}:${value}`).join(',')}}`;
}

function entry(wire: Wire, end: number, levels: number, entries: Map<string, string>): void {
  let key = '';
  let value = 'null';
  while (wire.p < end) {
    const tag = wire.tag(end);
    if (tag >>> 3 === 1) {
      const length = textLength(wire, tag, end);
      key = decodeText(wire.u8, wire.p, wire.p + length);
      wire.p += length;
    } else if (tag >>> 3 === 2) {
      const length = textLength(wire, tag, end);
      value = json(wire, wire.p + length, levels);
    } else wire.skip(tag, end);
  }
  entries.set(key, value);
}

/** Steps into a list or map: one level down, if there is one left. */
function enter(wire: Wire, tag: number, parentEnd: number, levels: number): number {
  const length = textLength(wire, tag, parentEnd);
  if (levels <= 1) throw new Unprintable(TOO_DEEP);
  return wire.p + length;
}

function textLength(wire: Wire, tag: number, end: number): number {
  wire.expect(tag, BYTES);
  return wire.length(end);
}

function base64(wire: Wire, tag: number, end: number): string {
  const length = textLength(wire, tag, end);
  const { buffer, byteOffset } = wire.u8;
  const text = Buffer.from(buffer, byteOffset + wire.p, length).toString('base64');
  wire.p += length;
  return text;
}

/** JSON of a text; the two line separators are escaped as well, other characters are not. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
