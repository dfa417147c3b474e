// Derives a period again from its facts and compares, level by level: ledger and executions, then
// minutes, hours and days, then what the views say. Says what differs, where and why; changes nothing.

import type { Connection } from '../clickhouse/connection.ts';
import { Findings, type Difference } from '../usage/findings.ts';
import type { Settle } from '../settle/settle-traces.ts';
import { UNIT_LIMITS, type UnitLimits } from '../settle/units.ts';
import { verifyStep, type VerifyPeriod, type VerifyPlace } from './verify-step.ts';

export interface VerifyReport {
  readonly traces: number;
  readonly rows: number;
  /** The first of them; `total` counts all. */
  readonly differences: readonly Difference[];
  readonly total: number;
  /** Priced with a book that is not the one of today: their prices were not compared. */
  readonly rows_of_other_books: number;
}

/** A whole period at once; a trace that lies in several hours of several steps counts in each. */
export async function verify(
  connection: Connection,
  period: VerifyPeriod,
  settle: Settle,
  limits: UnitLimits = UNIT_LIMITS,
): Promise<VerifyReport> {
  const all = new Findings();
  let traces = 0;
  let rows = 0;
  let place: VerifyPlace | null = null;
  do {
    const step = await verifyStep(connection, period, place, settle, limits);
    traces += step.traces;
    rows += step.rows;
    all.rows_of_other_books += step.findings.rows_of_other_books;
    for (const difference of step.findings.list) all.add(difference);
    all.total += step.findings.total - step.findings.list.length;
    place = step.next;
  } while (place !== null);
  const { list: differences, total, rows_of_other_books } = all;
  return { traces, rows, differences, total, rows_of_other_books };
}
