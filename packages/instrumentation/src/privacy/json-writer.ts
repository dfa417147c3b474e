// Writes a foreign value as JSON text of so many bytes at most, with every text and every key of it
// redacted first. What does not fit is cut within, so that the text stays JSON.

import { types } from 'node:util';
import type { Redaction } from './redaction.ts';

export interface Written {
  text: string;
  /** Something was left out for its size. */
  cut: boolean;
}

export const CUT = '[cut]';
const UNREADABLE = '"[unreadable]"';
const CIRCULAR = '"[circular]"';
const DEEP = '"[deep]"';
const DEPTH_LIMIT = 64;
/** How far beyond the limit a text is looked at, and how much of its end is not believed: a secret
 * that is cut in two is not known by its half. */
const MARGIN_CHARS = 1024;
/** Characters that are looked at for one value, in terms of its limit: redaction may leave few of many. */
const WORK_FACTOR = 4;
/** A number of so many digits may be a card's. */
const LONG_NUMBER = 1e12;

/** The text is empty for what JSON has no text for, and where nothing of it fits. */
export function writeJson(value: unknown, limit_bytes: number, redaction: Redaction): Written {
  const writer = new Writer(limit_bytes, redaction);
  const text = writer.value(value, '', 0);
  return { text: text ?? '', cut: writer.cut };
}

class Writer {
  cut = false;
  /** Bytes that may still be written; brackets that must follow are taken off when they open. */
  #left: number;
  #work_chars: number;
  readonly #redaction: Redaction;
  readonly #within = new Set<object>();

  constructor(limit_bytes: number, redaction: Redaction) {
    this.#left = limit_bytes;
    this.#work_chars = limit_bytes * WORK_FACTOR + MARGIN_CHARS;
    this.#redaction = redaction;
  }

  /** Undefined for what is no JSON; null where it does not fit. */
  value(from: unknown, key: string, depth: number): string | null | undefined {
    let value = from;
    try {
      const size_bytes = bytesOf(from);
      if (size_bytes !== null) return this.#take(`"[binary ${size_bytes} bytes]"`);
      value = plain(from, key);
      if (typeof value === 'object' && value !== null) return this.#object(value, key, depth);
    } catch (error) {
      if (error instanceof Unreadable) return this.#take(UNREADABLE);
      throw error;
    }
    if (typeof value === 'string') return this.#text(value, key);
    if (typeof value === 'number' || typeof value === 'bigint') return this.#number(value, key);
    if (typeof value === 'boolean') return this.#take(String(value));
    return value === null ? this.#take('null') : undefined;
  }

  #object(value: object, key: string, depth: number): string | null {
    if (this.#within.has(value)) return this.#take(CIRCULAR);
    if (depth >= DEPTH_LIMIT) return this.#take(DEEP);
    this.#within.add(value);
    try {
      const isList = readable(() => Array.isArray(value));
      return isList ? this.#list(value as unknown[], key, depth) : this.#fields(value, depth);
    } finally {
      this.#within.delete(value);
    }
  }

