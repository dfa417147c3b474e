// A trace with the hours it lies in: everything that is looked up by trace is looked up with its
// time, and in pieces that stay within a day, because the tables are kept by day and hour.

import type { Connection } from '../clickhouse/connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { compare, pieces } from '../usage/grouping.ts';
import { readNative } from '../clickhouse/native-reader.ts';

export const MINUTE_S = 60;
export const HOUR_S = 3_600;
export const LAST_S = 0xffff_ffff;
const DAY_S = 86_400;
const NS_PER_S = 1_000_000_000n;
const LOOKUP_TRACES_MAX = 2_000;
/** Of records without a trace, so many minutes are looked at for one that is dirty over a time. */
const MINUTES_MAX = 48 * 60;

export interface TraceHours {
  readonly org_id: string;
  readonly trace_id: string;
  /** Start of the first and of the last hour, in seconds since 1970 UTC. */
  readonly first_hour_s: number;
  readonly last_hour_s: number;
  /** Of records without a trace the start of their minute; 0 for a trace. */
  readonly minute_s: number;
}

/** A time beyond the year 2106 wraps, as it does in a column of ClickHouse's type DateTime. */
export function hourOf(time_ns: bigint): number {
  return startOf(time_ns, HOUR_S);
}

export function startOf(time_ns: bigint, length_s: number): number {
  const seconds = Number(time_ns / NS_PER_S);
  return (seconds - (seconds % length_s)) >>> 0;
}

/**
 * Log records without a trace share the id ''. Each minute of them is handled as a trace of its own,
 * so that the same records always meet, whatever was dirty together.
 */
export function traceKey(trace_id: string, time_ns: bigint): string {
  return trace_id === '' ? `\n${startOf(time_ns, MINUTE_S)}` : trace_id;
}

export function keyOf(trace: Pick<TraceHours, 'trace_id' | 'minute_s'>): string {
  return trace.trace_id === '' ? `\n${trace.minute_s}` : trace.trace_id;
}

/** The minutes that records without a trace lie in, between these times. */
export function minutesOf(org_id: string, first_ns: bigint, last_ns: bigint): TraceHours[] {
  const first = startOf(first_ns, MINUTE_S);
  const last = Math.min(startOf(last_ns, MINUTE_S), first + (MINUTES_MAX - 1) * MINUTE_S);
  const minutes: TraceHours[] = [];
  for (let minute_s = first; minute_s <= last; minute_s += MINUTE_S) {
    const hour_s = minute_s - (minute_s % HOUR_S);
    minutes.push({
      org_id,
      trace_id: '',
      first_hour_s: hour_s,
      last_hour_s: hour_s,
      minute_s,
    });
  }
  return minutes;
}

/** All hours that each trace has facts in, not only those of its new ones. */
export async function hoursOf(
  connection: Connection,
  org_id: string,
  dirty: readonly DirtyTrace[],
): Promise<TraceHours[]> {
  const found = new Map<string, TraceHours>();
  for (const { trace_id, first_ns, last_ns } of dirty) {
    if (trace_id === '') {
      for (const minute of minutesOf(org_id, first_ns, last_ns)) widen(found, minute);
      continue;
    }
    const [first_hour_s, last_hour_s] = [hourOf(first_ns), hourOf(last_ns)];
    widen(found, { org_id, trace_id, first_hour_s, last_hour_s, minute_s: 0 });
  }
  const ids = [...new Set(dirty.map(({ trace_id }) => trace_id).filter((id) => id !== ''))];
  for (const piece of pieces(ids, LOOKUP_TRACES_MAX)) {
    const bytes = await connection.native(
      `SELECT trace_id, toUnixTimestamp(min(first_time)) AS first_hour_s,
         toUnixTimestamp(max(last_time)) AS last_hour_s
       FROM traces WHERE org_id = {org:String} AND trace_id IN {traces:Array(String)}
       GROUP BY trace_id`,
      { org: org_id, traces: piece },
    );
    for (const row of readNative<Omit<TraceHours, 'org_id' | 'minute_s'>>(bytes)) {
      widen(found, { org_id, ...row, minute_s: 0 });
    }
  }
  return [...found.values()];
}

function widen(found: Map<string, TraceHours>, next: TraceHours): void {
  const key = keyOf(next);
  const known = found.get(key);
  found.set(
    key,
    known === undefined
      ? next
      : {
          ...known,
          first_hour_s: Math.min(known.first_hour_s, next.first_hour_s),
          last_hour_s: Math.max(known.last_hour_s, next.last_hour_s),
        },
  );
}

/** Traces of one organisation that one query reads: few, and within about a day. */
export interface TraceBatch {
  readonly org_id: string;
  readonly traces: readonly TraceHours[];
  readonly first_hour_s: number;
  readonly last_hour_s: number;
}

export function batchesOf(traces: readonly TraceHours[]): TraceBatch[] {
  const sorted = traces.toSorted(
    (a, b) => compare(a.org_id, b.org_id) || a.first_hour_s - b.first_hour_s,
  );
  const batches: TraceBatch[] = [];
  let current: TraceHours[] = [];
  for (const trace of sorted) {
    const [first] = current;
    const fits =
      first !== undefined &&
      first.org_id === trace.org_id &&
      current.length < LOOKUP_TRACES_MAX &&
      trace.last_hour_s - first.first_hour_s < DAY_S;
    if (!fits && current.length > 0) batches.push(batchOf(current));
    if (!fits) current = [];
    current.push(trace);
  }
  if (current.length > 0) batches.push(batchOf(current));
  return batches;
}

function batchOf(traces: readonly TraceHours[]): TraceBatch {
  const [{ org_id, first_hour_s }] = traces as [TraceHours];
  const last_hour_s = Math.max(...traces.map((trace) => trace.last_hour_s));
  return { org_id, traces, first_hour_s, last_hour_s };
}

/** The condition that a batch puts on a table keyed by organisation, hour and trace. */
export const BATCH_CONDITION = `org_id = {org:String}
  AND hour >= toDateTime({first_hour_s:UInt32}, 'UTC') AND hour <= toDateTime({last_hour_s:UInt32}, 'UTC')
  AND trace_id IN {traces:Array(String)}
  AND (trace_id != '' OR toUnixTimestamp(toStartOfMinute(start_time, 'UTC')) IN {minutes:Array(UInt32)})`;

export function batchParameters(batch: TraceBatch): Record<string, unknown> {
  const loose = batch.traces.filter(({ trace_id }) => trace_id === '');
  return {
    org: batch.org_id,
    first_hour_s: batch.first_hour_s,
    last_hour_s: batch.last_hour_s,
    traces: [...new Set(batch.traces.map(({ trace_id }) => trace_id))],
    minutes: loose.map(({ minute_s }) => minute_s),
  };
}
