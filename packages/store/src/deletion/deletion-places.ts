// The tables that hold what was received or derived of single records, and by which columns a record
// is found there. Counting and removing go by this list.

import type { Connection } from '../clickhouse/connection.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import type { RecordAt } from './tombstones.ts';
import {
  batchParameters,
  batchesOf,
  keyOf,
  traceKey,
  type TraceHours,
} from '../settle/trace-hours.ts';

export interface DeletionPlace {
  readonly table: string;
  readonly org: string;
  readonly hour: string;
  readonly trace: string;
  readonly span: string;
  /** `''` where a table has spans only. */
  readonly event: string;
  readonly time: string;
  /** Its rows are replaced by a deleted one first. */
  readonly derived: boolean;
}

const RAW = {
  ...{ org: 'OrgId', hour: 'Hour', trace: 'TraceId', span: 'SpanId', time: 'Timestamp' },
  derived: false,
} as const;
const OWN = {
  ...{ org: 'org_id', hour: 'hour', trace: 'trace_id', span: 'span_id', time: 'start_time' },
  derived: false,
} as const;

export const DELETION_PLACES: readonly DeletionPlace[] = [
  { table: 'otel_traces', event: "''", ...RAW },
  { table: 'otel_logs', event: 'EventId', ...RAW },
  { table: 'genai_content', event: 'EventId', ...RAW },
  { table: 'genai_facts', event: 'event_id', ...OWN },
  { table: 'execution_events', event: 'event_id', ...OWN },
  { table: 'answer_verdicts', event: 'event_id', ...OWN },
  { table: 'ledger', event: 'event_id', ...OWN, derived: true },
  { table: 'executions', event: "''", ...OWN, derived: true },
];

/** Those that this database has. */
export async function placesHere(connection: Connection): Promise<readonly DeletionPlace[]> {
  const rows = await connection.rows(
    'SELECT name FROM system.tables WHERE database = {database:String}',
    { database: connection.database },
  );
  const names = new Set(rows.map(({ name }) => String(name)));
  return DELETION_PLACES.filter(({ table }) => names.has(table));
}

/** The records of some traces that a table holds, each once. */
export async function recordsIn(
  connection: Connection,
  { table, org, hour, trace, span, event, time, derived }: DeletionPlace,
  traces: readonly TraceHours[],
): Promise<RecordAt[]> {
  const wanted = new Set(traces.map(keyOf));
  const found: RecordAt[] = [];
  for (const batch of batchesOf(traces)) {
    const bytes = await connection.native(
      `SELECT DISTINCT ${trace} AS trace_id, ${span} AS span_id, ${event} AS event_id,
         ${time} AS start_time
       FROM ${table} ${derived ? 'FINAL' : ''}
       WHERE ${org} = {org:String} AND ${trace} IN {traces:Array(String)}
         AND ${hour} >= toDateTime({first_hour_s:UInt32}, 'UTC')
         AND ${hour} <= toDateTime({last_hour_s:UInt32}, 'UTC')`,
      batchParameters(batch),
    );
    for (const row of readNative<RecordAt>(bytes)) {
      if (wanted.has(traceKey(row.trace_id, row.start_time))) found.push(row);
    }
  }
  return found;
}

/** How many rows of a time each of these tables holds; nothing of other organisations. */
export async function rowsWithin(
  connection: Connection,
  { table, org, hour, time, derived }: DeletionPlace,
  org_id: string,
  from_ns: bigint,
  to_ns: bigint,
): Promise<number> {
  const [row] = await connection.rows(
    `SELECT count() AS rows FROM ${table} ${derived ? 'FINAL' : ''}
     WHERE ${org} = {org:String}
       AND ${hour} >= toStartOfHour(fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC'), 'UTC')
       AND ${hour} <= fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
       AND ${time} >= fromUnixTimestamp64Nano({from_ns:Int64})
       AND ${time} < fromUnixTimestamp64Nano({to_ns:Int64})`,
    { org: org_id, from_ns, to_ns },
  );
  return Number(row?.['rows']);
}