  #list(list: readonly unknown[], key: string, depth: number): string | null {
    if (this.#take('[]') === null) return null;
    const length = readable(() => list.length);
    const parts: string[] = [];
    for (let place = 0; place < length; place += 1) {
      const before = this.#left;
      if (place > 0) this.#left -= 1;
      const item = get(list, place);
      const part = this.value(item, key, depth + 1);
      const written = part === undefined ? this.#take('null') : part;
      if (written === null || this.#left < 0) return this.#closed(before, `[${parts.join(',')}]`);
      parts.push(written);
    }
    return `[${parts.join(',')}]`;
  }

  #fields(value: object, depth: number): string | null {
    if (this.#take('{}') === null) return null;
    const parts: string[] = [];
    for (const key of readable(() => Object.keys(value))) {
      const before = this.#left;
      if (parts.length > 0) this.#left -= 1;
      const name = this.#key(key);
      const part = name === null ? null : this.value(get(value, key), key, depth + 1);
      if (part === undefined) {
        this.#left = before;
        continue;
      }
      if (part === null || this.#left < 0) return this.#closed(before, `{${parts.join(',')}}`);
      parts.push(`${name}:${part}`);
    }
    return `{${parts.join(',')}}`;
  }

  /** What was begun last does not fit. */
  #closed(left: number, text: string): string {
    this.#left = left;
    this.cut = true;
    return text;
  }

  #key(key: string): string | null {
    const work = Math.min(key.length, this.#left + MARGIN_CHARS);
    if (work < key.length || !this.#works(work)) return null;
    const written = this.#take(JSON.stringify(this.#redaction.text(key)));
    return written === null || this.#take(':') === null ? null : written;
  }

  #number(value: number | bigint, key: string): string | null {
    const isNumber = typeof value === 'bigint' || Number.isFinite(value);
    if (!isNumber) return this.#take('null');
    const text = String(value);
    const isLong = value >= LONG_NUMBER || value <= -LONG_NUMBER;
    const left = isLong || this.#redaction.readsNumbers ? this.#redaction.text(text) : text;
    if (left === text && typeof value === 'number') return this.#take(text);
    return this.#text(left, key);
  }

  #text(text: string, key: string): string | null {
    const window = Math.min(text.length, this.#left + MARGIN_CHARS);
    if (!this.#works(window)) return null;
    const whole = window === text.length;
    const seen = whole ? text : text.slice(0, window);
    const clean = this.#redaction.field(key, seen);
    if (whole) {
      const written = JSON.stringify(clean);
      const size_bytes = Buffer.byteLength(written);
      if (size_bytes <= this.#left) {
        this.#left -= size_bytes;
        return written;
      }
    }
    this.cut = true;
    const room = this.#left - CUT.length - 2;
    if (room < 0) return null;
    const known = whole ? clean : withoutMargin(clean);
    return this.#take(JSON.stringify(beginning(known, room) + CUT));
  }

  #works(chars: number): boolean {
    this.#work_chars -= chars;
    if (this.#work_chars >= 0) return true;
    this.cut = true;
    return false;
  }

  /** Null, and nothing taken, where there is no room. */
  #take(text: string): string | null {
    const size_bytes = Buffer.byteLength(text);
    if (size_bytes > this.#left) {
      this.cut = true;
      return null;
    }
    this.#left -= size_bytes;
    return text;
  }
}

/** The longest beginning whose JSON text, without its quotes, has so many bytes at most. */
export function beginning(text: string, limit_bytes: number): string {
  let size_bytes = 0;
  let end = 0;
  for (const character of text) {
    size_bytes += jsonBytes(character.codePointAt(0) ?? 0);
    if (size_bytes > limit_bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Of one character within a JSON text. */
function jsonBytes(code: number): number {
  if (code >= 0x20 && code < 0x80) return code === 0x22 || code === 0x5c ? 2 : 1;
  if (code < 0x20) return code >= 8 && code <= 13 && code !== 11 ? 2 : 6;
  if (code < 0x800) return 2;
  if (code > 0xffff) return 4;
  return isSurrogate(code) ? 6 : 3;
}

const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;

/** What may be believed of the beginning of a longer text. */
function withoutMargin(text: string): string {
  const end = Math.max(0, text.length - MARGIN_CHARS);
  const splits =
    end > 0 && isSurrogate(text.charCodeAt(end - 1)) && isSurrogate(text.charCodeAt(end));
  return text.slice(0, splits ? end - 1 : end);
}

class Unreadable extends Error {}

/** The program's own objects may throw at every look. */
function readable<T>(look: () => T): T {
  try {
    return look();
  } catch {
    throw new Unreadable();
  }
}

function get(from: object, key: string | number): unknown {
  try {
    return (from as Record<string | number, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
}

function plain(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return readable(() => {
    const { toJSON } = value as { toJSON?: unknown };
    return typeof toJSON === 'function' ? (toJSON.call(value, key) as unknown) : value;
  });
}

/** Images and sound have no text. */
function bytesOf(value: unknown): number | null {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return types.isAnyArrayBuffer(value) ? value.byteLength : null;
}
