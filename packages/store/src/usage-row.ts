// A row of sums as the questions answer it: what no call said is null, and durations are told as
// percentiles.

import { TOKEN_CLASSES, type TokenClass } from '@spanledger/ledger';
import {
  count,
  counts,
  integer,
  money,
  nullable,
  readRow,
  text,
  type Field,
  type Fields,
  type RowOf,
} from './field.ts';
import { percentile, type Durations } from './percentile.ts';
import { DIMENSIONS, MEASURES, type Dimension } from './usage-columns.ts';

export interface UsageRow {
  /** The dimensions that were asked for. */
  readonly group: Readonly<Partial<Record<Dimension, string>>>;
  readonly calls: number;
  readonly calls_with_usage: number;
  readonly calls_priced: number;
  /** Model calls that failed, also those that the provider never served. */
  readonly call_errors: number;
  readonly tool_errors: number;
  readonly run_errors: number;
  readonly tool_calls: number;
  readonly runs: number;
  /** Sums by class; null when no call said anything of a class. */
  readonly tokens: Readonly<Record<TokenClass, number | null>>;
  /** In 10⁻¹² dollars; null when no call has a price. */
  readonly cost_usd: bigint | null;
  readonly duration_ns: bigint;
  readonly duration_p50_ns: number | null;
  readonly duration_p95_ns: number | null;
  /** Why usage or cost is not known: `usage:…` and `cost:…` with the number of calls. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What each `$measures` of a question stands for. */
export const MEASURES_SQL = MEASURES.map(
  ({ name, again }) => `${again.replace(`(${name})`, `(u.${name})`)} AS ${name}`,
).join(',\n    ');

const SUM_FIELDS = {
  calls: count,
  calls_with_usage: count,
  calls_priced: count,
  call_errors: count,
  tool_errors: count,
  run_errors: count,
  tool_calls: count,
  runs: count,
  cost_usd: nullable(money),
  duration_ns: integer,
  durations: counts,
  reasons: counts,
} as const satisfies Fields;

const TOKEN_FIELDS = Object.fromEntries(
  TOKEN_CLASSES.map((name) => [name, nullable(count)]),
) as Record<TokenClass, Field<number | null>>;

export function readUsageRow(row: Readonly<Record<string, unknown>>): UsageRow {
  const { durations, ...sums }: RowOf<typeof SUM_FIELDS> = readRow(SUM_FIELDS, row);
  const asked = DIMENSIONS.filter((name) => name in row);
  return {
    group: Object.fromEntries(asked.map((name) => [name, text(row[name], name)])),
    ...sums,
    tokens: readRow(TOKEN_FIELDS, row),
    duration_p50_ns: percentile(durations as Durations, 0.5),
    duration_p95_ns: percentile(durations as Durations, 0.95),
  };
}
