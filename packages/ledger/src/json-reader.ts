// A cursor over the bytes of a JSON text: white space, strings, numbers, and values to pass over.
// Whatever JSON.parse would refuse is refused here too, with the place where it happened.

import { Buffer } from 'node:buffer';

import { type Bytes, decodeText, putVarint, varintSize } from './bytes.ts';
import { SpanledgerError } from './errors.ts';

export const QUOTE = 0x22;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** Longer numbers than this are no measurement, and their grammar is not worth the time. */
const NUMBER_CHARACTERS_MAX = 400;

export class JsonReader {
  u8: Uint8Array = new Uint8Array(0);
  p = 0;
  end = 0;
  /** The string last read: its bytes between the quotes, and whether it has escapes. */
  from = 0;
  to = 0;
  escaped = false;

  open(u8: Uint8Array, end: number): void {
    this.u8 = u8;
    this.p = 0;
    this.end = end;
  }

  malformed(what: string): SpanledgerError {
    return new SpanledgerError('malformed_json', `${what} at byte ${this.p}`);
  }

  /** The next byte that is no white space, not consumed; -1 at the end. */
  peek(): number {
    const { u8, end } = this;
    while (this.p < end) {
      const byte = u8[this.p]!;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.p++;
    }
    return -1;
  }

  expect(byte: number): void {
    if (this.peek() !== byte) throw this.malformed(`expected "${String.fromCharCode(byte)}"`);
    this.p++;
  }

  /** After a member or item: whether another one follows; `close` ends the object or list. */
  more(close: number): boolean {
    const byte = this.peek();
    this.p++;
    if (byte === COMMA) return true;
    if (byte === close) return false;
    this.p--;
    throw this.malformed('expected "," or the end');
  }

  /** Whether an object or list just opened has nothing in it; then its end is consumed. */
  empty(close: number): boolean {
    if (this.peek() !== close) return false;
    this.p++;
    return true;
  }

  /** A key and its colon; the key is in `from`, `to`. */
  key(): void {
    this.string();
    this.expect(COLON);
  }

  string(): void {
    if (this.peek() !== QUOTE) throw this.malformed('expected a string');
    const { u8, end } = this;
    let p = this.p + 1;
    this.from = p;
    this.escaped = false;
    for (; p < end; p++) {
      const byte = u8[p]!;
      if (byte === QUOTE) {
        this.to = p;
        this.p = p + 1;
        return;
      }
      if (byte === BACKSLASH) {
        this.escaped = true;
        p++;
      } else if (byte < 0x20) {
        this.p = p;
        throw this.malformed('control character in a string');
      }
    }
    throw this.malformed('string without end');
  }

  /** The string last read, as text. */
  text(): string {
    const raw = decodeText(this.u8, this.from, this.to);
    return this.escaped ? this.#unescape(raw) : raw;
  }

