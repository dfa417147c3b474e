// Derives a period again from its facts and compares, level by level: ledger and executions, then
// minutes, hours and days, then what the views say. Says what differs and where; changes nothing.

import {
  EXECUTION_COLUMNS,
  LEDGER_COLUMNS,
  type Column,
  type ExecutionRow,
  type LedgerRow,
} from '@spanledger/ledger';
import type { Connection } from './connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { pieces } from './grouping.ts';
import { readNative } from './native-reader.ts';
import { settleUnits, tracesOfUnits, type Settle } from './settle-traces.ts';
import {
  BATCH_CONDITION,
  HOUR_S,
  LAST_S,
  batchParameters,
  batchesOf,
  keyOf,
  traceKey,
  type TraceHours,
} from './trace-hours.ts';
import { UNIT_LIMITS, readUnits, type UnitLimits } from './units.ts';
import { verifyUsage } from './verify-usage.ts';

export interface VerifyPeriod {
  /** Nothing of another organisation is read, compared or counted. */
  readonly org_id: string;
  readonly from_s: number;
  readonly to_s: number;
}

export interface Difference {
  readonly level: string;
  readonly org_id: string;
  /** The row or key, as a person can look it up. */
  readonly where: string;
  /** The column, or `missing` or `surplus` for a whole row. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export interface VerifyReport {
  readonly traces: number;
  readonly rows: number;
  /** The first of them; `total` counts all. */
  readonly differences: readonly Difference[];
  readonly total: number;
  /** Priced with a book that is not the one of today: their prices were not compared. */
  readonly rows_of_other_books: number;
}

const DIFFERENCES_MAX = 1_000;
const TRACES_PER_READING = 500;

/** Collects differences up to a bound and counts the rest. */
export class Findings {
  readonly list: Difference[] = [];
  total = 0;
  rows_of_other_books = 0;

  add(difference: Difference): void {
    this.total++;
    if (this.list.length < DIFFERENCES_MAX) this.list.push(difference);
  }
}

export async function verify(
  connection: Connection,
  period: VerifyPeriod,
  settle: Settle,
  limits: UnitLimits = UNIT_LIMITS,
): Promise<VerifyReport> {
  const findings = new Findings();
  let traces = 0;
  let rows = 0;
  for await (const dirty of tracesOf(connection, period)) {
    const { units } = await readUnits(connection, dirty, limits);
    const settled = await settleUnits(units, settle);
    const hours = tracesOfUnits(units);
    const other = await otherBooks(connection, hours, settled.rows);
    findings.rows_of_other_books += other.rows;
    await compareRows(connection, hours, LEDGER, settled.rows, other.traces, findings);
    await compareRows(connection, hours, EXECUTIONS, settled.executions, other.traces, findings);
    traces += dirty.length;
    rows += settled.rows.length;
  }
  await findStrays(connection, period, findings);
  await verifyUsage(connection, period, findings);
  const { list: differences, total, rows_of_other_books } = findings;
  return { traces, rows, differences, total, rows_of_other_books };
}

/** Traces by the hour of their first fact in the period. */
async function* tracesOf(
  connection: Connection,
  period: VerifyPeriod,
): AsyncGenerator<readonly DirtyTrace[]> {
  const hours = await connection.rows(
    `SELECT DISTINCT toUnixTimestamp(hour) AS hour_s FROM genai_facts
     WHERE org_id = {org_id:String}
       AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
       AND hour < toDateTime({to_s:UInt32}, 'UTC') ORDER BY hour_s`,
    { ...period },
  );
  for (const row of hours) {
    const hour_s = Number(row['hour_s']);
    const bytes = await connection.native(
      `SELECT org_id, trace_id, min(start_time) AS first_ns, max(start_time) AS last_ns
       FROM genai_facts
       WHERE org_id = {org_id:String} AND hour = toDateTime({hour_s:UInt32}, 'UTC')
       GROUP BY org_id, trace_id ORDER BY trace_id`,
      { org_id: period.org_id, hour_s },
    );
    yield* pieces(readNative<DirtyTrace>(bytes), TRACES_PER_READING);
  }
}

interface Compared<Row> {
  readonly table: string;
  readonly columns: readonly Column<Row>[];
  /** What follows from the price book. */
  readonly priced: readonly (keyof Row & string)[];
  where(row: Row): string;
}

const LEDGER: Compared<LedgerRow> = {
  table: 'ledger',
  columns: LEDGER_COLUMNS,
  priced: ['cost_usd', 'cost_reason', 'price_id', 'price_book', 'doubts'],
  where: ({ trace_id, span_id, event_id }) => [trace_id, span_id, event_id].join(' '),
};

