// Reads the values of options: as code gives them, or as text of the environment. Undefined is what no
// option can be.

import { isKindOrName } from './kinds.ts';
import { SHAPES, type Shape } from './known-shapes.ts';

export interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
}

export type Reader<T> = (value: unknown) => T | undefined;

const LIST_LIMIT = 200;
const NAME_LIMIT_CHARS = 256;

export const yesOrNo: Reader<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  return word === 'true' ? true : word === 'false' ? false : undefined;
};

export function wholeNumber(most: number): Reader<number> {
  return (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    const known = typeof number === 'number' && Number.isInteger(number);
    return known && number >= 0 && number <= most ? number : undefined;
  };
}

function words(value: unknown): string[] | undefined {
  const list = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(list) || list.length > LIST_LIMIT) return undefined;
  const found = (list as unknown[]).map((each) => (typeof each === 'string' ? each.trim() : ''));
  return found.every((each) => each !== '' && each.length <= NAME_LIMIT_CHARS) ? found : undefined;
}

export const kinds: Reader<ReadonlySet<string>> = (value) => {
  const found = words(value);
  return found?.every(isKindOrName) === true ? new Set(found) : undefined;
};

export type Names = (name: string) => boolean;

/** Names as they are, or with `*` for any characters. */
export const nameList: Reader<Names> = (value) => {
  const found = words(value);
  if (found === undefined) return undefined;
  const whole = new Set(found.filter((each) => !each.includes('*')));
  const patterns = found
    .filter((each) => each.includes('*'))
    .map((each) => new RegExp(`^${each.replace(/[^\w*]/g, '\\$&').replace(/\*+/g, '.*')}$`, 's'));
  return (name) => whole.has(name) || patterns.some((pattern) => pattern.test(name));
};

export const shapes: Reader<ReadonlySet<Shape>> = (value) => {
  if (value === 'none') return new Set();
  const found = Array.isArray(value) && value.length === 0 ? [] : words(value);
  const known = found?.every((each) => (SHAPES as readonly string[]).includes(each));
  return known === true ? new Set(found as Shape[]) : undefined;
};

const PATTERN_LIMIT_CHARS = 1024;
const RULES_LIMIT = 64;

/** A list of patterns, or its JSON text; a pattern is text, a RegExp, or has `name` and `pattern`. */
export const rules: Reader<readonly Rule[]> = (value) => {
  try {
    const list: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    if (!Array.isArray(list) || list.length > RULES_LIMIT) return undefined;
    const found = (list as unknown[]).map(readRule);
    return found.every((each) => each !== undefined) ? found : undefined;
  } catch {
    return undefined;
  }
};

function readRule(from: unknown): Rule | undefined {
  if (typeof from === 'string') return readRule({ pattern: from });
  if (from instanceof RegExp) return readRule({ pattern: from });
  if (typeof from !== 'object' || from === null) return undefined;
  const { name = 'rule', pattern, flags = '' } = from as Record<string, unknown>;
  if (typeof name !== 'string' || !/^[\w-]{1,40}$/.test(name)) return undefined;
  const source = pattern instanceof RegExp ? pattern.source : pattern;
  const said = pattern instanceof RegExp ? pattern.flags : flags;
  if (typeof source !== 'string' || typeof said !== 'string') return undefined;
  if (source === '' || source.length > PATTERN_LIMIT_CHARS) return undefined;
  const made = new RegExp(source, `${said.replace(/[gy]/g, '')}g`);
  // What matches nothing at all would stand between all letters.
  return made.test('') ? undefined : { name, pattern: made };
}

/** Where a text is from, for a callback that decides by it. */
export interface TextPlace {
  /** prompts, answers, system_instructions, tool_arguments, tool_results, tool_definitions, notes. */
  readonly kind: string;
  /** The attribute that it is to stand in. */
  readonly attribute: string;
}

/** The text that may leave, or null where the whole value is to stay. */
export type Redactor = (text: string, place: TextPlace) => string | null;

export const redactor: Reader<Redactor> = (value) =>
  typeof value === 'function' ? (value as Redactor) : undefined;

export const hashKey: Reader<string> = (value) =>
  typeof value === 'string' && value.length >= 16 && value.length <= 1024 ? value : undefined;
