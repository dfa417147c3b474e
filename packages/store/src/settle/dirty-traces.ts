// Which traces have facts that may not be settled yet, told from the tables alone.

import type { Connection } from '../clickhouse/connection.ts';
import { readNative } from '../clickhouse/native-reader.ts';

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
  AND ingested_at < fromUnixTimestamp64Nano({end:Int64})
GROUP BY org_id, trace_id, if(trace_id = '', toStartOfMinute(start_time, 'UTC'), toDateTime(0, 'UTC'))
ORDER BY arrived_at LIMIT {limit:UInt64} WITH TIES`;

interface SweptTrace {
  org_id: string;
  trace_id: string;
  first_time: bigint;
  last_time: bigint;
  arrived_at: bigint;
}

/** What a page groups: about so many facts for each trace that it may tell. */
const FACTS_PER_TRACE = 10;

export async function dirtySince(
  connection: Connection,
  since_ns: bigint,
  traces_max: number,
): Promise<DirtySweep> {
  const end_ns = await arrivalOf(connection, since_ns, traces_max * FACTS_PER_TRACE);
  const parameters = { since: since_ns, end: end_ns, limit: traces_max };
  const rows = readNative<SweptTrace>(await connection.native(SWEEP, parameters));
  const last = rows.at(-1);
  return {
    traces: rows.map(({ org_id, trace_id, first_time, last_time }) => ({
      org_id,
      trace_id,
      first_ns: first_time,
      last_ns: last_time,
    })),
    next_ns:
      last === undefined || rows.length < traces_max ? following(end_ns) : last.arrived_at + 1n,
  };
}

function following(end_ns: bigint): bigint | null {
  return end_ns < LAST_NS ? end_ns : null;
}

/** As late as a time of ClickHouse's with nanoseconds can be. */
const LAST_NS = 9_223_372_036_000_000_000n;
/** What is looked into first, and how much more each time there is too little in it. */
const WINDOW_NS = 600_000_000_000n;
const WINDOW_GROWTH = 64n;
const SLICES = 64n;

interface Slice {
  readonly slice: number;
  readonly facts: bigint;
}

/**
 * A time by which about so many facts arrived since, or the end of all time where there are fewer. A
 * page that grouped all facts that are left would cost ever more the more there are; the index over
 * times of arrival makes a window of them cheap. Facts of one insert arrived at one time.
 */
async function arrivalOf(
  connection: Connection,
  since_ns: bigint,
  facts_max: number,
): Promise<bigint> {
  let window: Window = { from_ns: since_ns, end_ns: earlier(since_ns + WINDOW_NS, LAST_NS) };
  let slices = await slicesOf(connection, window);
  while (window.end_ns < LAST_NS && sumOf(slices) < facts_max) {
    const length_ns = (window.end_ns - since_ns) * WINDOW_GROWTH;
    window = { from_ns: since_ns, end_ns: earlier(since_ns + length_ns, LAST_NS) };
    slices = await slicesOf(connection, window);
  }
  let before = 0;
  for (;;) {
    const full = slices.find(({ facts }) => (before += Number(facts)) >= facts_max);
    if (full === undefined) return window.end_ns;
    const length_ns = sliceLength(window);
    const from_ns = window.from_ns + BigInt(full.slice) * length_ns;
    const end_ns = earlier(from_ns + length_ns, window.end_ns);
    if (before <= 2 * facts_max || end_ns - from_ns <= 1n) return end_ns;
    before -= Number(full.facts);
    window = { from_ns, end_ns };
    slices = await slicesOf(connection, window);
  }
}

interface Window {
  readonly from_ns: bigint;
  readonly end_ns: bigint;
}

function sliceLength({ from_ns, end_ns }: Window): bigint {
  return (end_ns - from_ns + SLICES - 1n) / SLICES;
}

/** How many facts arrived in each part of a window, in order; nothing of empty ones. */
async function slicesOf(connection: Connection, window: Window): Promise<Slice[]> {
  const bytes = await connection.native(
    `SELECT toUInt8(intDiv(toUnixTimestamp64Nano(ingested_at) - {from:Int64}, {length:Int64})) AS slice,
       count() AS facts
     FROM genai_facts
     WHERE ingested_at >= fromUnixTimestamp64Nano({from:Int64})
       AND ingested_at < fromUnixTimestamp64Nano({end:Int64})
     GROUP BY slice ORDER BY slice`,
    { from: window.from_ns, end: window.end_ns, length: sliceLength(window) },
  );
  return readNative<Slice>(bytes);
}

function sumOf(slices: readonly Slice[]): number {
  return slices.reduce((sum, { facts }) => sum + Number(facts), 0);
}

function earlier(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
