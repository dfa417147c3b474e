// Takes out of a text what Spanledger knows to be secret or personal. What is given back has nothing
// left to take out: doing it again changes nothing.

import { findCards, findEmails, type Place } from './personal-shapes.ts';
import * as secret from './secret-shapes.ts';

/** What can be taken out: keys, tokens and passwords; e-mail addresses; card numbers. */
export const SHAPES = ['secrets', 'emails', 'cards'] as const;
export type Shape = (typeof SHAPES)[number];

export const mark = (what: string): string => `[redacted-${what}]`;

/** A text that still changes after so many rounds is not understood. */
const ROUNDS_LIMIT = 8;

/** The text without them; null when no end of them was found. */
export function withoutKnownShapes(text: string, shapes: ReadonlySet<Shape>): string | null {
  let before = text;
  for (let round = 0; round < ROUNDS_LIMIT; round += 1) {
    const after = oneRound(before, shapes);
    if (after === before) return after;
    before = after;
  }
  return null;
}

/** Shorter than every shape but a named value and an address. */
const SHORTEST_CHARS = 6;

function oneRound(text: string, shapes: ReadonlySet<Shape>): string {
  if (text.length < SHORTEST_CHARS) return text;
  const clean = withoutShapes(text, shapes);
  const plain = decoded(clean);
  if (plain === clean) return clean;
  const left = withoutShapes(plain, shapes);
  return left === plain ? clean : left;
}

const ESCAPED = /\\+u00([2-7][0-9a-f])/gi;

/** JSON may write any letter by its number; quotes and backslashes stay as they are. */
function decoded(text: string): string {
  if (!text.includes('\\u00')) return text;
  return text.replace(ESCAPED, (whole, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return character === '"' || character === '\\' ? whole : character;
  });
}

/** Most texts hold none: to ask whether is much cheaper than to ask where. */
const [KEY, BEARER, NAMED] = [secret.KEY_SHAPES, secret.BEARER, secret.NAMED_VALUE].map(
  ({ source, flags }) => new RegExp(source, flags.replace('g', '')),
) as [RegExp, RegExp, RegExp];
const LONG_DIGITS = /\d(?:[ \u00a0-]?\d){12}/;

/** All are looked for in the same text: what one takes out may be the sign that another goes by. */
function withoutShapes(text: string, shapes: ReadonlySet<Shape>): string {
  const found: Found[] = [];
  const add = (what: string, places: readonly Place[]): void => {
    for (const place of places) found.push({ what, place });
  };
  if (shapes.has('secrets')) {
    if (text.includes('-----BEGIN ')) add('private-key', findAll(text, secret.PRIVATE_KEY));
    if (text.includes('@')) add('login', findAll(text, secret.URL_CREDENTIALS));
    if (KEY.test(text)) add('key', findAll(text, secret.KEY_SHAPES));
    if (BEARER.test(text)) add('token', findBearers(text));
    if (NAMED.test(text)) add('named', findNamedValues(text));
  }
  if (shapes.has('emails')) add('email', findEmails(text));
  if (shapes.has('cards') && LONG_DIGITS.test(text)) add('card', findCards(text));
  return found.length === 0 ? text : without(text, found);
}

/** Where the pattern is found, behind its first group and before its second where it has them. */
function findAll(text: string, pattern: RegExp): Place[] {
  return Array.from(text.matchAll(pattern), ({ index, 0: all, 1: before = '', 2: after = '' }) => [
    index + before.length,
    index + all.length - after.length,
  ]);
}

function findBearers(text: string): Place[] {
  return Array.from(text.matchAll(secret.BEARER), ({ index, 0: sign, 1: token = '' }) => {
    const from = index + sign.length;
    return [from, from + token.length];
  });
}

/** A name and what may stand behind it, at most: the value before may end within it. */
const NAME_LIMIT_CHARS = 64;

function findNamedValues(text: string): Place[] {
  const found: Place[] = [];
  const { NAMED_VALUE: named } = secret;
  named.lastIndex = 0;
  let name: RegExpExecArray | null;
  while ((name = named.exec(text)) !== null) {
    const from = named.lastIndex;
    const value = valueAt(text, from, name[1] ?? '');
    if (value === null) continue;
    found.push(value.place);
    const [, to] = value.place;
    named.lastIndex = value.isWord ? Math.max(from, to - NAME_LIMIT_CHARS) : to;
  }
  return found;
}

interface Value {
  place: Place;
  /** One word, which may be the name of another value. */
  isWord: boolean;
}

function valueAt(text: string, from: number, name: string): Value | null {
  secret.OPENING_QUOTE.lastIndex = from;
  const quote = secret.OPENING_QUOTE.exec(text);
  if (quote !== null) {
    const start = secret.OPENING_QUOTE.lastIndex;
    const end = closingQuote(text, start, quote[2] ?? '', quote[1]?.length ?? 0);
    return end === start ? null : { place: [start, end], isWord: false };
  }
  const isLine = /^(?:authorization|cookie)$/i.test(name);
  const bare = isLine ? secret.LINE_VALUE : secret.BARE_VALUE;
  bare.lastIndex = from;
  return bare.test(text) ? { place: [from, bare.lastIndex], isWord: !isLine } : null;
}

/**
 * Where the value ends that began with a quote behind so many backslashes: a quote of the value itself
 * has more of them. A value without an end goes to the end of the text.
 */
function closingQuote(text: string, start: number, quote: string, depth: number): number {
  for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (at - slashes - 1 >= start && text[at - slashes - 1] === '\\') slashes += 1;
    if (slashes % (2 * (depth + 1)) === depth) return at - depth;
  }
  return text.length;
}

interface Found {
  what: string;
  place: Place;
}

/** Places that overlap are one, of the kind that begins first. */
function without(text: string, found: readonly Found[]): string {
  let left = '';
  let done = 0;
  let [start, end, what] = [-1, -1, ''];
  const close = (): void => {
    if (start < 0) return;
    left += text.slice(done, start) + mark(what);
    done = end;
  };
  for (const next of found.toSorted((one, other) => one.place[0] - other.place[0])) {
    const [from, to] = next.place;
    if (from >= end) {
      close();
      [start, what] = [from, next.what];
    }
    end = Math.max(end, to);
  }
  close();
  return left + text.slice(done);
}
