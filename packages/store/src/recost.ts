// Recosting: a period's traces are settled again with the book of today, a page at a time, and what
// that did to the cost of each model is told. Nothing else is asked of a new book: what is stored
// stays as it is until somebody recosts.

import type { LedgerRow } from '@spanledger/ledger';
import type { Connection } from './connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { compare } from './grouping.ts';
import { readNative } from './native-reader.ts';
import { settleTraces, settleUnits, tracesOfUnits, type Settle } from './settle-traces.ts';
import type { Saved } from './settlement.ts';
import {
  BATCH_CONDITION,
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

export interface ModelDifference {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  /** Calls whose cost, or the reason for none, is another. */
  readonly changed: number;
  readonly priced_before: number;
  readonly priced_after: number;
  /** Sums of what is known; null where nothing is. */
  readonly before_usd: bigint | null;
  readonly after_usd: bigint | null;
}

export interface RecostPage {
  readonly traces: number;
  readonly models: readonly ModelDifference[];
  /** Where the next page begins; null after the last. */
  readonly next: RecostPlace | null;
  readonly minutes: Saved['minutes'];
}

/** As many as one verification reads at a time. */
const TRACES_PER_PAGE = 500;

export async function recostPage(
  connection: Connection,
  request: RecostRequest,
  settle: Settle,
  limits?: UnitLimits,
): Promise<RecostPage> {
  const place = request.after ?? { hour_s: await nextHour(connection, request, 0), trace_id: '' };
  if (place.hour_s === 0) return { traces: 0, models: [], next: null, minutes: [] };
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
  const models = differencesOf(before, after);
  return {
    traces: dirty.length,
    models,
    minutes,
    next: await nextPlace(connection, request, place, listed),
  };
}

const OF_THE_MODEL = "({model:String} = '' OR {model:String} IN (request_model, response_model))";
const COUNTED_IN_PERIOD = `org_id = {org_id:String} AND counted AND ${OF_THE_MODEL}
  AND start_time >= toDateTime({from_s:UInt32}, 'UTC') AND start_time < toDateTime({to_s:UInt32}, 'UTC')`;

/** The first hour of the period, and after this one, that has a call; 0 where there is none. */
async function nextHour(
  connection: Connection,
  request: RecostRequest,
  after_s: number,
): Promise<number> {
  const [row] = await connection.rows(
    `SELECT toUnixTimestamp(min(hour)) AS hour_s FROM ledger
     WHERE hour > toDateTime({after_s:UInt32}, 'UTC')
       AND hour >= toStartOfHour(toDateTime({from_s:UInt32}, 'UTC'), 'UTC')
       AND hour < toDateTime({to_s:UInt32}, 'UTC') AND ${COUNTED_IN_PERIOD}`,
    { ...parametersOf(request), after_s },
  );
  return Number(row?.['hour_s'] ?? 0);
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

type CallCost = Pick<
  LedgerRow,
  'provider' | 'request_model' | 'response_model' | 'cost_usd' | 'cost_reason'
>;
type CallKey = Pick<LedgerRow, 'trace_id' | 'span_id' | 'event_id' | 'start_time'>;

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

type Sums = { -readonly [Name in keyof ModelDifference]: ModelDifference[Name] };

/** By model, the largest change first. */
function differencesOf(
  before: ReadonlyMap<string, CallCost>,
  after: ReadonlyMap<string, CallCost>,
): ModelDifference[] {
  const models = new Map<string, Sums>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(key), after.get(key)];
    const { provider, request_model, response_model } = (now ?? old) as CallCost;
    const model = response_model || request_model;
    const name = `${provider}\n${model}`;
    let sums = models.get(name);
    if (sums === undefined) models.set(name, (sums = { ...NOTHING, provider, model }));
    sums.calls++;
    if (old?.cost_usd !== now?.cost_usd || old?.cost_reason !== now?.cost_reason) sums.changed++;
    if (known(old)) sums.priced_before++;
    if (known(now)) sums.priced_after++;
    sums.before_usd = plus(sums.before_usd, old?.cost_usd);
    sums.after_usd = plus(sums.after_usd, now?.cost_usd);
  }
  return [...models.values()].sort(
    (a, b) => b.changed - a.changed || compare(a.provider, b.provider) || compare(a.model, b.model),
  );
}

const NOTHING: ModelDifference = {
  provider: '',
  model: '',
  calls: 0,
  changed: 0,
  priced_before: 0,
  priced_after: 0,
  before_usd: null,
  after_usd: null,
};

function known(call: CallCost | undefined): boolean {
  return call !== undefined && call.cost_usd !== null;
}

function plus(sum: bigint | null, cost: bigint | null | undefined): bigint | null {
  return cost === null || cost === undefined ? sum : (sum ?? 0n) + cost;
}
