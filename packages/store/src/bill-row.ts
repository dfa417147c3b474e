// Rows of a bill as the questions answer them, and their sums: exact, and null where nothing is known.

import { TOKEN_CLASSES, type TokenClass } from '@spanledger/ledger';
import { count, money, nullable, readRow, text, type Field, type Fields } from './field.ts';
import { DIMENSIONS, type Dimension } from './usage-columns.ts';

/** Calls, tokens and cost; of an adjustment they may be less than nothing. */
export interface BillSums {
  readonly calls: number;
  readonly calls_with_usage: number;
  readonly calls_priced: number;
  readonly call_errors: number;
  readonly tool_errors: number;
  readonly run_errors: number;
  readonly tool_calls: number;
  readonly runs: number;
  readonly tokens: Readonly<Record<TokenClass, number | null>>;
  /** In 10⁻¹² dollars. */
  readonly cost_usd: bigint | null;
}

export interface BillRow extends BillSums {
  /** The dimensions that were asked for. */
  readonly group: Readonly<Partial<Record<Dimension, string>>>;
}

export interface AdjustmentRow extends BillRow {
  /** The frozen month that changed, as in `2026-10`. */
  readonly month: string;
  /** The day on which it is billed, as in `2026-11-03`. */
  readonly booked_on: string;
}

const COUNT_FIELDS = {
  calls: count,
  calls_with_usage: count,
  calls_priced: count,
  call_errors: count,
  tool_errors: count,
  run_errors: count,
  tool_calls: count,
  runs: count,
} as const satisfies Fields;
const COUNTS = Object.keys(COUNT_FIELDS) as (keyof typeof COUNT_FIELDS)[];

const TOKEN_FIELDS = Object.fromEntries(
  TOKEN_CLASSES.map((name) => [name, nullable(count)]),
) as Record<TokenClass, Field<number | null>>;

type Raw = Readonly<Record<string, unknown>>;

export function readBillSums(row: Raw): BillSums {
  const { cost_usd } = readRow({ cost_usd: nullable(money) }, row);
  return { ...readRow(COUNT_FIELDS, row), tokens: readRow(TOKEN_FIELDS, row), cost_usd };
}

export function readBillRow(row: Raw): BillRow {
  const asked = DIMENSIONS.filter((name) => name in row);
  const group = Object.fromEntries(asked.map((name) => [name, text(row[name], name)]));
  return { group, ...readBillSums(row) };
}

export function readAdjustmentRow(row: Raw): AdjustmentRow {
  return { ...readRow({ month: text, booked_on: text }, row), ...readBillRow(row) };
}

export const NO_SUMS: BillSums = {
  ...(Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<keyof typeof COUNT_FIELDS, 0>),
  tokens: Object.fromEntries(TOKEN_CLASSES.map((name) => [name, null])) as Record<TokenClass, null>,
  cost_usd: null,
};

/** What is known of both together. */
export function addBill(one: BillSums, other: BillSums): BillSums {
  const counts = COUNTS.map((name) => [name, one[name] + other[name]]);
  const tokens = TOKEN_CLASSES.map((name) => [name, plus(one.tokens[name], other.tokens[name])]);
  return {
    ...(Object.fromEntries(counts) as Record<keyof typeof COUNT_FIELDS, number>),
    tokens: Object.fromEntries(tokens) as BillSums['tokens'],
    cost_usd:
      one.cost_usd === null || other.cost_usd === null
        ? (one.cost_usd ?? other.cost_usd)
        : one.cost_usd + other.cost_usd,
  };
}

/** The same with every sign turned. */
export function negate(sums: BillSums): BillSums {
  const counts = COUNTS.map((name) => [name, 0 - sums[name]]);
  const tokens = TOKEN_CLASSES.map((name) => [name, minus(sums.tokens[name])]);
  return {
    ...(Object.fromEntries(counts) as Record<keyof typeof COUNT_FIELDS, number>),
    tokens: Object.fromEntries(tokens) as BillSums['tokens'],
    cost_usd: sums.cost_usd === null ? null : -sums.cost_usd,
  };
}

/** Whether anything is more or less than nothing. */
export function isSomething(sums: BillSums): boolean {
  const figures = [...COUNTS.map((name) => sums[name]), ...Object.values(sums.tokens)];
  return figures.some((figure) => (figure ?? 0) !== 0) || (sums.cost_usd ?? 0n) !== 0n;
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}

function minus(value: number | null): number | null {
  return value === null ? null : 0 - value;
}
