// Recosting: a period's traces are settled again with the book of today, a page at a time, and what
// that did to the cost of each model is told. Nothing else is asked of a new book: what is stored
// stays as it is until somebody recosts.

import type { LedgerRow } from '@spanledger/ledger';
import { ask } from './ask.ts';
import type { Connection } from './connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { readNative } from './native-reader.ts';
import {
  differencesOf,
  frozenDifferences,
  type CallCost,
  type FrozenDifference,
  type ModelDifference,
} from './recost-differences.ts';
import { settleTraces, settleUnits, tracesOfUnits, type Settle } from './settle-traces.ts';
import type { Saved } from './settlement.ts';
import {
  BATCH_CONDITION,
  HOUR_S,
  batchParameters,
  batchesOf,
  keyOf,
  traceKey,
  type TraceHours,
} from './trace-hours.ts';
import { readUnits, type UnitLimits } from './units.ts';

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
const WINDOW_GROWTH = 4;

export async function recostPage(
  connection: Connection,
  request: RecostRequest,
  settle: Settle,
  limits?: UnitLimits,
): Promise<RecostPage> {
  const place = request.after ?? { hour_s: await nextHour(connection, request, 0), trace_id: '' };
  if (place.hour_s === 0) return { traces: 0, models: [], frozen: [], next: null, minutes: [] };
  const listed = await tracesAt(connection, request, place);
  const dirty = await notSeenBefore(connection, request, place.hour_s, listed);
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
    next: await nextPlace(connection, request, place, listed),
  };
}

const OF_THE_MODEL = "({model:String} = '' OR {model:String} IN (request_model, response_model))";
const COUNTED_IN_PERIOD = `org_id = {org_id:String} AND counted AND ${OF_THE_MODEL}
  AND start_time >= toDateTime({from_s:UInt32}, 'UTC') AND start_time < toDateTime({to_s:UInt32}, 'UTC')`;

/**
 * The first hour of the period, and after this one, that has a call; 0 where there is none. Looks
 * into windows that grow: the next hour is mostly there, and a long time without calls is soon passed.
 */
async function nextHour(
  connection: Connection,
  request: RecostRequest,
  after_s: number,
): Promise<number> {
  const { from_s, to_s } = request;
  let first_s = Math.max(after_s === 0 ? 0 : after_s + HOUR_S, from_s - (from_s % HOUR_S));
  for (let length_s = HOUR_S; first_s < to_s; length_s *= WINDOW_GROWTH) {
    const end_s = Math.min(to_s, first_s + length_s);
    const [row] = await connection.rows(
      `SELECT toUnixTimestamp(min(hour)) AS hour_s FROM ledger
       WHERE hour >= toDateTime({first_s:UInt32}, 'UTC') AND hour < toDateTime({end_s:UInt32}, 'UTC')
         AND ${COUNTED_IN_PERIOD}`,
      { ...parametersOf(request), first_s, end_s },
    );
    const hour_s = Number(row?.['hour_s'] ?? 0);
    if (hour_s !== 0) return hour_s;
    first_s = end_s;
  }
  return 0;
}

/** Records without a trace share the id '', so they come first of their hour and on no later page. */
async function tracesAt(
  connection: Connection,
  request: RecostRequest,
  { hour_s, trace_id }: RecostPlace,
): Promise<readonly DirtyTrace[]> {
  const later = trace_id === '' ? '' : 'AND trace_id > {after:String}';
  const bytes = await connection.native(
    `SELECT org_id, trace_id, min(start_time) AS first_ns, max(start_time) AS last_ns
     FROM ledger FINAL
     WHERE hour = toDateTime({hour_s:UInt32}, 'UTC') AND ${COUNTED_IN_PERIOD} ${later}
     GROUP BY org_id, trace_id ORDER BY trace_id LIMIT {limit:UInt32}`,
    { ...parametersOf(request), hour_s, after: trace_id, limit: TRACES_PER_PAGE },
  );
  return readNative<DirtyTrace>(bytes);
}

/** A trace is settled whole, in the first of its hours in the period: not again in the others. */
async function notSeenBefore(
  connection: Connection,
  request: RecostRequest,
  hour_s: number,
  listed: readonly DirtyTrace[],
): Promise<readonly DirtyTrace[]> {
  const ids = listed.map(({ trace_id }) => trace_id).filter((id) => id !== '');
  const older = await connection.rows(
    `SELECT trace_id, toUnixTimestamp(min(first_time)) AS first_hour_s FROM traces
     WHERE org_id = {org_id:String} AND trace_id IN {traces:Array(String)}
     GROUP BY trace_id HAVING first_hour_s < {hour_s:UInt32}`,
    { org_id: request.org_id, traces: ids, hour_s },
  );
  if (older.length === 0) return listed;
  const first_hour_s = Math.min(...older.map((row) => Number(row['first_hour_s'])));
  const rows = await connection.rows(
    `SELECT DISTINCT trace_id FROM ledger FINAL
     WHERE hour >= toDateTime({first_hour_s:UInt32}, 'UTC') AND hour < toDateTime({hour_s:UInt32}, 'UTC')
       AND trace_id IN {traces:Array(String)} AND ${COUNTED_IN_PERIOD}`,
    {
      ...parametersOf(request),
      first_hour_s,
      hour_s,
      traces: older.map((row) => String(row['trace_id'])),
    },
  );
  const seen = new Set(rows.map((row) => String(row['trace_id'])));
  return listed.filter((trace) => !seen.has(trace.trace_id));
}

async function nextPlace(
  connection: Connection,
  request: RecostRequest,
  { hour_s }: RecostPlace,
  listed: readonly DirtyTrace[],
): Promise<RecostPlace | null> {
  const last = listed.at(-1);
  if (last !== undefined && listed.length === TRACES_PER_PAGE) {
    return { hour_s, trace_id: last.trace_id };
  }
  const next_s = await nextHour(connection, request, hour_s);
  return next_s === 0 ? null : { hour_s: next_s, trace_id: '' };
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