const EXECUTIONS: Compared<ExecutionRow> = {
  table: 'executions',
  columns: EXECUTION_COLUMNS,
  priced: ['cost_usd', 'calls_priced'],
  where: ({ trace_id, span_id, execution_id }) => [trace_id, span_id, execution_id].join(' '),
};

/**
 * A changed book changes no stored row, so a row keeps the price that it was settled with until it is
 * recosted; that is no difference. Which traces have such rows, and how many.
 */
async function otherBooks(
  connection: Connection,
  traces: readonly TraceHours[],
  expected: readonly LedgerRow[],
): Promise<{ rows: number; traces: ReadonlySet<string> }> {
  const book = expected.find((row) => row.price_book !== '')?.price_book ?? '';
  const wanted = new Set(traces.map(keyOf));
  const found = new Set<string>();
  let rows = 0;
  for (const batch of book === '' ? [] : batchesOf(traces)) {
    const bytes = await connection.native(
      `SELECT trace_id, start_time FROM ledger FINAL
       WHERE ${BATCH_CONDITION} AND price_book != '' AND price_book != {book:String}`,
      { ...batchParameters(batch), book },
    );
    for (const row of readNative<Pick<LedgerRow, 'trace_id' | 'start_time'>>(bytes)) {
      const key = traceKey(row.trace_id, row.start_time);
      if (!wanted.has(key)) continue;
      found.add(key);
      rows++;
    }
  }
  return { rows, traces: found };
}

async function compareRows<Row extends LedgerRow | ExecutionRow>(
  connection: Connection,
  traces: readonly TraceHours[],
  compared: Compared<Row>,
  expected: readonly Row[],
  otherBooks: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  const { table, columns, priced, where } = compared;
  const unpriced = columns.filter(({ name }) => !priced.includes(name));
  const wanted = new Set(traces.map((trace) => `${trace.org_id}\n${keyOf(trace)}`));
  const stored = new Map<string, Row>();
  for (const batch of batchesOf(traces)) {
    const names = columns.map(({ name }) => name).join(', ');
    const sql = `SELECT ${names} FROM ${table} FINAL WHERE ${BATCH_CONDITION}`;
    for (const row of readNative<Row>(await connection.native(sql, batchParameters(batch)))) {
      if (!wanted.has(`${row.org_id}\n${traceKey(row.trace_id, row.start_time)}`)) continue;
      const key = `${row.org_id}\n${where(row)}`;
      const at = { level: table, org_id: row.org_id, where: where(row) };
      if (stored.has(key)) findings.add({ ...at, what: 'surplus', expected: '1', found: '2' });
      stored.set(key, row);
    }
  }
  for (const row of expected) {
    const key = `${row.org_id}\n${where(row)}`;
    const found = stored.get(key);
    stored.delete(key);
    const at = { level: table, org_id: row.org_id, where: where(row) };
    if (found === undefined) findings.add({ ...at, what: 'missing', expected: '1', found: '0' });
    else {
      const other = otherBooks.has(traceKey(row.trace_id, row.start_time));
      compareFields(at, other ? unpriced : columns, row, found, findings);
    }
  }
  for (const row of stored.values()) {
    const at = { level: table, org_id: row.org_id, where: where(row) };
    findings.add({ ...at, what: 'surplus', expected: '0', found: '1' });
  }
}

function compareFields<Row>(
  at: Pick<Difference, 'level' | 'org_id' | 'where'>,
  columns: readonly Column<Row>[],
  expected: Row,
  found: Row,
  findings: Findings,
): void {
  for (const { name } of columns) {
    const [left, right] = [String(expected[name]), String(found[name])];
    if (left !== right) findings.add({ ...at, what: name, expected: left, found: right });
  }
}

/** Ledger rows of traces that no fact is left of. */
async function findStrays(
  connection: Connection,
  period: VerifyPeriod,
  findings: Findings,
): Promise<void> {
  const rows = await connection.rows(
    `SELECT org_id, trace_id, count() AS rows FROM ledger FINAL
     WHERE org_id = {org_id:String}
       AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
       AND hour < toDateTime({to_s:UInt32}, 'UTC')
       AND trace_id NOT IN (SELECT trace_id FROM genai_facts
         WHERE org_id = {org_id:String} AND hour >= toDateTime({first_s:UInt32}, 'UTC')
           AND hour <= toDateTime({last_s:UInt32}, 'UTC'))
     GROUP BY org_id, trace_id`,
    {
      ...period,
      first_s: Math.max(0, period.from_s - HOUR_S),
      last_s: Math.min(LAST_S, period.to_s + HOUR_S),
    },
  );
  for (const row of rows) {
    findings.add({
      level: 'ledger',
      org_id: String(row['org_id']),
      where: String(row['trace_id']),
      what: 'surplus',
      expected: '0',
      found: String(row['rows']),
    });
  }
}
