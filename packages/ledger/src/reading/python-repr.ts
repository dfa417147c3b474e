// What Python's repr() wrote: some emitters put a dict or an object into an attribute that way where
// others put JSON. Only literals are read; nothing is evaluated.

import type { Attribute, RecordView } from '../dialect.ts';

/** Longer texts, and what nests deeper, are not read. */
const CHARACTERS_MAX = 65_536;
const LEVELS_MAX = 24;

/** A value as data: JSON or Python's repr of it; null when it is neither, or was cut off. */
export function dataOf(record: RecordView, attribute: Attribute): unknown {
  const data = record.json(attribute);
  return typeof data === 'string' ? pythonData(data) : data;
}

/** The data that a repr stands for: dicts and objects with fields become objects; null when broken. */
export function pythonData(text: string): unknown {
  if (text.length > CHARACTERS_MAX) return null;
  const reader = new Reader(text);
  const value = reader.value(0);
  return value === BROKEN || !reader.atEnd() ? null : value;
}

const BROKEN = Symbol('broken');
const NUMBER = /[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?)/y;
const WORD = /[A-Za-z_][\w.]*/y;
const SPACE = /\s*/y;
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['None', null],
  ['True', true],
  ['False', false],
  ['nan', null],
  ['inf', null],
]);
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    this.#match(SPACE);
    return this.#at === this.#text.length;
  }

  value(level: number): unknown {
    if (level > LEVELS_MAX) return BROKEN;
    this.#match(SPACE);
    const next = this.#text[this.#at];
    if (next === undefined) return BROKEN;
    if (next === "'" || next === '"') return this.#string(next);
    if (next === '{') return this.#fields(level, ':');
    if (next === '[' || next === '(') return this.#items(level, next);
    if (next === '<') return this.#enumMember(level);
    const number = this.#match(NUMBER);
    if (number !== '') return Number(number);
    const word = this.#match(WORD);
    if (word === '') return BROKEN;
    if (this.#text[this.#at] === '(') return this.#fields(level, '=');
    return WORDS.has(word) ? WORDS.get(word) : word;
  }

  /** `<Role.USER: 'user'>` stands for its value. */
  #enumMember(level: number): unknown {
    const colon = this.#text.indexOf(':', this.#at);
    if (colon < 0) return BROKEN;
    this.#at = colon + 1;
    const value = this.value(level + 1);
    return this.#take('>') ? value : BROKEN;
  }

  /** `{'a': 1}`, or `Name(a=1)`; a set or a call with positions only is no data of ours. */
  #fields(level: number, between: string): unknown {
    const close = CLOSING[this.#text[this.#at++]!]!;
    const fields: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    while (!this.#take(close)) {
      const key = between === ':' ? this.value(level + 1) : this.#name();
      if (typeof key !== 'string' && typeof key !== 'number') return BROKEN;
      if (!this.#take(between)) return BROKEN;
      const value = this.value(level + 1);
      if (value === BROKEN) return BROKEN;
      fields[key] = value;
      if (!this.#take(',') && this.#peek() !== close) return BROKEN;
    }
    return fields;
  }

  #items(level: number, open: string): unknown {
    const close = CLOSING[open]!;
    const items: unknown[] = [];
    this.#at++;
    while (!this.#take(close)) {
      const value = this.value(level + 1);
      if (value === BROKEN) return BROKEN;
      items.push(value);
      if (!this.#take(',') && this.#peek() !== close) return BROKEN;
    }
    return items;
  }

  #name(): string {
    this.#match(SPACE);
    return this.#match(WORD);
  }

  #string(quote: string): unknown {
    let text = '';
    for (let from = ++this.#at; this.#at < this.#text.length; this.#at++) {
      const next = this.#text[this.#at]!;
      if (next === quote) return text + this.#text.slice(from, this.#at++);
      if (next !== '\\') continue;
      const escaped = this.#text[this.#at + 1] ?? '';
      text += this.#text.slice(from, this.#at) + (ESCAPES[escaped] ?? escaped);
      from = ++this.#at + 1;
    }
    return BROKEN;
  }

  #peek(): string | undefined {
    this.#match(SPACE);
    return this.#text[this.#at];
  }

  #take(expected: string): boolean {
    if (this.#peek() !== expected) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}
