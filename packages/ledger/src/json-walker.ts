// OTLP/JSON into the same protobuf bytes that a sender could have chosen, in one pass over the body.
// So there is one decoder, and both encodings of a request give the same rows.

import { type Bytes, putVarint, varintSize } from './bytes.ts';
import type { Body } from './decode.ts';
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  hexDigit,
  JsonReader,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
} from './json-reader.ts';
import { writeUsualPair } from './json-pair.ts';
import { writeValue } from './json-value.ts';
import type { DecodeLimits } from './limits.ts';
import { type Field, KEY_VALUE, type Message } from './otlp-messages.ts';
import { BYTES, FIXED32, FIXED64, VARINT } from './wire.ts';

/** Bytes kept free for the length of a large message; a padded varint of four bytes. */
const LARGE_PREFIX_BYTES = 4;
/** Levels that an attribute with a plain value nests. */
const PAIR_LEVELS = 4;
const LARGE_LENGTH_END = 2 ** 28;
const SIGNED_64_END = 2n ** 63n;
const DOUBLE_NAMES: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** Writes the request as protobuf into `out`; throws what is not the JSON of such a request. */
export function transcode(body: Body, message: Message, out: Bytes, limits: DecodeLimits): void {
  out.reset();
  out.reserve(body.length);
  const walker = new JsonWalker(body, out, limits);
  walker.object(message, limits.json_levels);
  if (walker.reader.peek() !== -1) throw walker.reader.malformed('more than one value');
}

export class JsonWalker {
  readonly reader = new JsonReader();
  readonly out: Bytes;
  readonly limits: DecodeLimits;

  constructor(body: Body, out: Bytes, limits: DecodeLimits) {
    this.reader.open(body.bytes, body.length);
    this.out = out;
    this.limits = limits;
  }

  /** An object's members; `depth` is how far an attribute value in it may nest. */
  object(message: Message, levels: number, depth = this.limits.value_levels): void {
    const { reader } = this;
    if (levels <= 0) throw reader.malformed('nested deeper than json_levels');
    reader.expect(OPEN_OBJECT);
    if (reader.empty(CLOSE_OBJECT)) return;
    do {
      reader.key();
      const field = this.#field(message);
      if (field === null) reader.skip(levels - 1);
      else if (reader.peek() !== 0x6e || reader.word() !== 'null')
        this.#value(field, levels, depth);
    } while (reader.more(CLOSE_OBJECT));
  }

