// What of a month is not derived yet, told from the tables: traces with facts that are newer than
// their settlement, and minutes, hours and days that are older than what they are summed from.

import type { Connection } from '../clickhouse/connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import type { Month } from '../bills/month.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import { PLANS, type RollUpLevel } from '../usage/roll-up-plan.ts';
import type { UsageKey } from '../usage/roll-up.ts';
import { readWatermark } from './watermarks.ts';

interface ArrivedTrace {
  org_id: string;
  trace_id: string;
  first_time: bigint;
  last_time: bigint;
}

/** An announcement tells that a trace is settled; of records without a trace it names no minute. */
const OPEN_TRACES = `
SELECT f.org_id AS org_id, f.trace_id AS trace_id, f.first_time AS first_time, f.last_time AS last_time
FROM (
  SELECT org_id, trace_id, min(start_time) AS first_time, max(start_time) AS last_time,
    max(ingested_at) AS arrived_at
  FROM genai_facts
  WHERE org_id = {org:String} AND ingested_at >= fromUnixTimestamp64Nano({since:Int64})
    AND hour >= toDateTime({from_s:UInt32}, 'UTC') AND hour < toDateTime({to_s:UInt32}, 'UTC')
  GROUP BY org_id, trace_id, if(trace_id = '', toStartOfMinute(start_time, 'UTC'), toDateTime(0, 'UTC'))
) AS f
LEFT JOIN (
  SELECT org_id, trace_id, max(settled_at) AS version FROM settlements
  WHERE org_id = {org:String} AND settled_at >= {since:UInt64}
  GROUP BY org_id, trace_id
) AS s ON s.org_id = f.org_id AND s.trace_id = f.trace_id
WHERE f.trace_id = '' OR toUnixTimestamp64Nano(f.arrived_at) >= s.version
LIMIT {limit:UInt32}`;

/** At most `traces_max` of those whose facts arrived since a time. */
export async function openTraces(
  connection: Connection,
  org: string,
  { from_s, to_s }: Month,
  since_ns: bigint,
  traces_max: number,
): Promise<DirtyTrace[]> {
  const asked = { org, from_s, to_s, since: since_ns, limit: traces_max };
  const rows = readNative<ArrivedTrace>(await connection.native(OPEN_TRACES, asked));
  return rows.map(({ org_id, trace_id, first_time, last_time }) => ({
    org_id,
    trace_id,
    first_ns: first_time,
    last_ns: last_time,
  }));
}

interface Source {
  readonly table: string;
  /** When a row of it was written, in nanoseconds. */
  readonly written: string;
  readonly time: string;
  /** A condition on its own key, where `time` is not in it. */
  readonly also: string;
}

const usage = (table: string, startOf: string): Source => ({
  table,
  written: 'version',
  time: `toDateTime(${startOf}(time, 'UTC'), 'UTC')`,
  also: `time >= toDateTime({from_s:UInt32}, 'UTC') AND time < toDateTime({to_s:UInt32}, 'UTC')`,
});

const SOURCES: Readonly<Record<RollUpLevel, Source>> = {
  minute: {
    table: 'ledger',
    written: 'toUnixTimestamp64Nano(written_at)',
    time: 'minute',
    also: `hour >= toDateTime({from_s:UInt32}, 'UTC') AND hour < toDateTime({to_s:UInt32}, 'UTC')
      AND written_at >= fromUnixTimestamp64Nano({since:Int64})`,
  },
  hour: usage('usage_minute', 'toStartOfHour'),
  day: usage('usage_hour', 'toStartOfDay'),
};

/**
 * The sums of a level that are older than what was written since in the level below. Where all of that
 * moved away before it was ever summed there is nothing to sum.
 */
export async function openSums(
  connection: Connection,
  level: RollUpLevel,
  org: string,
  { from_s, to_s }: Month,
): Promise<UsageKey[]> {
  const { table, written, time, also } = SOURCES[level];
  const since = await readWatermark(connection, level);
  const rows = await connection.rows(
    `SELECT toUnixTimestamp(s.start) AS time_s FROM (
       SELECT ${time} AS start, max(${written}) AS written_ns FROM ${table}
       WHERE org_id = {org:String} AND ${also} AND ${written} >= {since:UInt64}
       GROUP BY start
     ) AS s LEFT JOIN (
       SELECT u.time AS start, max(u.version) AS version FROM ${PLANS[level].target} AS u
       WHERE u.org_id = {org:String} AND u.version >= {since:UInt64}
         AND u.time >= toDateTime({from_s:UInt32}, 'UTC') AND u.time < toDateTime({to_s:UInt32}, 'UTC')
       GROUP BY start
     ) AS t ON t.start = s.start
     WHERE toUInt64(s.written_ns) >= t.version
       AND (t.version > 0 OR s.start IN (
         SELECT ${time} FROM ${table} FINAL WHERE org_id = {org:String} AND ${also}))`,
    { org, from_s, to_s, since },
  );
  return rows.map((row) => ({ org_id: org, time_s: Number(row['time_s']) }));
}
