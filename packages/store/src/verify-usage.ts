// Compares the roll-ups with what they are computed from, and the views with the ledger.

import type { Connection } from './connection.ts';
import { PLANS, type RollUpLevel } from './roll-up-plan.ts';
import { LAST_S } from './trace-hours.ts';
import { DIMENSIONS, MEASURES, MEASURE_NAMES } from './usage-columns.ts';
import type { Findings, VerifyPeriod } from './verify.ts';

const DAY_S = 86_400;
const dimensions = DIMENSIONS.join(', ');

export async function verifyUsage(
  connection: Connection,
  period: VerifyPeriod,
  findings: Findings,
): Promise<void> {
  const first_s = period.from_s - (period.from_s % DAY_S);
  const days = await daysOf(connection, { ...period, from_s: first_s });
  for (const day_s of days) {
    const parameters = {
      orgs: [period.org_id],
      first_s: day_s,
      end_s: Math.min(LAST_S, day_s + DAY_S),
    };
    for (const level of ['minute', 'hour', 'day'] as const) {
      for (const row of await connection.rows(COMPARISONS[level], parameters)) {
        addDifferences(PLANS[level].target, row, findings);
      }
    }
    for (const view of ['usage', 'usage_by_hour', 'usage_by_day']) {
      for (const row of await connection.rows(viewComparison(view), parameters)) {
        addDifferences(view, row, findings);
      }
    }
  }
}

/** Days that have anything to compare. */
async function daysOf(connection: Connection, period: VerifyPeriod): Promise<number[]> {
  const rows = await connection.rows(
    `SELECT DISTINCT toUnixTimestamp(toDateTime(toStartOfDay(time, 'UTC'), 'UTC')) AS day_s FROM (
       SELECT DISTINCT hour AS time FROM ledger WHERE org_id = {org_id:String}
       UNION ALL SELECT DISTINCT toStartOfHour(time, 'UTC') AS time FROM usage_minute WHERE org_id = {org_id:String}
       UNION ALL SELECT DISTINCT time FROM usage_hour WHERE org_id = {org_id:String}
       UNION ALL SELECT DISTINCT time FROM usage_day WHERE org_id = {org_id:String})
     WHERE day_s >= {from_s:UInt32} AND day_s < {to_s:UInt32} ORDER BY day_s`,
    { ...period },
  );
  return rows.map((row) => Number(row['day_s']));
}

/** Keys whose sums differ, each measure as the pair of expected and found. */
function comparisonOf(level: RollUpLevel): string {
  const plan = PLANS[level];
  const pair = (name: string, again: string): string => {
    const sums = [0, 1].map((side) =>
      again.replace(/(sum|sumMap)\(\w+\)/, `$1If(${name}_sum, side = ${side})`),
    );
    return `(${sums.join(', ')}) AS ${name}`;
  };
  const pairs = MEASURES.map(({ name, again }) => pair(name, again));
  const differs = MEASURE_NAMES.map(
    (name) => `tupleElement(${name}, 1) IS DISTINCT FROM tupleElement(${name}, 2)`,
  );
  const stored = MEASURE_NAMES.map((name) => `${name} AS ${name}_sum`).join(', ');
  return `
SELECT org_id, toUnixTimestamp(time_start) AS time_s, ${dimensions}, ${pairs.join(', ')}
FROM (SELECT *, 0 AS side FROM (${plan.source(() => '1')})
  UNION ALL
  SELECT org_id, time AS time_start, ${dimensions}, ${stored}, 1 AS side FROM ${plan.target} FINAL
  WHERE org_id IN {orgs:Array(String)}
    AND time >= toDateTime({first_s:UInt32}, 'UTC') AND time < toDateTime({end_s:UInt32}, 'UTC'))
GROUP BY org_id, time_start, ${dimensions}
HAVING ${differs.join(' OR ')}`;
}

const COMPARISONS: Readonly<Record<RollUpLevel, string>> = {
  minute: comparisonOf('minute'),
  hour: comparisonOf('hour'),
  day: comparisonOf('day'),
};

/** What the views for people say of a day, against the ledger itself. */
const viewComparison = (view: string): string => `
SELECT org_id, {first_s:UInt32} AS time_s,
  (sumIf(n, side = 0), sumIf(n, side = 1)) AS calls,
  (sumIf(cost, side = 0), sumIf(cost, side = 1)) AS cost_usd
FROM (
  SELECT org_id, count() AS n, sum(cost_usd) AS cost, 0 AS side FROM calls
  WHERE org_id IN {orgs:Array(String)}
    AND hour >= toDateTime({first_s:UInt32}, 'UTC') AND hour < toDateTime({end_s:UInt32}, 'UTC')
  GROUP BY org_id
  UNION ALL
  SELECT org_id, sum(u.calls) AS n, sum(u.cost_usd) AS cost, 1 AS side FROM ${view} AS u
  WHERE org_id IN {orgs:Array(String)}
    AND time >= toDateTime({first_s:UInt32}, 'UTC') AND time < toDateTime({end_s:UInt32}, 'UTC')
  GROUP BY org_id)
GROUP BY org_id
HAVING tupleElement(calls, 1) != tupleElement(calls, 2)
  OR tupleElement(cost_usd, 1) IS DISTINCT FROM tupleElement(cost_usd, 2)`;

function addDifferences(
  level: string,
  row: Readonly<Record<string, unknown>>,
  findings: Findings,
): void {
  const where = [row['time_s'], ...DIMENSIONS.map((name) => row[name]).filter(Boolean)].join(' ');
  for (const what of MEASURE_NAMES) {
    const pair = row[what];
    if (!Array.isArray(pair)) continue;
    const [expected, found] = pair.map((side: unknown) => JSON.stringify(side)) as [string, string];
    if (expected === found) continue;
    findings.add({ level, org_id: String(row['org_id']), where, what, expected, found });
  }
}
