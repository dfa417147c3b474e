// Makes a page of a deletion hold. First the traces that it changes are written down, with those that
// hold a deleted record in their surroundings, as long as it is still seen; then the records are named.
// From then on no reading of facts gives them.

import { randomUUID } from 'node:crypto';
import { encodeRows, type Column } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import type { Deletion } from './deletion.ts';
import type { DeletionPage } from './deletion-pages.ts';
import type { DirtyTrace } from '../settle/dirty-traces.ts';
import { pieces } from '../usage/grouping.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import { displacedOf, readPrevious } from '../settle/settlement.ts';
import { writeTombstones } from './tombstones.ts';
import { hoursOf, type TraceHours } from '../settle/trace-hours.ts';
import { readUnits, type UnitLimits } from '../settle/units.ts';

interface DeletionTrace {
  org_id: string;
  deletion_id: string;
  first_time: bigint;
  trace_id: string;
  last_time: bigint;
  keep_until: bigint;
}

const COLUMNS: readonly Column<DeletionTrace>[] = [
  { name: 'org_id', type: 'LowCardinality(String)' },
  { name: 'deletion_id', type: 'String' },
  { name: 'first_time', type: 'DateTime64(9)' },
  { name: 'trace_id', type: 'String' },
  { name: 'last_time', type: 'DateTime64(9)' },
  { name: 'keep_until', type: 'DateTime64(9)' },
];

const ROWS_PER_INSERT = 50_000;
const NS_PER_S = 1_000_000_000n;

/** The traces that are to be derived again. */
export async function markPage(
  connection: Connection,
  deletion: Deletion,
  page: DeletionPage,
  limits: UnitLimits,
): Promise<readonly DirtyTrace[]> {
  const hours = await hoursOf(connection, deletion.org_id, page.traces);
  const changed = spansOf(hours);
  // Of an organisation nothing is left that a deleted record could lie around.
  if (deletion.kind !== 'organisation') {
    const reading = await readUnits(connection, page.traces, limits);
    const displaced = displacedOf(await readPrevious(connection, hours));
    for (const trace of await reading.neighbours(displaced)) changed.push(trace);
  }
  await listTraces(connection, deletion, changed);
  await writeTombstones(connection, deletion, page.keys);
  return changed;
}

/** Traces with all the time of their hours, or minutes where they have no id. */
export function spansOf(hours: readonly TraceHours[]): DirtyTrace[] {
  return hours.map(({ org_id, trace_id, first_hour_s, last_hour_s, minute_s }) => ({
    org_id,
    trace_id,
    first_ns: BigInt(minute_s || first_hour_s) * NS_PER_S,
    last_ns: BigInt(minute_s || last_hour_s) * NS_PER_S,
  }));
}

/** Written down to be derived again, whatever dies meanwhile. */
export async function listTraces(
  connection: Connection,
  { org_id, deletion_id, keep_until }: Deletion,
  traces: readonly DirtyTrace[],
): Promise<void> {
  for (const piece of pieces(traces, ROWS_PER_INSERT)) {
    const rows = piece.map(({ trace_id, first_ns, last_ns }) => ({
      ...{ org_id, deletion_id, trace_id, keep_until },
      ...{ first_time: first_ns, last_time: last_ns },
    }));
    const names = COLUMNS.map(({ name }) => name);
    const parts = encodeRows(COLUMNS, rows);
    await connection.inserter.insert('deletion_traces', names, parts, randomUUID());
  }
}

/** Where a page of listed traces ended. */
export type ListedPlace = Pick<DeletionTrace, 'first_time' | 'trace_id' | 'last_time'>;

/** A page of the traces that were written down, in the order of their time. */
export async function listedTraces(
  connection: Connection,
  { org_id, deletion_id }: Deletion,
  after: ListedPlace | null,
  limit: number,
): Promise<{ traces: DirtyTrace[]; next: ListedPlace | null }> {
  const later =
    after === null
      ? ''
      : `AND (toUnixTimestamp64Nano(first_time), trace_id, toUnixTimestamp64Nano(last_time))
          > ({first_ns:Int64}, {trace:String}, {last_ns:Int64})`;
  const bytes = await connection.native(
    `SELECT first_time, trace_id, last_time FROM deletion_traces FINAL
     WHERE org_id = {org:String} AND deletion_id = {id:String} ${later}
     ORDER BY first_time, trace_id, last_time LIMIT {limit:UInt32}`,
    {
      ...{ org: org_id, id: deletion_id, limit },
      ...{ first_ns: after?.first_time, trace: after?.trace_id, last_ns: after?.last_time },
    },
  );
  const rows = readNative<ListedPlace>(bytes);
  return {
    traces: rows.map(({ first_time, trace_id, last_time }) => ({
      ...{ org_id, trace_id, first_ns: first_time, last_ns: last_time },
    })),
    next: rows.length < limit ? null : (rows.at(-1) ?? null),
  };
}
