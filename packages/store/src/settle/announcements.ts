// Two settlements of one trace at once. The one that began earlier may have read fewer facts and yet
// write last; here it learns of the other and settles again.
//
// Each settlement takes its version, reads its facts, announces its traces with that version, and
// only then reads the stored rows, to write those that differ. Whoever wrote looks afterwards for
// announcements that are newer than its own. Let B be the settlement that the last fact of a trace
// called for, and A one that read before that fact was there, so that A's version is the older one.
// If A's rows are in before B reads the stored rows, B sees them, also those of keys that B knows
// nothing of, and replaces or deletes what differs. Otherwise A writes after B announced, so A finds
// the announcement and settles again; its new version is above all that A or B wrote. Whoever wrote
// nothing left nothing behind and need not look: what was settled before costs no writing, and the
// looking ends. A process that dies before it looks leaves the trace to the sweep of the next start,
// which begins before the fact that A missed.

import { randomUUID } from 'node:crypto';
import { encodeRows, type Column } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import { keyOf, type TraceHours } from './trace-hours.ts';

interface Announcement {
  org_id: string;
  trace_id: string;
  first_hour_s: number;
  /** Tells the minutes of log records without a trace apart. */
  minute_s: number;
  settled_at: bigint;
}

const COLUMNS: readonly Column<Announcement>[] = [
  { name: 'org_id', type: 'LowCardinality(String)' },
  { name: 'trace_id', type: 'String' },
  { name: 'first_hour_s', type: 'UInt32' },
  { name: 'minute_s', type: 'UInt32' },
  { name: 'settled_at', type: 'UInt64' },
];
const NS_PER_S = 1_000_000_000n;

/** To be called after the facts were read and before the stored rows are. */
export async function announce(
  connection: Connection,
  version: bigint,
  traces: readonly TraceHours[],
): Promise<void> {
  if (traces.length === 0) return;
  const rows = traces.map(({ org_id, trace_id, first_hour_s, minute_s }) => ({
    org_id,
    trace_id,
    first_hour_s,
    minute_s,
    settled_at: version,
  }));
  await connection.inserter.insert(
    'settlements',
    COLUMNS.map(({ name }) => name),
    encodeRows(COLUMNS, rows),
    randomUUID(),
  );
}

/** Those of the traces that a later settlement announced; to be called after the rows were written. */
export async function overtaken(
  connection: Connection,
  version: bigint,
  traces: readonly TraceHours[],
): Promise<DirtyTrace[]> {
  const bytes = await connection.native(
    `SELECT DISTINCT org_id, trace_id, minute_s FROM settlements
     WHERE settled_at > {version:UInt64}`,
    { version },
  );
  const newer = new Set(readNative<Announced>(bytes).map(placeOf));
  return traces
    .filter((trace) => newer.has(placeOf(trace)))
    .map(({ org_id, trace_id, first_hour_s, last_hour_s, minute_s }) => ({
      org_id,
      trace_id,
      first_ns: BigInt(minute_s || first_hour_s) * NS_PER_S,
      last_ns: BigInt(minute_s || last_hour_s) * NS_PER_S,
    }));
}

type Announced = Pick<Announcement, 'org_id' | 'trace_id' | 'minute_s'>;

function placeOf(trace: Announced): string {
  return `${trace.org_id}\n${keyOf(trace)}`;
}
