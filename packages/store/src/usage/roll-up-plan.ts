// What each level of the roll-ups is computed from, as SQL: minutes from the ledger, hours from
// minutes, days from hours. The same sources compute and verify.

import { DIMENSIONS, MEASURES, MEASURE_NAMES, ROLLED_UP } from './usage-columns.ts';
import type { Level } from '../settle/watermarks.ts';

export type RollUpLevel = Exclude<Level, 'settle' | 'adjust' | 'verdicts'>;

export interface LevelPlan {
  readonly target: 'usage_minute' | 'usage_hour' | 'usage_day';
  readonly length_s: number;
  /** Times that one statement may span: those of one partition. */
  readonly partition_s: number;
  readonly next: RollUpLevel | null;
  /** The organisations and times whose source was written since a watermark. */
  readonly sweep: string;
  /**
   * The rows as they should be, each measure named `…_sum`, for the organisations {orgs} and the
   * times from {first_s} to {end_s}; `only` is a condition on organisation and time.
   */
  source(only: (time: string) => string): string;
}

const DAY_S = 86_400;
const MONTH_S = 28 * DAY_S;
const dimensions = DIMENSIONS.join(', ');

const usageSource =
  (table: string, startOf: string): LevelPlan['source'] =>
  (only) => `
SELECT org_id, t AS time_start, ${dimensions}, ${MEASURES.map(({ again, name }) => `${again} AS ${name}_sum`).join(', ')}
FROM (SELECT *, ${startOf} AS t FROM ${table} FINAL
  WHERE org_id IN {orgs:Array(String)}
    AND time >= toDateTime({first_s:UInt32}, 'UTC') AND time < toDateTime({end_s:UInt32}, 'UTC'))
WHERE ${only('t')}
GROUP BY org_id, t, ${dimensions}`;

const usageSweep = (table: string, startOf: string): string => `
SELECT DISTINCT org_id, toUnixTimestamp(${startOf}) AS time_s FROM ${table}
WHERE version >= {since:UInt64}`;

const START_OF_HOUR = "toStartOfHour(time, 'UTC')";
const START_OF_DAY = "toDateTime(toStartOfDay(time, 'UTC'), 'UTC')";

export const PLANS: Readonly<Record<RollUpLevel, LevelPlan>> = {
  minute: {
    target: 'usage_minute',
    length_s: 60,
    partition_s: DAY_S,
    next: 'hour',
    sweep: `
SELECT DISTINCT org_id, toUnixTimestamp(minute) AS time_s FROM ledger
WHERE written_at >= fromUnixTimestamp64Nano({since:Int64})`,
    // The ledger is kept by hour and trace: PREWHERE reads the minutes of the hour alone, and all other
    // columns only of the rows that lie in these. Before FINAL that is right, as all four are in the key.
    source: (only) => `
SELECT org_id, minute AS time_start, service_name, environment, agent_name, provider,
  if(response_model != '', response_model, request_model) AS model, operation, tool_name, kind, status,
  ${MEASURES.map(({ fromLedger, name }) => `${fromLedger} AS ${name}_sum`).join(',\n  ')}
FROM ledger AS l FINAL
PREWHERE org_id IN {orgs:Array(String)}
  AND hour >= toStartOfHour(toDateTime({first_s:UInt32}, 'UTC'), 'UTC')
  AND hour < toDateTime({end_s:UInt32}, 'UTC')
  AND ${only('minute')}
WHERE ${ROLLED_UP}
GROUP BY org_id, minute, ${dimensions}`,
  },
  hour: {
    target: 'usage_hour',
    length_s: 3_600,
    partition_s: DAY_S,
    next: 'day',
    sweep: usageSweep('usage_minute', START_OF_HOUR),
    source: usageSource('usage_minute', START_OF_HOUR),
  },
  day: {
    target: 'usage_day',
    length_s: DAY_S,
    partition_s: MONTH_S,
    next: null,
    sweep: usageSweep('usage_hour', START_OF_DAY),
    source: usageSource('usage_hour', START_OF_DAY),
  },
};

/** The keys that vanished get nothing; those that are still there are summed with it unchanged. */
function statementOf(plan: LevelPlan): string {
  const nothing = MEASURES.map((measure) => `${measure.nothing} AS ${measure.name}_sum`).join(', ');
  const sums = MEASURES.map(({ again, name }) => again.replace(name, `${name}_sum`)).join(', ');
  return `
INSERT INTO ${plan.target} (org_id, time, ${dimensions}, ${MEASURE_NAMES.join(', ')}, version)
WITH keys AS (
  SELECT tupleElement(k, 1) AS org, toDateTime(tupleElement(k, 2), 'UTC') AS start
  FROM (SELECT arrayJoin(arrayZip(
    arrayMap(place -> {orgs:Array(String)}[place], {key_orgs:Array(UInt32)}),
    {key_times:Array(UInt32)})) AS k))
SELECT org_id, time_start, ${dimensions}, ${sums}, {version:UInt64}
FROM (${plan.source((time) => `(org_id, ${time}) IN keys`)}
UNION ALL
SELECT org_id, time AS time_start, ${dimensions}, ${nothing} FROM ${plan.target}
WHERE org_id IN {orgs:Array(String)}
  AND time >= toDateTime({first_s:UInt32}, 'UTC') AND time < toDateTime({end_s:UInt32}, 'UTC')
  AND (org_id, time) IN keys)
GROUP BY org_id, time_start, ${dimensions}`;
}

export const STATEMENTS: Readonly<Record<RollUpLevel, string>> = {
  minute: statementOf(PLANS.minute),
  hour: statementOf(PLANS.hour),
  day: statementOf(PLANS.day),
};