  /** The field that the key last read names, or null. */
  #field(message: Message): Field | null {
    const { reader } = this;
    if (reader.escaped) return fieldNamed(message, new TextEncoder().encode(reader.text()));
    const candidates = message.byLength[reader.to - reader.from];
    if (candidates === undefined) return null;
    for (let c = 0; c < candidates.length; c++) {
      const { key, field } = candidates[c]!;
      let i = 0;
      while (i < key.length && key[i] === reader.u8[reader.from + i]) i++;
      if (i === key.length) return field;
    }
    return null;
  }

  #value(field: Field, levels: number, depth: number): void {
    const { reader, out } = this;
    switch (field.kind) {
      case 'text':
        reader.string();
        this.tag(field.number, BYTES);
        reader.copyText(out);
        return;
      case 'id':
        this.#id(field.number);
        return;
      case 'fixed64':
        this.#fixed64(field.number);
        return;
      case 'signed64':
        this.#signed64(field.number);
        return;
      case 'double':
        this.#double(field.number);
        return;
      case 'fixed32':
        this.tag(field.number, FIXED32);
        this.#word(this.#whole());
        return;
      case 'enum': {
        const value = this.#enum(field);
        this.tag(field.number, VARINT);
        out.varint(value);
        return;
      }
      case 'flag': {
        const word = reader.word();
        if (word !== 'true' && word !== 'false') throw reader.malformed('expected true or false');
        this.tag(field.number, VARINT);
        out.byte(word === 'true' ? 1 : 0);
        return;
      }
      case 'value':
        this.#attributeValue(field.number, levels - 1, depth);
        return;
      case 'message':
        this.#message(field.number, field.message!, levels);
        return;
      case 'list':
        this.#list(field.number, field.message!, levels);
    }
  }

  #list(number: number, message: Message, levels: number): void {
    const { reader } = this;
    reader.expect(OPEN_LIST);
    if (reader.empty(CLOSE_LIST)) return;
    do {
      const first = reader.peek();
      if (first === 0x6e && reader.word() === 'null') continue;
      const pair = message === KEY_VALUE && levels > PAIR_LEVELS;
      if (pair && writeUsualPair(reader, (number << 3) | BYTES, this.out)) continue;
      this.#message(number, message, levels - 1);
    } while (reader.more(CLOSE_LIST));
  }

  #message(number: number, message: Message, levels: number): void {
    const start = this.open(number, message.small);
    this.object(message, levels - 1);
    this.close(start, message.small);
  }

  #attributeValue(number: number, levels: number, depth: number): void {
    const start = this.open(number, true);
    writeValue(this, levels, depth);
    this.close(start, true);
  }

  /** Starts a nested message; answers where its content starts. */
  open(number: number, small: boolean): number {
    this.tag(number, BYTES);
    const { out } = this;
    out.reserve(LARGE_PREFIX_BYTES);
    out.n += small ? 1 : LARGE_PREFIX_BYTES;
    return out.n;
  }

  /** Ends it: writes its length, and moves the content when that needs more room. */
  close(start: number, small: boolean): void {
    const { out } = this;
    const length = out.n - start;
    if (!small) {
      if (length >= LARGE_LENGTH_END) throw this.reader.malformed('message too large');
      const { u8 } = out;
      u8[start - 4] = (length & 127) | 128;
      u8[start - 3] = ((length >>> 7) & 127) | 128;
      u8[start - 2] = ((length >>> 14) & 127) | 128;
      u8[start - 1] = length >>> 21;
      return;
    }
    const extra = varintSize(length) - 1;
    if (extra > 0) {
      out.reserve(extra);
      out.u8.copyWithin(start + extra, start, out.n);
      out.n += extra;
    }
    putVarint(out.u8, start - 1, length);
  }

  tag(number: number, type: number): void {
    this.out.varint((number << 3) | type);
  }

  /** Hex digits; whatever is no id becomes one byte, which the decoder refuses by its length. */
  #id(number: number): void {
    const { reader, out } = this;
    reader.string();
    const { u8, from, to } = reader;
    const size = (to - from) >> 1;
    this.tag(number, BYTES);
    let valid = (to - from) % 2 === 0 && size <= 64;
    for (let i = from; i < to && valid; i++) valid = hexDigit(u8[i]!) >= 0;
    if (!valid) {
      out.byte(1);
      out.byte(0);
      return;
    }
    out.varint(size);
    out.reserve(size);
    for (let i = from; i < to; i += 2)
      out.u8[out.n++] = (hexDigit(u8[i]!) << 4) | hexDigit(u8[i + 1]!);
  }

  /** Nanoseconds as a string or a number. */
  #fixed64(number: number): void {
    const { reader } = this;
    const value = wholeOf(reader.peek() === QUOTE ? this.#text() : reader.number());
    if (value === null) throw reader.malformed('expected a time in nanoseconds before the one');
    this.tag(number, FIXED64);
    this.#word(Number(value & 0xffffffffn));
    this.#word(Number(value >> 32n));
  }

  /** A whole number of either sign as a string or a number. */
  #signed64(number: number): void {
    const { reader, out } = this;
    const text = reader.peek() === QUOTE ? this.#text() : reader.number();
    const negative = text.startsWith('-');
    const value = wholeOf(negative ? text.slice(1) : text);
    if (value === null || value >= SIGNED_64_END) {
      throw reader.malformed('expected a whole number of 64 bits before the one');
    }
    this.tag(number, FIXED64);
    out.reserve(8);
    out.dv.setBigInt64(out.n, negative ? -value : value, true);
    out.n += 8;
  }

  /** A number, or NaN and the infinities by name. */
  #double(number: number): void {
    const { reader, out } = this;
    const text = reader.peek() === QUOTE ? this.#text() : reader.number();
    const value = DOUBLE_NAMES.get(text) ?? Number(text.trim() === '' ? 'none' : text);
    if (Number.isNaN(value) && text !== 'NaN') {
      throw reader.malformed('expected a number before the one');
    }
    this.tag(number, FIXED64);
    out.reserve(8);
    out.dv.setFloat64(out.n, value, true);
    out.n += 8;
  }

  #text(): string {
    this.reader.string();
    return this.reader.text();
  }

  #word(value: number): void {
    const { out } = this;
    out.reserve(4);
    out.dv.setUint32(out.n, value, true);
    out.n += 4;
  }

  /** A whole number of 32 bits as a string or a number. */
  #whole(): number {
    const { reader } = this;
    const value = wholeOf(reader.peek() === QUOTE ? this.#text() : reader.number());
    if (value === null || value > 0xffffffffn)
      throw reader.malformed('expected a whole number before the one');
    return Number(value);
  }

  /** A number, or a name; names that are not known are "unspecified". */
  #enum(field: Field): number {
    const { reader } = this;
    if (reader.peek() !== QUOTE) {
      const value = Number(reader.number());
      return Number.isInteger(value) && value >= 0 && value < 2 ** 31 ? value : 0;
    }
    const text = this.#text();
    const known = field.names.get(text);
    if (known !== undefined) return known;
    return /^\d{1,9}$/.test(text) ? Number(text) : 0;
  }
}

function fieldNamed(message: Message, name: Uint8Array): Field | null {
  for (const { key, field } of message.byLength[name.length] ?? []) {
    if (key.every((byte, i) => byte === name[i])) return field;
  }
  return null;
}

/** The whole number from 0 to 2^64 - 1 that a text is, in plain digits or as a float. */
function wholeOf(text: string): bigint | null {
  if (/^\d{1,20}$/.test(text)) {
    const value = BigInt(text);
    return value < 2n ** 64n ? value : null;
  }
  const value = text === '' ? NaN : Number(text);
  return value >= 0 && value < 2 ** 64 && Number.isFinite(value) ? BigInt(Math.floor(value)) : null;
}
