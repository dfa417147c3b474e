// Compares the sums of minutes, hours and days with what they are computed from, and the public views
// with their tables.

import type { Connection } from '../clickhouse/connection.ts';
import type { Findings } from '../usage/findings.ts';
import { PLANS, type RollUpLevel } from '../usage/roll-up-plan.ts';
import { LAST_S } from '../settle/trace-hours.ts';
import { DIMENSIONS, MEASURES, MEASURE_NAMES } from '../usage/usage-columns.ts';
import { MEASURES_SQL, readUsageRow, type UsageRow } from '../usage/usage-row.ts';
import { causeOfSum, computingOf } from './verify-cause.ts';

const DAY_S = 86_400;
const dimensions = DIMENSIONS.join(', ');
const KEY_FIGURES = ['calls', 'tool_calls', 'runs', 'cost_usd'];

/** Of one organisation; both ends at the start of an hour, for days at the start of a day. */
export interface UsageRange {
  readonly org_id: string;
  readonly first_s: number;
  readonly end_s: number;
}

export async function verifyUsage(
  connection: Connection,
  level: RollUpLevel,
  range: UsageRange,
  findings: Findings,
): Promise<void> {
  const { org_id, first_s } = range;
  const end_s = Math.min(LAST_S, range.end_s);
  const rows = await connection.rows(COMPARISONS[level], { orgs: [org_id], first_s, end_s });
  if (rows.length === 0) return;
  const computing = await computingOf(connection, level, org_id, { first_s, end_s });
  for (const row of rows) {
    const time_s = Number(row['time_s']);
    const where = [timeText(time_s), ...DIMENSIONS.map((name) => row[name]).filter(Boolean)].join(
      ' ',
    );
    const cause = causeOfSum(level, computing.get(time_s));
    for (const { what, expected, found } of differencesOf(row)) {
      findings.add({ level: PLANS[level].target, org_id, where, what, expected, found, cause });
    }
    findings.targets.addUsage(level, { org_id, time_s });
  }
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
HAVING ${differs.join(' OR ')}
ORDER BY time_start, ${dimensions}`;
}

const COMPARISONS: Readonly<Record<RollUpLevel, string>> = {
  minute: comparisonOf('minute'),
  hour: comparisonOf('hour'),
  day: comparisonOf('day'),
};

interface Pair {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** A row with nothing on one side is missing or too many; else each measure that differs. */
function differencesOf(row: Readonly<Record<string, unknown>>): Pair[] {
  const pairs = MEASURE_NAMES.map((what): Pair => {
    const [expected, found] = row[what] as [unknown, unknown];
    return { what, expected: textOf(expected), found: textOf(found) };
  });
  if (pairs.every(({ found }) => isNothing(found))) {
    return [{ what: 'missing', expected: figuresOf(pairs, 'expected'), found: '0' }];
  }
  if (pairs.every(({ expected }) => isNothing(expected))) {
    return [{ what: 'surplus', expected: '0', found: figuresOf(pairs, 'found') }];
  }
  return pairs.filter(({ expected, found }) => expected !== found);
}

/** Whole numbers and decimals come as text, and stay what they are. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isNothing(value: string): boolean {
  return ['null', '{}', '0'].includes(value);
}

/** What a person knows a row by: `calls 2, cost_usd 0.0001`. */
function figuresOf(pairs: readonly Pair[], side: 'expected' | 'found'): string {
  const told = pairs.filter((pair) => !isNothing(pair[side]));
  const figures = told.filter(({ what }) => KEY_FIGURES.includes(what));
  return (figures.length > 0 ? figures : told)
    .slice(0, KEY_FIGURES.length)
    .map((pair) => `${pair.what} ${pair[side]}`)
    .join(', ');
}

const WITHIN = (time: string): string => `org_id = {org_id:String}
  AND ${time} >= toDateTime({first_s:UInt32}, 'UTC') AND ${time} < toDateTime({end_s:UInt32}, 'UTC')`;

interface ViewCheck {
  readonly view: string;
  readonly figures: readonly string[];
  /** The figures as tables have them. */
  readonly table: string;
  /** The figures as the view tells them. */
  readonly told: string;
}

const counted = `SELECT count() AS n, sum(cost_usd) AS cost FROM ledger FINAL
  WHERE ${WITHIN('hour')} AND counted`;
const sums = (from: string): string => `SELECT sum(u.calls) AS n, sum(u.cost_usd) AS cost
  FROM ${from} AS u`;
const usageView = (view: string): ViewCheck => ({
  view,
  figures: ['calls', 'cost_usd'],
  table: `${sums('usage_minute')} FINAL WHERE ${WITHIN('time')}`,
  told: `${sums(view)} WHERE ${WITHIN('time')}`,
});

const VIEW_CHECKS: readonly ViewCheck[] = [
  {
    view: 'calls',
    figures: ['rows', 'cost_usd'],
    table: counted,
    told: `SELECT count() AS n, sum(cost_usd) AS cost FROM calls WHERE ${WITHIN('hour')}`,
  },
  {
    view: 'tools',
    figures: ['rows'],
    table: `SELECT count() AS n FROM ledger FINAL
      WHERE ${WITHIN('hour')} AND kind = 'tool' AND role = 'none'`,
    told: `SELECT count() AS n FROM tools WHERE ${WITHIN('hour')}`,
  },
  {
    view: 'runs',
    figures: ['rows', 'cost_usd'],
    table: `SELECT count() AS n, sum(cost_usd) AS cost FROM executions FINAL WHERE ${WITHIN('hour')}`,
    told: `SELECT count() AS n, sum(cost_usd) AS cost FROM runs WHERE ${WITHIN('hour')}`,
  },
  {
    view: 'doubts',
    figures: ['rows'],
    table: `SELECT sum(length(doubts)) AS n FROM ledger FINAL WHERE ${WITHIN('hour')}`,
    told: `SELECT count() AS n FROM doubts WHERE ${WITHIN('hour')}`,
  },
  usageView('usage'),
  usageView('usage_by_hour'),
  usageView('usage_by_day'),
];

const VIEW_COMPARISON = VIEW_CHECKS.map(
  ({ view, table, told }) => `SELECT '${view}' AS view,
    (SELECT toString(tuple(*)) FROM (${table})) AS expected,
    (SELECT toString(tuple(*)) FROM (${told})) AS found`,
).join(' UNION ALL ');

/** Of one day; to be asked where its tables agree, because views follow from them. */
export async function verifyViews(
  connection: Connection,
  org_id: string,
  day_s: number,
  findings: Findings,
): Promise<void> {
  const rows = await connection.rows(VIEW_COMPARISON, {
    org_id,
    first_s: day_s,
    end_s: Math.min(LAST_S, day_s + DAY_S),
  });
  for (const { view, figures } of VIEW_CHECKS) {
    const row = rows.find((one) => one['view'] === view);
    const [expected, found] = [row?.['expected'], row?.['found']].map(valuesOf) as [
      string[],
      string[],
    ];
    for (const [i, what] of figures.entries()) {
      if (expected[i] === found[i]) continue;
      const pair = { what, expected: expected[i] ?? '', found: found[i] ?? '' };
      findings.add({
        ...{ level: 'view', org_id, where: `${timeText(day_s)} ${view}`, ...pair },
        cause:
          'the tables agree and the view does not: it was replaced by one of another definition',
      });
      findings.targets.views.add(view);
    }
  }
}

/** By model, from the minutes alone and not through a view: what an answer about the period must say. */
export async function minuteSums(
  connection: Connection,
  {
    org_id,
    from_s,
    to_s,
  }: { readonly org_id: string; readonly from_s: number; readonly to_s: number },
): Promise<UsageRow[]> {
  const rows = await connection.rows(
    `SELECT u.model AS model, ${MEASURES_SQL} FROM usage_minute AS u FINAL
     WHERE ${WITHIN('u.time')} GROUP BY ALL HAVING calls + tool_calls + runs + call_errors > 0`,
    { org_id, first_s: from_s, end_s: Math.min(LAST_S, to_s) },
  );
  return rows.map((row) => readUsageRow(row));
}

/** A tuple as ClickHouse writes it: `(3,0.0003)`. */
function valuesOf(tuple: unknown): string[] {
  return String(tuple).slice(1, -1).split(',');
}

function timeText(time_s: number): string {
  return `${new Date(time_s * 1_000).toISOString().slice(0, 16)}Z`;
}
