// A row of sums as the questions answer it: what no call said is null, and durations are told as
// percentiles.

import { TOKEN_CLASSES, type TokenClass } from '@spanledger/ledger';
import { count, counts, integer, money, readRow, text, type Fields, type RowOf } from './field.ts';
import { percentile, type Durations } from './percentile.ts';
import { DIMENSIONS, MEASURES, type Dimension } from './usage-columns.ts';

export interface UsageRow {
  /** The dimensions that were asked for. */
  readonly group: Readonly<Partial<Record<Dimension, string>>>;
  readonly calls: number;
  readonly calls_with_usage: number;
  readonly calls_priced: number;
  readonly errors: number;
  readonly tool_calls: number;
  readonly runs: number;
  /** Sums by class; null when none of the calls has usage. */
  readonly tokens: Readonly<Record<TokenClass, number | null>>;
  /** In 10⁻¹² dollars; null when none of the calls has a price. */
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
  errors: count,
  tool_calls: count,
  runs: count,
  cost_usd: money,
  duration_ns: integer,
  durations: counts,
  reasons: counts,
} as const satisfies Fields;

const TOKEN_FIELDS = Object.fromEntries(TOKEN_CLASSES.map((name) => [name, count])) as Record<
  TokenClass,
  typeof count
>;

export function readUsageRow(row: Readonly<Record<string, unknown>>): UsageRow {
  const { durations, cost_usd, duration_ns, ...sums }: RowOf<typeof SUM_FIELDS> = readRow(
    SUM_FIELDS,
    row,
  );
  const tokens: RowOf<typeof TOKEN_FIELDS> = readRow(TOKEN_FIELDS, row);
  const asked = DIMENSIONS.filter((name) => name in row);
  const known = (calls: number): boolean => sums.calls === 0 || calls > 0;
  return {
    group: Object.fromEntries(asked.map((name) => [name, text(row[name], name)])),
    ...sums,
    tokens: known(sums.calls_with_usage) ? tokens : NO_TOKENS,
    cost_usd: known(sums.calls_priced) ? cost_usd : null,
    duration_ns,
    duration_p50_ns: percentile(durations as Durations, 0.5),
    duration_p95_ns: percentile(durations as Durations, 0.95),
  };
}

const NO_TOKENS = Object.fromEntries(TOKEN_CLASSES.map((name) => [name, null])) as Record<
  TokenClass,
  null
>;
