// Mends what a verification found: settles the traces anew, computes the sums that differ and those
// that follow from what was settled, and makes the views again. Nothing else is touched.

import type { Connection } from '../clickhouse/connection.ts';
import type { Targets } from '../usage/findings.ts';
import { groupBy } from '../usage/grouping.ts';
import { readMigrations } from '../schema/migrate.ts';
import type { RollUps, UsageKey } from '../usage/roll-up.ts';
import { PLANS, type RollUpLevel } from '../usage/roll-up-plan.ts';
import { settleTraces, type Settle } from '../settle/settle-traces.ts';
import { BATCH_CONDITION, batchParameters, batchesOf, hoursOf } from '../settle/trace-hours.ts';
import type { UnitLimits } from '../settle/units.ts';

export interface RepairReport {
  /** Settled anew. */
  readonly traces: number;
  /** Computed again; organisations times minutes, hours and days. */
  readonly minutes: number;
  readonly hours: number;
  readonly days: number;
  /** Made again. */
  readonly views: number;
}

/** Waits for the deletion of rows; they are few, and without it they would win over what is written. */
const DELETE_SETTINGS = { mutations_sync: 1 };

export async function repair(
  connection: Connection,
  rollUps: RollUps,
  targets: Targets,
  settle: Settle,
  limits: UnitLimits,
): Promise<RepairReport> {
  const traces = [...targets.traces.values()];
  await dropRowsOfTheFuture(connection, targets);
  const { minutes: changed } =
    traces.length === 0
      ? { minutes: [] }
      : await settleTraces(connection, traces, settle, limits, 'anew');
  let follows: readonly UsageKey[] = changed;
  const counts = { minute: 0, hour: 0, day: 0 };
  for (const level of ['minute', 'hour', 'day'] as const) {
    const keys = new Map(targets.usage[level]);
    for (const key of follows) keys.set(`${key.org_id}\n${key.time_s}`, key);
    await rollUps.compute(level, [...keys.values()]);
    counts[level] = keys.size;
    const { next } = PLANS[level];
    follows = next === null ? [] : startsOf(next, [...keys.values()]);
  }
  await makeViews(connection, targets.views);
  const { minute: minutes, hour: hours, day: days } = counts;
  return { traces: traces.length, minutes, hours, days, views: targets.views.size };
}

function startsOf(level: RollUpLevel, keys: readonly UsageKey[]): UsageKey[] {
  const { length_s } = PLANS[level];
  return keys.map(({ org_id, time_s }) => ({ org_id, time_s: time_s - (time_s % length_s) }));
}

/**
 * The newest version of a row wins, so one that claims a time to come would win over every later
 * settlement. No clock but ClickHouse's gives versions: such a row is none of ours.
 */
async function dropRowsOfTheFuture(connection: Connection, targets: Targets): Promise<void> {
  const now = await connection.serverTime();
  for (const [org_id, dirty] of groupBy(targets.traces.values(), (trace) => trace.org_id)) {
    for (const batch of batchesOf(await hoursOf(connection, org_id, dirty))) {
      for (const table of ['ledger', 'executions']) {
        const where = `${BATCH_CONDITION} AND settled_at > {now:UInt64}`;
        await dropRows(connection, table, where, { ...batchParameters(batch), now });
      }
    }
  }
  for (const level of ['minute', 'hour', 'day'] as const) {
    for (const [org_id, keys] of groupBy(targets.usage[level].values(), (key) => key.org_id)) {
      const where = `org_id = {org_id:String} AND toUnixTimestamp(time) IN {times:Array(UInt32)}
        AND version > {now:UInt64}`;
      const times = keys.map(({ time_s }) => time_s);
      await dropRows(connection, PLANS[level].target, where, { org_id, times, now });
    }
  }
}

async function dropRows(
  connection: Connection,
  table: string,
  where: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<void> {
  const [found] = await connection.rows(
    `SELECT count() AS rows FROM ${table} WHERE ${where}`,
    parameters,
  );
  if (Number(found?.['rows']) === 0) return;
  await connection.command(`ALTER TABLE ${table} DELETE WHERE ${where}`, parameters, {
    settings: DELETE_SETTINGS,
  });
}

/** By the last migration that made each. */
async function makeViews(connection: Connection, views: ReadonlySet<string>): Promise<void> {
  if (views.size === 0) return;
  const statements = (await readMigrations()).flatMap((migration) => migration.statements);
  for (const view of views) {
    const made = statements.findLast((text) => text.startsWith(`CREATE OR REPLACE VIEW ${view} `));
    if (made !== undefined) await connection.command(made);
  }
}
