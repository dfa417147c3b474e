// Reads what a program hands to the manual interface: foreign values, of which nothing is certain
// and whose every property may throw.

import type { Attributes } from '@opentelemetry/api';
import { noteField, noteText } from '../privacy/recorded-content.ts';
import { safely, warnOnce } from '../safely.ts';

/** The field, or undefined when there is none or it cannot be read. */
export function given(from: unknown, field: string): unknown {
  if (typeof from !== 'object' || from === null) return undefined;
  return safely(`the field ${field}`, () => (from as Record<string, unknown>)[field]);
}

/** The field as text: null empties it, and what is neither text nor a number is left out. */
export function givenText(from: unknown, field: string): string | undefined {
  const value = given(from, field);
  if (value === undefined) return undefined;
  if (value === null) return '';
  const text = asText(value);
  if (text === undefined) leftOut(field, value);
  return text;
}

/** A text that may hold anything, such as a description: what is secret of it stays here. */
export function givenNote(from: unknown, field: string, attribute: string): string | null {
  const text = givenText(from, field) ?? '';
  return text === '' ? null : noteText(text, attribute, TEXT_LIMIT_CHARS);
}

export function leftOut(field: string, value: unknown): void {
  warnOnce(`given:${field}`, `${field} is left out: no text but ${typeof value}`);
}

const UNNAMED = 'unnamed';

/** What is given as a name, itself or as the `name` of its options. */
export function givenName(value: unknown): string {
  const name = asText(typeof value === 'object' ? given(value, 'name') : value);
  if (name !== undefined && name !== '') return name;
  warnOnce('given:name', `an agent, tool or stage without a name is recorded as "${UNNAMED}"`);
  return UNNAMED;
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The field as a whole number from 0 on, such as tokens; else it is left out. */
export function givenCount(from: unknown, field: string): number | null {
  const value = given(from, field);
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  warnOnce(`given:${field}`, `${field} is left out: no whole number from 0 on`);
  return null;
}

/** The field as a number from 0 up to `limit`; else it is left out. */
export function givenNumber(from: unknown, field: string, limit: number): number | null {
  const value = given(from, field);
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && value >= 0 && value <= limit) return value;
  warnOnce(`given:${field}`, `${field} is left out: no number from 0 to ${limit}`);
  return null;
}

/** The texts of a list, at most `limit` of them; null when there is none. */
export function givenTexts(from: unknown, field: string, limit: number): string[] | null {
  const value = given(from, field);
  const texts = safely(`the field ${field}`, () => {
    if (!Array.isArray(value)) return [];
    return (value as unknown[]).slice(0, limit).map(asText);
  });
  const known = (texts ?? []).filter((each) => each !== undefined);
  return known.length === 0 ? null : known.map((each) => each.slice(0, TEXT_LIMIT_CHARS));
}

const PAIRS_LIMIT = 32;
const TEXT_LIMIT_CHARS = 1024;

/** The fields of an object as attribute values under a prefix; objects become JSON text. All redacted. */
export function givenPairs(from: unknown, prefix: string): Attributes {
  const pairs: Attributes = {};
  if (typeof from !== 'object' || from === null) return pairs;
  for (const key of (safely('fields', () => Object.keys(from)) ?? []).slice(0, PAIRS_LIMIT)) {
    const value = given(from, key);
    const name = prefix + noteText(key, prefix, TEXT_LIMIT_CHARS);
    const known = typeof value === 'boolean' ? value : fieldOf(key, value, name);
    if (known !== undefined) pairs[name] = known;
  }
  return pairs;
}

function fieldOf(key: string, value: unknown, name: string): string | number | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'object' ? value : asText(value);
  if (text === undefined) {
    leftOut(key, value);
    return undefined;
  }
  const written = noteField(key, text, name, TEXT_LIMIT_CHARS);
  return typeof value === 'number' && written === text ? value : written;
}
