// Recosting: a period's traces are settled again with the book of today, a page at a time, and what
// that did to the cost of each model is told. Nothing else is asked of a new book: what is stored
// stays as it is until somebody recosts.

import type { LedgerRow } from '@spanledger/ledger';
import { ask } from '../clickhouse/ask.ts';
import type { Connection } from '../clickhouse/connection.ts';
import type { DirtyTrace } from '../settle/dirty-traces.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import {
  differencesOf,
  frozenDifferences,
  type CallCost,
  type FrozenDifference,
  type ModelDifference,
} from './recost-differences.ts';
import { settleTraces, settleUnits, tracesOfUnits, type Settle } from '../settle/settle-traces.ts';
import type { Saved } from '../settle/settlement.ts';
import {
  BATCH_CONDITION,
  HOUR_S,
  batchParameters,
  batchesOf,
  keyOf,
  traceKey,
  type TraceHours,
} from '../settle/trace-hours.ts';
import { readUnits, type UnitLimits } from '../settle/units.ts';

export interface RecostRequest {
  readonly org_id: string;
  readonly from_s: number;
  readonly to_s: number;
  /** Only traces with a call of this model; '' for all. */
  readonly model: string;
  /** Where the page before ended; null for the first. */
  readonly after: RecostPlace | null;
  readonly dry_run: boolean;
}

export interface RecostPlace {
  readonly hour_s: number;
  readonly trace_id: string;
}

export interface RecostPage {
  readonly traces: number;
  readonly models: readonly ModelDifference[];
  /** What of it is in frozen months, and so is booked as an adjustment. */
  readonly frozen: readonly FrozenDifference[];
  /** Where the next page begins; null after the last. */
  readonly next: RecostPlace | null;
  readonly minutes: Saved['minutes'];
}

/** As many as one verification reads at a time. */
const TRACES_PER_PAGE = 500;
/** Hours without calls are passed in windows that grow by this. */
const WINDOW_GROWTH = 4;
/** Traces are listed in windows up to this: the next may be full of them. */
const WINDOW_MAX_S = 64 * HOUR_S;
const WINDOWS_PER_PAGE_MAX = 100;

export async function recostPage(
  connection: Connection,
  request: RecostRequest,
  settle: Settle,
  limits?: UnitLimits,
): Promise<RecostPage> {
  const place = request.after ?? (await placeAt(connection, request, request.from_s));
  if (place === null) return { traces: 0, models: [], frozen: [], next: null, minutes: [] };
  const { listed, next } = await listPage(connection, request, place);
  const dirty = await notSeenBefore(connection, request, place, listed);
  const { units } = await readUnits(connection, dirty, limits);
  const hours = tracesOfUnits(units);
  const before = await storedCosts(connection, hours);
  let minutes: Saved['minutes'] = [];
  let after = before;
  if (request.dry_run) {
    const { rows } = await settleUnits(units, settle);
    after = new Map(rows.filter((row) => row.counted).map((row) => [callKey(row), row]));
  } else if (dirty.length > 0) {
    ({ minutes } = await settleTraces(connection, dirty, settle, limits, 'alone'));
    after = await storedCosts(connection, hours);
  }
  const frozen_months = await ask(connection, 'frozen_months', { org: request.org_id });
  return {
    traces: dirty.length,
    models: differencesOf(before, after),
    frozen: frozenDifferences(new Set(frozen_months.map(({ month }) => month)), before, after),
    minutes,
    next,
  };
}

const OF_THE_MODEL = "({model:String} = '' OR {model:String} IN (request_model, response_model))";
const COUNTED_IN_PERIOD = `org_id = {org_id:String} AND counted AND ${OF_THE_MODEL}
  AND start_time >= toDateTime({from_s:UInt32}, 'UTC') AND start_time < toDateTime({to_s:UInt32}, 'UTC')`;

/**
 * The first hour with a call of the period, at or after a time; null where there is none. Looks into
 * windows that grow: the next hour is mostly there, and a long time without calls is soon passed.
 */
async function placeAt(
  connection: Connection,
  request: RecostRequest,
  time_s: number,
): Promise<RecostPlace | null> {
  let first_s = time_s - (time_s % HOUR_S);
  for (let length_s = HOUR_S; first_s < request.to_s; length_s *= WINDOW_GROWTH) {
    const end_s = Math.min(request.to_s, first_s + length_s);
    const [row] = await connection.rows(
      `SELECT toUnixTimestamp(min(hour)) AS hour_s, count() AS calls FROM ledger
       WHERE ${HOURS} AND ${COUNTED_IN_PERIOD}`,
      { ...parametersOf(request), first_s, end_s },
    );
    if (Number(row?.['calls']) > 0) return { hour_s: Number(row?.['hour_s']), trace_id: '' };
    first_s = end_s;
  }
  return null;
}

const HOURS = `hour >= toDateTime({first_s:UInt32}, 'UTC') AND hour < toDateTime({end_s:UInt32}, 'UTC')`;

/** A trace, or the records without one, in one of its hours. */
interface ListedTrace extends DirtyTrace {
  readonly hour_s: number;
}

