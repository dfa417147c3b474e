// The straight line for what nearly every attribute in OTLP/JSON looks like: compact, key first, text
// or a whole number. Whatever differs in a single byte is left to the general walker.

import { Buffer } from 'node:buffer';

import { type Bytes, putVarint, varintSize } from './bytes.ts';
import { type JsonReader, QUOTE } from './json-reader.ts';

const OPEN = Buffer.from('{"key":"');
const VALUE = Buffer.from(',"value":{"');
const STRING = Buffer.from('stringValue":"');
const INT = Buffer.from('intValue":');
const BACKSLASH = 0x5c;
const CLOSE = 0x7d;
/** Integers of more digits are read with care for 64 bits. */
const DIGITS_MAX = 15;

/** Writes the KeyValue at the cursor as field `tag`; false, and nothing done, when it is unusual. */
export function writeUsualPair(reader: JsonReader, tag: number, out: Bytes): boolean {
  const { u8, end } = reader;
  let p = reader.p;
  if (!startsWith(u8, p, OPEN)) return false;
  p += OPEN.length;
  const keyFrom = p;
  p = plainEnd(u8, p, end);
  if (p < 0 || !startsWith(u8, p + 1, VALUE)) return false;
  const keyTo = p;
  p += 1 + VALUE.length;
  if (startsWith(u8, p, STRING)) {
    const from = p + STRING.length;
    const to = plainEnd(u8, from, end);
    if (to < 0 || to + 2 >= end || u8[to + 1] !== CLOSE || u8[to + 2] !== CLOSE) return false;
    const valueLength = 1 + varintSize(to - from) + to - from;
    writeKey(u8, keyFrom, keyTo, tag, valueLength, out);
    out.u8[out.n++] = 0x0a;
    out.n = putVarint(out.u8, out.n, to - from);
    out.copy(u8, from, to);
    reader.p = to + 3;
    return true;
  }
  if (!startsWith(u8, p, INT)) return false;
  p += INT.length;
  const quoted = u8[p] === QUOTE ? 1 : 0;
  p += quoted;
  const first = p;
  let value = 0;
  for (let digit = u8[p]! - 48; digit >= 0 && digit <= 9; digit = u8[++p]! - 48)
    value = value * 10 + digit;
  const digits = p - first;
  if (digits === 0 || digits > DIGITS_MAX || (u8[first] === 48 && digits > 1)) return false;
  if (quoted === 1 && u8[p++] !== QUOTE) return false;
  if (p + 1 >= end || u8[p] !== CLOSE || u8[p + 1] !== CLOSE) return false;
  writeKey(u8, keyFrom, keyTo, tag, 1 + wideSize(value), out);
  out.u8[out.n++] = 0x18;
  out.n = putWide(out.u8, out.n, value);
  reader.p = p + 2;
  return true;
}

/** The closing quote of a string without escapes, or -1. */
function plainEnd(u8: Uint8Array, from: number, end: number): number {
  for (let p = from; p < end; p++) {
    const byte = u8[p]!;
    if (byte === QUOTE) return p;
    if (byte === BACKSLASH || byte < 0x20) return -1;
  }
  return -1;
}

function startsWith(u8: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) {
    if (u8[at + i] !== text[i]) return false;
  }
  return true;
}

/** All of the pair up to the content of its value; leaves room for tag and length of that. */
function writeKey(
  u8: Uint8Array,
  from: number,
  to: number,
  tag: number,
  valueLength: number,
  out: Bytes,
): void {
  const length = to - from;
  const pairLength = 1 + varintSize(length) + length + 1 + varintSize(valueLength) + valueLength;
  out.reserve(pairLength + 16);
  out.n = putVarint(out.u8, out.n, tag);
  out.n = putVarint(out.u8, out.n, pairLength);
  out.u8[out.n++] = 0x0a;
  out.n = putVarint(out.u8, out.n, length);
  out.copy(u8, from, to);
  out.u8[out.n++] = 0x12;
  out.n = putVarint(out.u8, out.n, valueLength);
}

/** Varints of numbers up to 2^53. */
function wideSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

function putWide(u8: Uint8Array, at: number, value: number): number {
  for (; value >= 128; value = Math.floor(value / 128)) u8[at++] = (value % 128) | 128;
  u8[at] = value;
  return at + 1;
}
