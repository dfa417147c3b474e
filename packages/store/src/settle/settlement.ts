// Saves what settling derived: only rows that differ from the stored ones, and a deleted row for
// each key that vanished or moved. Settling again what has not changed writes nothing; why that is
// right while others settle the same says announcements.ts.

import { randomUUID } from 'node:crypto';
import {
  EXECUTION_COLUMNS,
  LEDGER_COLUMNS,
  encodeRows,
  type Column,
  type ExecutionRow,
  type LedgerRow,
} from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import { fingerprint } from './fingerprint.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import {
  BATCH_CONDITION,
  MINUTE_S,
  batchParameters,
  batchesOf,
  hourOf,
  keyOf,
  startOf,
  traceKey,
  type TraceHours,
} from './trace-hours.ts';
import type { Displaced } from './units.ts';

/** A derived table: its columns and what tells its rows apart. */
interface Derived<Row> {
  readonly table: 'ledger' | 'executions';
  readonly columns: readonly Column<Row>[];
  readonly key: readonly (keyof Row & string)[];
  /** What else of a stored row is read. */
  readonly also: readonly (keyof Row & string)[];
  keyOf(row: Row): string;
}

type LedgerKey = Pick<LedgerRow, 'org_id' | 'trace_id' | 'span_id' | 'event_id' | 'start_time'>;
type ExecutionKey = Pick<
  ExecutionRow,
  'org_id' | 'execution_id' | 'trace_id' | 'span_id' | 'start_time'
>;

const LEDGER: Derived<LedgerRow> = {
  table: 'ledger',
  columns: LEDGER_COLUMNS,
  key: ['org_id', 'trace_id', 'span_id', 'event_id', 'start_time'],
  also: ['service_name', 'duration_ns', 'lacks_place'],
  keyOf: ({ org_id, trace_id, span_id, event_id, start_time }: LedgerKey) =>
    [org_id, trace_id, span_id, event_id, startOf(start_time, MINUTE_S)].join('\n'),
};

const EXECUTIONS: Derived<ExecutionRow> = {
  table: 'executions',
  columns: EXECUTION_COLUMNS,
  key: ['org_id', 'execution_id', 'trace_id', 'span_id', 'start_time'],
  also: [],
  keyOf: ({ org_id, execution_id, trace_id, span_id, start_time }: ExecutionKey) =>
    [org_id, execution_id, trace_id, span_id, hourOf(start_time)].join('\n'),
};

interface StoredRow {
  readonly fingerprint: bigint;
  readonly settled_at: bigint;
  readonly is_deleted: number;
  readonly start_time: bigint;
  readonly org_id: string;
  readonly trace_id: string;
}

type StoredLedgerRow = StoredRow & Pick<LedgerRow, 'service_name' | 'duration_ns' | 'lacks_place'>;

/** The rows that are stored for some traces, by key; deleted ones included. */
export interface Previous {
  readonly ledger: ReadonlyMap<string, StoredLedgerRow>;
  readonly executions: ReadonlyMap<string, StoredRow>;
}

export interface Saved {
  readonly changed: number;
  readonly deleted: number;
  /** Each organisation and minute whose ledger rows changed. */
  readonly minutes: readonly { readonly org_id: string; readonly time_s: number }[];
}

export async function readPrevious(
  connection: Connection,
  traces: readonly TraceHours[],
): Promise<Previous> {
  return {
    ledger: await readStored(connection, traces, LEDGER),
    executions: await readStored(connection, traces, EXECUTIONS),
  };
}

/** The calls among them that lacked a place when they were stored. */
export function displacedOf({ ledger }: Previous): Displaced[] {
  return [...ledger.values()].filter((row) => row.lacks_place && row.is_deleted === 0);
}

async function readStored<Row, Stored extends StoredRow>(
  connection: Connection,
  traces: readonly TraceHours[],
  derived: Derived<Row>,
): Promise<Map<string, Stored>> {
  const stored = new Map<string, Stored>();
  const wanted = new Set(traces.map((trace) => `${trace.org_id}\n${keyOf(trace)}`));
  for (const batch of batchesOf(traces)) {
    const bytes = await connection.native(
      `SELECT ${[...derived.key, ...derived.also].join(', ')}, fingerprint, settled_at, is_deleted
       FROM ${derived.table} WHERE ${BATCH_CONDITION}`,
      batchParameters(batch),
    );
    for (const row of readNative<Row & Stored>(bytes)) {
      if (!wanted.has(`${row.org_id}\n${traceKey(row.trace_id, row.start_time)}`)) continue;
      const key = derived.keyOf(row);
      const known = stored.get(key);
      if (known === undefined || row.settled_at > known.settled_at) stored.set(key, row);
    }
  }
  return stored;
}

