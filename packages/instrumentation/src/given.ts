// Reads what a program hands to the manual interface: foreign values, of which nothing is certain
// and whose every property may throw.

import { safely, warnOnce } from './safely.ts';

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