  #unescape(raw: string): string {
    try {
      // Lone surrogates become U+FFFD on the way through UTF-8.
      return Buffer.from(JSON.parse(`"${raw}"`) as string).toString();
    } catch {
      throw this.malformed('bad escape in a string before the one');
    }
  }

  /** Appends the string last read, with its length. */
  copyText(out: Bytes): void {
    const { u8, from, to } = this;
    if (!this.escaped) {
      out.varint(to - from);
      out.copy(u8, from, to);
      return;
    }
    // Unescaping keeps bytes that are no UTF-8 as they are: the decoder counts and repairs them.
    out.reserve(to - from + 5);
    const start = out.n;
    const written = this.#copyUnescaped(out.u8, start + 1);
    const prefix = varintSize(written);
    if (prefix > 1) out.u8.copyWithin(start + prefix, start + 1, start + 1 + written);
    putVarint(out.u8, start, written);
    out.n = start + prefix + written;
  }

  #copyUnescaped(out: Uint8Array, start: number): number {
    const { u8, to } = this;
    let n = start;
    for (let p = this.from; p < to;) {
      const byte = u8[p++]!;
      if (byte !== BACKSLASH) {
        out[n++] = byte;
        continue;
      }
      const code = u8[p++]!;
      const plain = ESCAPES[code] ?? -1;
      if (plain >= 0) out[n++] = plain;
      else if (code !== 0x75) throw this.malformed('bad escape in the string before the one');
      else {
        let point = this.#hex4(p);
        p += 4;
        if (point >= 0xd800 && point < 0xdc00 && u8[p] === BACKSLASH && u8[p + 1] === 0x75) {
          const low = this.#hex4(p + 2);
          if (low >= 0xdc00 && low < 0xe000) {
            point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
            p += 6;
          }
        }
        n = putCodePoint(out, n, point >= 0xd800 && point < 0xe000 ? 0xfffd : point);
      }
    }
    return n - start;
  }

  #hex4(at: number): number {
    let value = 0;
    for (let i = at; i < at + 4; i++) {
      const digit = i < this.to ? hexDigit(this.u8[i]!) : -1;
      if (digit < 0) throw this.malformed('bad escape in the string before the one');
      value = (value << 4) | digit;
    }
    return value;
  }

  /** The text of the number at the cursor. */
  number(): string {
    this.peek();
    const start = this.p;
    const { u8, end } = this;
    let p = start;
    for (; p < end; p++) {
      const byte = u8[p]!;
      const digit = byte >= 0x30 && byte <= 0x39;
      if (
        !digit &&
        byte !== MINUS &&
        byte !== 0x2b &&
        byte !== 0x2e &&
        byte !== 0x65 &&
        byte !== 0x45
      )
        break;
    }
    const length = Math.min(p - start, NUMBER_CHARACTERS_MAX + 1);
    const text = Buffer.from(u8.buffer, u8.byteOffset + start, length).toString('latin1');
    if (text.length > NUMBER_CHARACTERS_MAX || !NUMBER.test(text))
      throw this.malformed('expected a value');
    this.p = p;
    return text;
  }

  /** Consumes `true`, `false` or `null`; null when the cursor is at none of them. */
  word(): 'true' | 'false' | 'null' | null {
    const first = this.peek();
    const word =
      first === 0x74 ? 'true' : first === 0x66 ? 'false' : first === 0x6e ? 'null' : null;
    if (word === null) return null;
    for (let i = 0; i < word.length; i++) {
      if (this.p + i >= this.end || this.u8[this.p + i] !== word.charCodeAt(i)) {
        throw this.malformed('expected a value');
      }
    }
    this.p += word.length;
    return word;
  }

  /** Passes over any value; nesting is bounded. */
  skip(levels: number): void {
    if (levels <= 0) throw this.malformed('nested deeper than json_levels');
    const first = this.peek();
    if (first === QUOTE) {
      this.string();
      if (this.escaped) this.text();
    } else if (first === OPEN_OBJECT) {
      this.p++;
      if (this.empty(CLOSE_OBJECT)) return;
      do {
        this.key();
        this.skip(levels - 1);
      } while (this.more(CLOSE_OBJECT));
    } else if (first === OPEN_LIST) {
      this.p++;
      if (this.empty(CLOSE_LIST)) return;
      do this.skip(levels - 1);
      while (this.more(CLOSE_LIST));
    } else if (this.word() === null) this.number();
  }
}

/** What the letter behind a backslash stands for; undefined for \u and for mistakes. */
const ESCAPES: readonly (number | undefined)[] = (() => {
  const table: number[] = [];
  for (const [letter, text] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'].map(
    (pair) => [...pair],
  )) {
    table[letter!.charCodeAt(0)] = text!.charCodeAt(0);
  }
  return table;
})();

export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function putCodePoint(out: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    out[at] = point;
    return at + 1;
  }
  if (point < 0x800) {
    out[at] = 0xc0 | (point >> 6);
    out[at + 1] = 0x80 | (point & 63);
    return at + 2;
  }
  if (point < 0x10000) {
    out[at] = 0xe0 | (point >> 12);
    out[at + 1] = 0x80 | ((point >> 6) & 63);
    out[at + 2] = 0x80 | (point & 63);
    return at + 3;
  }
  out[at] = 0xf0 | (point >> 18);
  out[at + 1] = 0x80 | ((point >> 12) & 63);
  out[at + 2] = 0x80 | ((point >> 6) & 63);
  out[at + 3] = 0x80 | (point & 63);
  return at + 4;
}
