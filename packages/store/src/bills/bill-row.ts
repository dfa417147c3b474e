// Rows of a bill as the questions answer them, and their sums: exact, and null where nothing is known.

import { TOKEN_CLASSES, type TokenClass } from '@spanledger/ledger';
import { readRow, text } from '../clickhouse/field.ts';
import {
  COUNTS,
  readGroupedSums,
  type CountName,
  type GroupedSums,
  type Sums,
} from '../usage/sums-row.ts';

export interface AdjustmentRow extends GroupedSums {
  /** The frozen month that changed, as in `2026-10`. */
  readonly month: string;
  /** The day on which it is billed, as in `2026-11-03`. */
  readonly booked_on: string;
}

export function readAdjustmentRow(row: Readonly<Record<string, unknown>>): AdjustmentRow {
  return { ...readRow({ month: text, booked_on: text }, row), ...readGroupedSums(row) };
}

export const NO_SUMS: Sums = {
  ...(Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<CountName, 0>),
  tokens: Object.fromEntries(TOKEN_CLASSES.map((name) => [name, null])) as Record<TokenClass, null>,
  cost_usd: null,
};

/** What is known of both together. */
export function addBill(one: Sums, other: Sums): Sums {
  const counts = COUNTS.map((name) => [name, one[name] + other[name]]);
  const tokens = TOKEN_CLASSES.map((name) => [name, plus(one.tokens[name], other.tokens[name])]);
  return {
    ...(Object.fromEntries(counts) as Record<CountName, number>),
    tokens: Object.fromEntries(tokens) as Sums['tokens'],
    cost_usd:
      one.cost_usd === null || other.cost_usd === null
        ? (one.cost_usd ?? other.cost_usd)
        : one.cost_usd + other.cost_usd,
  };
}

/** The same with every sign turned. */
export function negate(sums: Sums): Sums {
  const counts = COUNTS.map((name) => [name, 0 - sums[name]]);
  const tokens = TOKEN_CLASSES.map((name) => [name, minus(sums.tokens[name])]);
  return {
    ...(Object.fromEntries(counts) as Record<CountName, number>),
    tokens: Object.fromEntries(tokens) as Sums['tokens'],
    cost_usd: sums.cost_usd === null ? null : -sums.cost_usd,
  };
}

/** Whether anything is more or less than nothing. */
export function isSomething(sums: Sums): boolean {
  const figures = [...COUNTS.map((name) => sums[name]), ...Object.values(sums.tokens)];
  return figures.some((figure) => (figure ?? 0) !== 0) || (sums.cost_usd ?? 0n) !== 0n;
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}

function minus(value: number | null): number | null {
  return value === null ? null : 0 - value;
}
