// Which traces have facts that may not be settled yet, told from the tables alone.

import type { Connection } from './connection.ts';
import { readNative } from './native-reader.ts';

/** A trace of an organisation and the time its new facts lie in. */
export interface DirtyTrace {
  readonly org_id: string;
  /** '' for log records without a trace. */
  readonly trace_id: string;
  readonly first_ns: bigint;
  readonly last_ns: bigint;
}

export interface DirtySweep {
  readonly traces: readonly DirtyTrace[];
  /** Where to go on, or null when all were told. */
  readonly next_ns: bigint | null;
}

/**
 * In the order of arrival of a trace's first new fact. Traces of one insert may share that time, so
 * an answer never ends among them and may be longer than its limit by one insert.
 */
const SWEEP = `
SELECT org_id, trace_id, min(start_time) AS first_time, max(start_time) AS last_time,
  min(ingested_at) AS arrived_at
FROM genai_facts
WHERE ingested_at >= fromUnixTimestamp64Nano({since:Int64})
GROUP BY org_id, trace_id, if(trace_id = '', toStartOfMinute(start_time, 'UTC'), toDateTime(0, 'UTC'))
ORDER BY arrived_at LIMIT {limit:UInt64} WITH TIES`;

interface SweptTrace {
  org_id: string;
  trace_id: string;
  first_time: bigint;
  last_time: bigint;
  arrived_at: bigint;
}

export async function dirtySince(
  connection: Connection,
  since_ns: bigint,
  traces_max: number,
): Promise<DirtySweep> {
  const bytes = await connection.native(SWEEP, { since: since_ns, limit: traces_max });
  const rows = readNative<SweptTrace>(bytes);
  const last = rows.at(-1);
  return {
    traces: rows.map(({ org_id, trace_id, first_time, last_time }) => ({
      org_id,
      trace_id,
      first_ns: first_time,
      last_ns: last_time,
    })),
    next_ns: last === undefined || rows.length < traces_max ? null : last.arrived_at + 1n,
  };
}
