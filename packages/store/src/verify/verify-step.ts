// One step of a verification: some hours of one day, or some traces of an hour that is too large for
// one step. Where nothing is stored no step is taken, so a year with little in it is done at once.

import type { Connection } from '../clickhouse/connection.ts';
import type { DirtyTrace } from '../settle/dirty-traces.ts';
import { Findings } from '../usage/findings.ts';
import { pieces } from '../usage/grouping.ts';
import { readNative } from '../clickhouse/native-reader.ts';
import { settleUnits, tracesOfUnits, type Settle } from '../settle/settle-traces.ts';
import { HOUR_S, LAST_S } from '../settle/trace-hours.ts';
import { readUnits, type UnitLimits } from '../settle/units.ts';
import { verifyRows } from './verify-rows.ts';
import { verifyUsage, verifyViews } from './verify-usage.ts';

export interface VerifyPeriod {
  /** Nothing of another organisation is read, compared or counted. */
  readonly org_id: string;
  readonly from_s: number;
  readonly to_s: number;
}

/** Where a step begins. */
export interface VerifyPlace {
  readonly hour_s: number;
  /** The last trace of the hour that was verified; null where the hour was not begun. */
  readonly after: string | null;
}

export interface VerifyStep {
  readonly traces: number;
  /** Ledger rows that were derived again. */
  readonly rows: number;
  readonly findings: Findings;
  /** The hours that were verified; equal where nothing was left. */
  readonly first_s: number;
  readonly end_s: number;
  /** Null after the last. */
  readonly next: VerifyPlace | null;
}

/** About what one step derives again; an hour is never more than its traces, a trace never less. */
export const FACTS_PER_STEP = 20_000;
const DAY_S = 86_400;
const FACTS_PER_TRACE = 10;
const TRACES_PER_READING = 500;
/** Records without a trace come minute by minute, before all traces of their hour. */
const MINUTES_PER_HOUR = 60;

interface Hour {
  readonly hour_s: number;
  readonly facts: number;
}

export async function verifyStep(
  connection: Connection,
  period: VerifyPeriod,
  place: VerifyPlace | null,
  settle: Settle,
  limits: UnitLimits,
  facts_max: number = FACTS_PER_STEP,
): Promise<VerifyStep> {
  const findings = new Findings();
  const begin = place ?? { hour_s: period.from_s - (period.from_s % HOUR_S), after: null };
  const hours = await hoursFrom(connection, period, begin.hour_s);
  const [first] = hours;
  if (first === undefined) {
    const end_s = period.to_s;
    return { traces: 0, rows: 0, findings, first_s: end_s, end_s, next: null };
  }
  const after = first.hour_s === begin.hour_s ? begin.after : null;
  const together = after === null ? hoursTogether(hours, facts_max) : 1;
  const first_s = first.hour_s;
  const end_s = (hours[together - 1] ?? first).hour_s + HOUR_S;
  const large = after !== null || first.facts > facts_max;
  const traces_max = Math.max(MINUTES_PER_HOUR, Math.ceil(facts_max / FACTS_PER_TRACE));
  const traces = await tracesOf(
    connection,
    period.org_id,
    first_s,
    end_s,
    after,
    large ? traces_max : 0,
  );
  let rows = 0;
  for (const piece of pieces(traces, TRACES_PER_READING)) {
    const { units } = await readUnits(connection, piece, limits);
    const settled = await settleUnits(units, settle);
    await verifyRows(connection, tracesOfUnits(units), settled, findings);
    rows += settled.rows.length;
  }
  const told = { traces: traces.length, rows, findings, first_s, end_s };
  const last = traces.at(-1);
  if (large && last !== undefined && traces.length >= traces_max) {
    return { ...told, next: { hour_s: first_s, after: last.trace_id } };
  }
  const range = { org_id: period.org_id, first_s, end_s };
  await verifyUsage(connection, 'minute', range, findings);
  await verifyUsage(connection, 'hour', range, findings);
  const nextHour = hours[together];
  if (nextHour !== undefined) return { ...told, next: { hour_s: nextHour.hour_s, after: null } };
  const day_s = first_s - (first_s % DAY_S);
  const day = { org_id: period.org_id, first_s: day_s, end_s: day_s + DAY_S };
  await verifyUsage(connection, 'day', day, findings);
  if (findings.total === 0) await verifyViews(connection, period.org_id, day_s, findings);
  const more = day.end_s < period.to_s;
  return { ...told, next: more ? { hour_s: day.end_s, after: null } : null };
}

