// Calls, tokens and cost as the questions answer them: what no call said of is null.

import { TOKEN_CLASSES, type TokenClass } from '@spanledger/ledger';
import {
  count,
  money,
  nullable,
  readRow,
  text,
  type Field,
  type Fields,
} from '../clickhouse/field.ts';
import { DIMENSIONS, type Dimension } from './usage-columns.ts';

/** In an adjustment they may be less than nothing. */
export interface Sums {
  readonly calls: number;
  readonly calls_with_usage: number;
  readonly calls_priced: number;
  /** Model calls that failed, also those that the provider never served. */
  readonly call_errors: number;
  readonly tool_errors: number;
  readonly run_errors: number;
  readonly tool_calls: number;
  readonly runs: number;
  /** By class; null when no call said anything of a class. */
  readonly tokens: Readonly<Record<TokenClass, number | null>>;
  /** In 10⁻¹² dollars; null when no call has a price. */
  readonly cost_usd: bigint | null;
}

export interface GroupedSums extends Sums {
  /** The dimensions that were asked for. */
  readonly group: Readonly<Partial<Record<Dimension, string>>>;
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
export type CountName = keyof typeof COUNT_FIELDS;
export const COUNTS = Object.keys(COUNT_FIELDS) as CountName[];

const TOKEN_FIELDS = Object.fromEntries(
  TOKEN_CLASSES.map((name) => [name, nullable(count)]),
) as Record<TokenClass, Field<number | null>>;

type Raw = Readonly<Record<string, unknown>>;

export function readSums(row: Raw): Sums {
  const { cost_usd } = readRow({ cost_usd: nullable(money) }, row);
  return { ...readRow(COUNT_FIELDS, row), tokens: readRow(TOKEN_FIELDS, row), cost_usd };
}

export function readGroupedSums(row: Raw): GroupedSums {
  const asked = DIMENSIONS.filter((name) => name in row);
  const group = Object.fromEntries(asked.map((name) => [name, text(row[name], name)]));
  return { group, ...readSums(row) };
}