/** Only what differs by its fingerprint, or everything where the stored rows are not to be trusted. */
export type Writing = 'what differs' | 'everything';

/** `version` is ClickHouse's time, taken before the facts were read. */
export async function saveSettlement(
  connection: Connection,
  version: bigint,
  previous: Previous,
  rows: readonly LedgerRow[],
  executions: readonly ExecutionRow[],
  writing: Writing,
): Promise<Saved> {
  const runs = await save(
    connection,
    version,
    previous.executions,
    executions,
    EXECUTIONS,
    writing,
  );
  const own = await save(connection, version, previous.ledger, rows, LEDGER, writing);
  const minutes = new Map<string, { org_id: string; time_s: number }>();
  for (const { org_id, start_time } of own.written) {
    const time_s = startOf(start_time, MINUTE_S);
    minutes.set(`${org_id}\n${time_s}`, { org_id, time_s });
  }
  return {
    changed: own.changed + runs.changed,
    deleted: own.deleted + runs.deleted,
    minutes: [...minutes.values()],
  };
}

/** The columns that make a row of a settlement, beside its own. */
interface Stamp {
  fingerprint: bigint;
  settled_at: bigint;
  is_deleted: boolean;
}

const STAMP_COLUMNS: readonly Column<Stamp>[] = [
  { name: 'fingerprint', type: 'UInt64' },
  { name: 'settled_at', type: 'UInt64' },
  { name: 'is_deleted', type: 'Bool' },
];

async function save<Row extends { org_id: string; start_time: bigint }>(
  connection: Connection,
  version: bigint,
  previous: ReadonlyMap<string, StoredRow>,
  rows: readonly Row[],
  derived: Derived<Row>,
  writing: Writing,
): Promise<{ written: (Row & Stamp)[]; changed: number; deleted: number }> {
  const written: (Row & Stamp)[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const key = derived.keyOf(row);
    seen.add(key);
    const known = previous.get(key);
    const mark = fingerprint(derived.columns, row);
    const stands = known?.fingerprint === mark && known.is_deleted === 0;
    if (stands && writing === 'what differs') continue;
    // Settling made these rows for this call: to add to them is much cheaper than to copy them.
    written.push(Object.assign(row, { fingerprint: mark, settled_at: version, is_deleted: false }));
  }
  const changed = written.length;
  for (const [key, known] of previous) {
    if (known.is_deleted !== 0 || seen.has(key)) continue;
    const empty = { ...emptyRow(derived.columns), ...keyFields(derived, known) };
    written.push({ ...empty, fingerprint: 0n, settled_at: version, is_deleted: true });
  }
  const columns = [...derived.columns, ...STAMP_COLUMNS] as unknown as readonly Column<
    Row & Stamp
  >[];
  await connection.inserter.insert(
    derived.table,
    columns.map(({ name }) => name),
    written.length === 0 ? [] : encodeRows(columns, written),
    randomUUID(),
  );
  return { written, changed, deleted: written.length - changed };
}

function keyFields<Row>(derived: Derived<Row>, stored: StoredRow): Partial<Row> {
  const from = stored as unknown as Row;
  const fields: Partial<Row> = {};
  for (const name of derived.key) fields[name] = from[name];
  return fields;
}

/** A row of nothing: of a deleted row only the key is ever read. */
function emptyRow<Row>(columns: readonly Column<Row>[]): Row {
  const row: Record<string, unknown> = {};
  for (const { name, type } of columns) row[name] = emptyValue(type);
  return row as Row;
}

function emptyValue(type: string): unknown {
  if (type.startsWith('Nullable')) return null;
  if (type.startsWith('Array')) return [];
  if (type === 'UInt64' || type === 'DateTime64(9)') return 0n;
  if (type === 'Bool') return false;
  return type.startsWith('UInt') ? 0 : '';
}
