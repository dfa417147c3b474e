// Why a stored row or sum may differ from what it follows from, told by when which of the two was
// written and by the fingerprint that settling left on a row.

import type { Connection } from '../clickhouse/connection.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import { PLANS, type RollUpLevel } from '../usage/roll-up-plan.ts';
import {
  BATCH_CONDITION,
  batchParameters,
  batchesOf,
  traceKey,
  type TraceHours,
} from '../settle/trace-hours.ts';

export type RowFault =
  | { readonly kind: 'missing' }
  | { readonly kind: 'surplus' }
  /** `as_settled`: the row is, byte by byte, what settling wrote then. */
  | { readonly kind: 'changed'; readonly settled_at: bigint; readonly as_settled: boolean };

export interface Settling {
  /** When the newest fact of the trace arrived; 0 where it has none. */
  arrived_at: bigint;
  /** When any row of it was settled last, deleted ones included; 0 for never. */
  settled_at: bigint;
}

/** By trace, or by minute for records without one. */
export async function settlingOf(
  connection: Connection,
  traces: readonly TraceHours[],
): Promise<ReadonlyMap<string, Settling>> {
  const settling = new Map<string, Settling>();
  const of = (key: string): Settling => {
    const known = settling.get(key) ?? { arrived_at: 0n, settled_at: 0n };
    settling.set(key, known);
    return known;
  };
  const minute = "toDateTime64(toStartOfMinute(start_time, 'UTC'), 9, 'UTC')";
  const none = "toDateTime64(0, 9, 'UTC')";
  for (const batch of batchesOf(traces)) {
    const rows = async (table: string, newest: string): Promise<Newest[]> =>
      readNative<Newest>(
        await connection.native(
          `SELECT trace_id, if(trace_id = '', ${minute}, ${none}) AS minute, ${newest} AS newest
           FROM ${table} WHERE ${BATCH_CONDITION} GROUP BY trace_id, minute`,
          batchParameters(batch),
        ),
      );
    const arrived = 'toUInt64(max(toUnixTimestamp64Nano(ingested_at)))';
    for (const { trace_id, minute, newest } of await rows('genai_facts', arrived)) {
      of(traceKey(trace_id, minute)).arrived_at = newest;
    }
    for (const { trace_id, minute, newest } of await rows('ledger', 'max(settled_at)')) {
      of(traceKey(trace_id, minute)).settled_at = newest;
    }
  }
  return settling;
}

interface Newest {
  readonly trace_id: string;
  readonly minute: bigint;
  readonly newest: bigint;
}

export function causeOfRow(fault: RowFault, settling: Settling | undefined): string {
  const { arrived_at, settled_at } = settling ?? { arrived_at: 0n, settled_at: 0n };
  if (arrived_at === 0n) {
    return 'no fact of the trace is left: its facts were removed, and it was not settled since';
  }
  const arrived = `its newest fact arrived ${timeOf(arrived_at)}`;
  if (settled_at === 0n)
    return `${arrived}, and it was never settled, or all its rows were removed`;
  if (arrived_at > settled_at) {
    return `${arrived}, and the trace was settled before, ${timeOf(settled_at)}, and not since`;
  }
  const after = `the trace was settled ${timeOf(settled_at)}, after its last fact`;
  if (fault.kind === 'missing')
    return `the row was removed by something other than settling: ${after}`;
  if (fault.kind === 'surplus')
    return `the row was added by something other than settling: ${after}`;
  if (!fault.as_settled) {
    return 'the row is not what settling wrote: changed by something else, or by an earlier version';
  }
  return `settled so ${timeOf(fault.settled_at)}: the rules, or what lies around the trace, changed since`;
}

/** When the source of some times of a level was written last, and when their sums were computed. */
export interface Computing {
  readonly written_at: bigint;
  readonly computed_at: bigint;
}

const SOURCES: Readonly<Record<RollUpLevel, { table: string; time: string; written: string }>> = {
  minute: {
    table: 'ledger',
    time: 'minute',
    written: 'toUInt64(max(toUnixTimestamp64Nano(written_at)))',
  },
  hour: { table: 'usage_minute', time: "toStartOfHour(time, 'UTC')", written: 'max(version)' },
  day: {
    table: 'usage_hour',
    time: "toDateTime(toStartOfDay(time, 'UTC'), 'UTC')",
    written: 'max(version)',
  },
};

export async function computingOf(
  connection: Connection,
  level: RollUpLevel,
  org_id: string,
  period: { readonly first_s: number; readonly end_s: number },
): Promise<ReadonlyMap<number, Computing>> {
  const { table, time, written } = SOURCES[level];
  const range = level === 'minute' ? 'hour' : 'time';
  const rows = await connection.rows(
    `SELECT toUnixTimestamp(at) AS time_s, max(written) AS written_at, max(computed) AS computed_at
     FROM (
       SELECT ${time} AS at, ${written} AS written, toUInt64(0) AS computed FROM ${table}
       WHERE org_id = {org_id:String} AND ${range} >= toDateTime({first_s:UInt32}, 'UTC')
         AND ${range} < toDateTime({end_s:UInt32}, 'UTC') GROUP BY at
       UNION ALL
       SELECT time AS at, toUInt64(0) AS written, max(version) AS computed FROM ${PLANS[level].target}
       WHERE org_id = {org_id:String} AND time >= toDateTime({first_s:UInt32}, 'UTC')
         AND time < toDateTime({end_s:UInt32}, 'UTC') GROUP BY at)
     GROUP BY at`,
    { org_id, ...period },
  );
  return new Map(
    rows.map((row) => [
      Number(row['time_s']),
      {
        written_at: BigInt(String(row['written_at'])),
        computed_at: BigInt(String(row['computed_at'])),
      },
    ]),
  );
}

const SOURCE_WORDS: Readonly<Record<RollUpLevel, string>> = {
  minute: 'ledger rows of the minute',
  hour: 'minutes of the hour',
  day: 'hours of the day',
};

export function causeOfSum(level: RollUpLevel, computing: Computing | undefined): string {
  const { written_at, computed_at } = computing ?? { written_at: 0n, computed_at: 0n };
  const words = SOURCE_WORDS[level];
  if (computed_at === 0n) return `the ${words} were never summed, or the sums were removed`;
  const computed = `computed ${timeOf(computed_at)}`;
  if (written_at > computed_at) {
    return `${computed}, and ${words} were written after that, ${timeOf(written_at)}`;
  }
  return `${computed}, after the ${words} were written: changed, added or removed since, there or here`;
}

/** As a person reads it, to the second. */
function timeOf(time_ns: bigint): string {
  return `${new Date(Number(time_ns / 1_000_000n)).toISOString().slice(0, 19)}Z`;
}