/** In the order of hour and trace; records without a trace share the id '' and come first in an hour. */
async function listPage(
  connection: Connection,
  request: RecostRequest,
  place: RecostPlace,
): Promise<{ listed: ListedTrace[]; next: RecostPlace | null }> {
  const listed: ListedTrace[] = [];
  let at: RecostPlace | null = place;
  let length_s = HOUR_S;
  for (let windows = 0; at !== null && windows < WINDOWS_PER_PAGE_MAX; windows++) {
    const end_s = Math.min(request.to_s, at.hour_s + length_s);
    listed.push(
      ...(await tracesIn(connection, request, at, end_s, TRACES_PER_PAGE - listed.length)),
    );
    const last = listed.at(-1);
    if (last !== undefined && listed.length === TRACES_PER_PAGE) {
      // A place with '' is before the records without a trace, not after them.
      if (last.trace_id === '') listed.pop();
      return { listed, next: { hour_s: last.hour_s, trace_id: last.trace_id } };
    }
    at = end_s < request.to_s ? await placeAt(connection, request, end_s) : null;
    length_s = Math.min(length_s * WINDOW_GROWTH, WINDOW_MAX_S);
  }
  return { listed, next: at };
}

async function tracesIn(
  connection: Connection,
  request: RecostRequest,
  { hour_s, trace_id }: RecostPlace,
  end_s: number,
  limit: number,
): Promise<ListedTrace[]> {
  const bytes = await connection.native(
    `SELECT org_id, toUnixTimestamp(hour) AS hour_s, trace_id,
       min(start_time) AS first_ns, max(start_time) AS last_ns
     FROM ledger FINAL
     WHERE ${HOURS} AND ${COUNTED_IN_PERIOD}
       AND (toUnixTimestamp(hour) > {first_s:UInt32} OR {after:String} = '' OR trace_id > {after:String})
     GROUP BY org_id, hour, trace_id ORDER BY hour, trace_id LIMIT {limit:UInt32}`,
    { ...parametersOf(request), first_s: hour_s, end_s, after: trace_id, limit },
  );
  return readNative<ListedTrace>(bytes);
}

/** A trace is settled whole, in the first of its hours in the period: not again in the others. */
async function notSeenBefore(
  connection: Connection,
  request: RecostRequest,
  place: RecostPlace,
  listed: readonly ListedTrace[],
): Promise<DirtyTrace[]> {
  const traces = new Map<string, DirtyTrace>();
  const loose = listed.filter(({ trace_id }) => trace_id === '');
  for (const { org_id, trace_id, first_ns, last_ns } of listed) {
    const known = traces.get(trace_id);
    // Hours come in order, so the first is the earliest and the last the latest.
    traces.set(trace_id, { org_id, trace_id, first_ns: known?.first_ns ?? first_ns, last_ns });
  }
  traces.delete('');
  for (const id of await seenBefore(connection, request, place, [...traces.keys()]))
    traces.delete(id);
  return [...loose, ...traces.values()];
}

/** Which of them were listed before this place. */
async function seenBefore(
  connection: Connection,
  request: RecostRequest,
  { hour_s, trace_id }: RecostPlace,
  traces: readonly string[],
): Promise<string[]> {
  const older = await connection.rows(
    `SELECT trace_id, toUnixTimestamp(toStartOfHour(min(first_time), 'UTC')) AS first_hour_s FROM traces
     WHERE org_id = {org_id:String} AND trace_id IN {traces:Array(String)}
     GROUP BY trace_id HAVING first_hour_s <= {hour_s:UInt32}`,
    { org_id: request.org_id, traces, hour_s },
  );
  if (older.length === 0) return [];
  const rows = await connection.rows(
    `SELECT DISTINCT trace_id FROM ledger FINAL
     WHERE ${HOURS} AND trace_id IN {traces:Array(String)} AND ${COUNTED_IN_PERIOD}
       AND (toUnixTimestamp(hour) < {hour_s:UInt32} OR trace_id <= {after:String})`,
    {
      ...parametersOf(request),
      first_s: Math.min(...older.map((row) => Number(row['first_hour_s']))),
      end_s: hour_s + HOUR_S,
      ...{ hour_s, after: trace_id },
      traces: older.map((row) => String(row['trace_id'])),
    },
  );
  return rows.map((row) => String(row['trace_id']));
}

function parametersOf({ org_id, from_s, to_s, model }: RecostRequest): Record<string, unknown> {
  return { org_id, from_s, to_s, model };
}

type CallKey = Pick<LedgerRow, 'trace_id' | 'span_id' | 'event_id'>;

const callKey = ({ trace_id, span_id, event_id }: CallKey): string =>
  [trace_id, span_id, event_id].join('\n');

async function storedCosts(
  connection: Connection,
  traces: readonly TraceHours[],
): Promise<ReadonlyMap<string, CallCost>> {
  const wanted = new Set(traces.map(keyOf));
  const costs = new Map<string, CallCost>();
  for (const batch of batchesOf(traces)) {
    const bytes = await connection.native(
      `SELECT trace_id, span_id, event_id, start_time, provider, request_model, response_model,
         cost_usd, cost_reason
       FROM ledger FINAL WHERE ${BATCH_CONDITION} AND counted`,
      batchParameters(batch),
    );
    for (const row of readNative<CallCost & CallKey>(bytes)) {
      if (wanted.has(traceKey(row.trace_id, row.start_time))) costs.set(callKey(row), row);
    }
  }
  return costs;
}