/** How many of these hours make one step. */
function hoursTogether(hours: readonly Hour[], facts_max: number): number {
  let facts = 0;
  const end = hours.findIndex((hour) => (facts += hour.facts) > facts_max);
  return end < 0 ? hours.length : Math.max(1, end);
}

/** Whatever has an hour, from the facts to the sums. */
const HOURS = (range: (time: string) => string): string => {
  const tables = [
    ...['genai_facts', 'ledger', 'executions'].map((table) => [table, 'hour', 'count()'] as const),
    ...['usage_minute', 'usage_hour', 'usage_day'].map(
      (table) => [table, "toStartOfHour(time, 'UTC')", 'toUInt64(0)'] as const,
    ),
  ];
  return tables
    .map(
      ([table, hour, weight]) => `SELECT ${hour} AS at, ${weight} AS facts FROM ${table}
        WHERE org_id = {org_id:String} AND ${range(hour === 'hour' ? 'hour' : 'time')} GROUP BY at`,
    )
    .join(' UNION ALL ');
};
const BETWEEN = (time: string): string =>
  `${time} >= toDateTime({first_s:UInt32}, 'UTC') AND ${time} < toDateTime({end_s:UInt32}, 'UTC')`;

/** The hours with data of the first day that has any, from this hour on. */
async function hoursFrom(
  connection: Connection,
  { org_id, from_s, to_s }: VerifyPeriod,
  first_s: number,
): Promise<Hour[]> {
  const last_s = Math.min(LAST_S, to_s);
  const ofDay = async (hour_s: number): Promise<Hour[]> => {
    const end_s = Math.min(last_s, hour_s - (hour_s % DAY_S) + DAY_S);
    if (hour_s >= end_s) return [];
    const rows = await connection.rows(
      `SELECT toUnixTimestamp(at) AS hour_s, max(facts) AS facts FROM (${HOURS(BETWEEN)})
       GROUP BY at ORDER BY at`,
      { org_id, first_s: hour_s, end_s },
    );
    return rows.map((row) => ({ hour_s: Number(row['hour_s']), facts: Number(row['facts']) }));
  };
  const hours = await ofDay(first_s);
  const later_s = first_s - (first_s % DAY_S) + DAY_S;
  if (hours.length > 0 || later_s >= last_s || from_s >= last_s) return hours;
  const [row] = await connection.rows(
    `SELECT toUnixTimestamp(min(at)) AS hour_s, count() AS hours FROM (${HOURS(BETWEEN)})`,
    { org_id, first_s: later_s, end_s: last_s },
  );
  return Number(row?.['hours']) === 0 ? [] : ofDay(Number(row?.['hour_s']));
}

/** Those with facts or sums in a period, by name. */
export async function organisationsOf(
  connection: Connection,
  first_s: number,
  end_s: number,
): Promise<string[]> {
  const rows = await connection.rows(
    `SELECT DISTINCT org_id FROM (
       SELECT org_id FROM genai_facts WHERE ${BETWEEN('hour')}
       UNION ALL SELECT org_id FROM usage_hour WHERE ${BETWEEN('time')}) ORDER BY org_id`,
    { first_s, end_s },
  );
  return rows.map((row) => String(row['org_id']));
}

/** By id; whatever any table holds of them. `limit`: 0 for all. */
async function tracesOf(
  connection: Connection,
  org_id: string,
  first_s: number,
  end_s: number,
  after: string | null,
  limit: number,
): Promise<DirtyTrace[]> {
  const condition = `org_id = {org_id:String} AND ${BETWEEN('hour')}
    ${after === null ? '' : 'AND trace_id > {after:String}'}`;
  const parts = ['genai_facts', 'ledger FINAL', 'executions FINAL'].map(
    (table) => `SELECT org_id, trace_id, start_time AS t FROM ${table} WHERE ${condition}`,
  );
  const bytes = await connection.native(
    `SELECT org_id, trace_id, min(t) AS first_ns, max(t) AS last_ns FROM (${parts.join(' UNION ALL ')})
     GROUP BY org_id, trace_id, if(trace_id = '', toStartOfMinute(t, 'UTC'), toDateTime(0, 'UTC'))
     ORDER BY trace_id, first_ns ${limit === 0 ? '' : 'LIMIT {limit:UInt32}'}`,
    { org_id, first_s, end_s, after: after ?? '', limit },
  );
  return readNative<DirtyTrace>(bytes);
}
