// A row of sums as the questions answer it: what no call said is null, and durations are told as
// percentiles.

import { counts, integer, readRow } from '../clickhouse/field.ts';
import { percentile, type Durations } from './percentile.ts';
import { readGroupedSums, type GroupedSums } from './sums-row.ts';
import { MEASURES } from './usage-columns.ts';

export interface UsageRow extends GroupedSums {
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

const OWN_FIELDS = { duration_ns: integer, durations: counts, reasons: counts } as const;

export function readUsageRow(row: Readonly<Record<string, unknown>>): UsageRow {
  const { durations, ...own } = readRow(OWN_FIELDS, row);
  return {
    ...readGroupedSums(row),
    ...own,
    duration_p50_ns: percentile(durations as Durations, 0.5),
    duration_p95_ns: percentile(durations as Durations, 0.95),
  };
}
