// Compares the stored rows of some traces with what settling makes of their facts, column by column,
// and says why a row may differ.

import {
  EXECUTION_COLUMNS,
  LEDGER_COLUMNS,
  type Column,
  type ExecutionRow,
  type LedgerRow,
} from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import type { Difference, Findings } from '../usage/findings.ts';
import { fingerprint } from '../settle/fingerprint.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import {
  BATCH_CONDITION,
  batchParameters,
  batchesOf,
  keyOf,
  traceKey,
  type TraceHours,
} from '../settle/trace-hours.ts';
import { causeOfRow, settlingOf, type RowFault } from './verify-cause.ts';

interface Compared<Row> {
  readonly table: 'ledger' | 'executions';
  readonly columns: readonly Column<Row>[];
  /** What follows from the price book. */
  readonly priced: readonly (keyof Row & string)[];
  where(row: Row): string;
}

const LEDGER: Compared<LedgerRow> = {
  table: 'ledger',
  columns: LEDGER_COLUMNS,
  priced: ['cost_usd', 'cost_reason', 'price_id', 'price_book', 'doubts'],
  where: ({ trace_id, span_id, event_id }) => [trace_id, span_id, event_id].join(' ').trimEnd(),
};

const EXECUTIONS: Compared<ExecutionRow> = {
  table: 'executions',
  columns: EXECUTION_COLUMNS,
  priced: ['cost_usd', 'calls_priced'],
  where: ({ trace_id, span_id, execution_id }) => [trace_id, span_id, execution_id].join(' '),
};

interface Stamp {
  readonly fingerprint: bigint;
  readonly settled_at: bigint;
}

/** A difference whose cause is still to be found. */
interface Fault {
  readonly difference: Omit<Difference, 'cause'>;
  readonly row: LedgerRow | ExecutionRow;
  readonly fault: RowFault;
}

export async function verifyRows(
  connection: Connection,
  traces: readonly TraceHours[],
  expected: { readonly rows: readonly LedgerRow[]; readonly executions: readonly ExecutionRow[] },
  findings: Findings,
): Promise<void> {
  const other = await otherBooks(connection, traces, expected.rows);
  findings.rows_of_other_books += other.rows;
  const faults = [
    ...(await compareRows(connection, traces, LEDGER, expected.rows, other.traces)),
    ...(await compareRows(connection, traces, EXECUTIONS, expected.executions, other.traces)),
  ];
  if (faults.length === 0) return;
  const keys = new Set(faults.map(({ row }) => traceKey(row.trace_id, row.start_time)));
  const settling = await settlingOf(
    connection,
    traces.filter((trace) => keys.has(keyOf(trace))),
  );
  for (const { difference, row, fault } of faults) {
    const { org_id, trace_id, start_time } = row;
    const known = settling.get(traceKey(trace_id, start_time));
    findings.add({ ...difference, cause: causeOfRow(fault, known) });
    findings.targets.addTrace({ org_id, trace_id, first_ns: start_time, last_ns: start_time });
  }
}

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
): Promise<Fault[]> {
  const { table, columns, priced, where } = compared;
  const unpriced = columns.filter(({ name }) => !priced.includes(name));
  const faults: Fault[] = [];
  const stored = new Map<string, Row & Stamp>();
  const missingOrSurplus = (row: Row, what: string, left: string, right: string): void => {
    const at = { level: table, org_id: row.org_id, where: where(row) };
    const fault = what === 'missing' ? { kind: 'missing' } : { kind: 'surplus' };
    const difference = { ...at, what, expected: left, found: right };
    faults.push({ difference, row, fault: fault as RowFault });
  };
  for (const row of await storedRows(connection, traces, compared)) {
    const key = `${row.org_id}\n${where(row)}`;
    const twin = stored.get(key);
    // Either of the two may be the one too many, and may lie where the trace has no fact.
    if (twin !== undefined) {
      missingOrSurplus(row, 'surplus', '1', '2');
      missingOrSurplus(twin, 'surplus', '1', '2');
    }
    stored.set(key, row);
  }
  for (const row of expected) {
    const key = `${row.org_id}\n${where(row)}`;
    const found = stored.get(key);
    stored.delete(key);
    if (found === undefined) {
      missingOrSurplus(row, 'missing', '1', '0');
      continue;
    }
    const other = otherBooks.has(traceKey(row.trace_id, row.start_time));
    for (const { name } of other ? unpriced : columns) {
      const [left, right] = [String(row[name]), String(found[name])];
      if (left === right) continue;
      const at = { level: table, org_id: row.org_id, where: where(row), what: name };
      const { settled_at } = found;
      const as_settled = found.fingerprint === fingerprint<Row>(columns, found);
      const fault: RowFault = { kind: 'changed', settled_at, as_settled };
      faults.push({ difference: { ...at, expected: left, found: right }, row, fault });
    }
  }
  for (const row of stored.values()) missingOrSurplus(row, 'surplus', '0', '1');
  return faults;
}

async function storedRows<Row extends LedgerRow | ExecutionRow>(
  connection: Connection,
  traces: readonly TraceHours[],
  { table, columns }: Compared<Row>,
): Promise<(Row & Stamp)[]> {
  const wanted = new Set(traces.map((trace) => `${trace.org_id}\n${keyOf(trace)}`));
  const rows: (Row & Stamp)[] = [];
  for (const batch of batchesOf(traces)) {
    const names = columns.map(({ name }) => name).join(', ');
    const sql = `SELECT ${names}, fingerprint, settled_at FROM ${table} FINAL WHERE ${BATCH_CONDITION}`;
    for (const row of readNative<Row & Stamp>(
      await connection.native(sql, batchParameters(batch)),
    )) {
      if (wanted.has(`${row.org_id}\n${traceKey(row.trace_id, row.start_time)}`)) rows.push(row);
    }
  }
  return rows;
}
