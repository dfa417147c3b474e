// Pages of long lists. A short way in is skipped with `offset`; beyond that an opaque cursor goes on
// behind the last row of the page before, however long the list is.

import { SpanledgerError } from '@spanledger/ledger';
import { z } from 'zod';

export const OFFSET_MAX = 10_000;
const CURSOR_LENGTH_MAX = 2_048;

const offset = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .pipe(z.number().max(OFFSET_MAX))
  .describe(`0 to ${OFFSET_MAX}; beyond that go on with a cursor`);

const cursor = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .max(CURSOR_LENGTH_MAX)
  .describe('the "next_cursor" of the page before');

/** `fallback` rows a page where nothing is said, and never more than `max`. */
export function pageLimit(max: number, fallback: number) {
  return z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.number().min(1).max(max))
    .describe(`1 to ${max}; ${fallback} when nothing is said`);
}

export const PAGE = { offset: offset.optional(), cursor: cursor.optional() };

/** The place behind a row: the values that the list is ordered by, as text. */
export function cursorAfter(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** `count` values, or null without a cursor. Throws `invalid_parameter` for one we did not write. */
export function readCursor(given: string | undefined, count: number): readonly string[] | null {
  if (given === undefined) return null;
  const values = parse(Buffer.from(given, 'base64url').toString());
  if (Array.isArray(values) && values.length === count) {
    if (values.every((value) => typeof value === 'string')) return values;
  }
  throw new SpanledgerError('invalid_parameter', 'cursor; allowed: the "next_cursor" of a page');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * The rows of a page, asked for with one more than its limit, and where the next begins: null at the
 * end.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  place: (row: Row) => readonly string[],
): { readonly rows: readonly Row[]; readonly next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const final = shown.at(-1);
  const more = rows.length > limit && final !== undefined;
  return { rows: shown, next_cursor: more ? cursorAfter(place(final)) : null };
}
