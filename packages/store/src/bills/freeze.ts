// Freezes a month of one organisation: settles and sums what is open of it, and then keeps its days as
// they are. What is open all the same, because more arrives than is settled, is a reason to refuse; it
// would be an adjustment on the next day, and nobody wants to bill that.

import { SpanledgerError } from '@spanledger/ledger';
import { BILL_COLUMNS } from './bill-columns.ts';
import type { Connection } from '../clickhouse/connection.ts';
import { monthOf, readMonth, type Month } from './month.ts';
import { openSums, openTraces } from '../settle/open-work.ts';
import type { RollUps } from '../usage/roll-up.ts';
import { settleTraces, type Settle } from '../settle/settle-traces.ts';
import type { UnitLimits } from '../settle/units.ts';
import { IN_FLIGHT_NS, readWatermark } from '../settle/watermarks.ts';

export interface FreezeRequest {
  readonly org_id: string;
  /** As in `2026-10`. */
  readonly month: string;
  readonly dry_run: boolean;
  /** Who asked, for the record: the id of a key. */
  readonly frozen_by: string;
}

export interface FreezeReport {
  /** Null where it was not frozen: a dry run. */
  readonly frozen_ns: bigint | null;
  /** It was frozen before, and nothing was done. */
  readonly already: boolean;
  readonly open: OpenWork;
}

/** What is not derived yet. */
export interface OpenWork {
  readonly traces: number;
  readonly minutes: number;
  readonly hours: number;
  readonly days: number;
}

const NS_PER_S = 1_000_000_000n;
const OPEN_TRACES_MAX = 20_000;
const TRACES_PER_SETTLEMENT = 500;
/** Others work at the same time, and what they took is not done when we look. */
const ROUNDS_MAX = 5;
const LEVELS = ['minute', 'hour', 'day'] as const;

/** Throws `month_not_over` and `month_not_settled`. Freezing what is frozen does nothing. */
export async function freezeMonth(
  connection: Connection,
  rollUps: RollUps,
  request: FreezeRequest,
  settle: Settle,
  limits: UnitLimits,
): Promise<FreezeReport> {
  const month = readMonth(request.month);
  const { org_id } = request;
  await mustBeOver(connection, month);
  const known_ns = await frozenAt(connection, org_id, month);
  if (known_ns !== null) return { frozen_ns: known_ns, already: true, open: NOTHING_OPEN };
  const since = await readWatermark(connection, 'settle');
  if (request.dry_run) {
    const open = await openWork(connection, org_id, month, since);
    return { frozen_ns: null, already: false, open };
  }
  await settleAll(connection, rollUps, { org_id, month, since }, settle, limits);
  await keepSnapshot(connection, request, month);
  const frozen_ns = await frozenAt(connection, org_id, month);
  return { frozen_ns, already: false, open: NOTHING_OPEN };
}

/** By ClickHouse's clock, and long enough ago that what was booked on its last day is final. */
async function mustBeOver(connection: Connection, { month, to_s }: Month): Promise<void> {
  const now_ns = await connection.serverTime();
  if (now_ns >= BigInt(to_s) * NS_PER_S + IN_FLIGHT_NS) return;
  const detail = `${month}; at the server it is ${monthOf(Number(now_ns / NS_PER_S))}`;
  throw new SpanledgerError('month_not_over', detail);
}

async function frozenAt(
  connection: Connection,
  org_id: string,
  { from_s }: Month,
): Promise<bigint | null> {
  const [row] = await connection.rows(
    `SELECT frozen_at FROM frozen_months
     WHERE org_id = {org_id:String} AND month = toDate(toDateTime({from_s:UInt32}, 'UTC'))`,
    { org_id, from_s },
  );
  return row === undefined ? null : BigInt(String(row['frozen_at']));
}

interface Target {
  readonly org_id: string;
  readonly month: Month;
  /** Facts that arrived since then may not be settled. */
  readonly since: bigint;
}

/** Settles what is there, again what came meanwhile, and gives up when that does not end. */
async function settleAll(
  connection: Connection,
  rollUps: RollUps,
  target: Target,
  settle: Settle,
  limits: UnitLimits,
): Promise<void> {
  const { org_id, month } = target;
  let { since } = target;
  for (let round = 0; ; round++) {
    const begun = await connection.serverTime();
    const traces = await openTraces(connection, org_id, month, since, OPEN_TRACES_MAX + 1);
    const open = await openWork(connection, org_id, month, since, traces.length);
    if (isDone(open)) return;
    if (round === ROUNDS_MAX || traces.length > OPEN_TRACES_MAX) throw notSettled(month, open);
    for (let at = 0; at < traces.length; at += TRACES_PER_SETTLEMENT) {
      const piece = traces.slice(at, at + TRACES_PER_SETTLEMENT);
      const { minutes } = await settleTraces(connection, piece, settle, limits);
      rollUps.mark('minute', minutes);
    }
    for (const level of LEVELS) {
      rollUps.mark(level, await openSums(connection, level, org_id, month));
      await rollUps.run(level);
    }
    since = begun;
  }
}

async function openWork(
  connection: Connection,
  org_id: string,
  month: Month,
  since: bigint,
  known?: number,
): Promise<OpenWork> {
  const most = OPEN_TRACES_MAX + 1;
  return {
    traces: known ?? (await openTraces(connection, org_id, month, since, most)).length,
    minutes: (await openSums(connection, 'minute', org_id, month)).length,
    hours: (await openSums(connection, 'hour', org_id, month)).length,
    days: (await openSums(connection, 'day', org_id, month)).length,
  };
}

const NOTHING_OPEN: OpenWork = { traces: 0, minutes: 0, hours: 0, days: 0 };

function isDone({ traces, minutes, hours, days }: OpenWork): boolean {
  return traces + minutes + hours + days === 0;
}

function notSettled({ month }: Month, open: OpenWork): SpanledgerError {
  const left = Object.entries(open)
    .filter(([, number]) => number > 0)
    .map(([what, number]) => `${number > OPEN_TRACES_MAX ? 'more than ' : ''}${number} ${what}`);
  return new SpanledgerError('month_not_settled', `${month}: open are ${left.join(', ')}`);
}

/** The month is frozen with the second statement; a kill between both leaves rows that nobody reads. */
async function keepSnapshot(
  connection: Connection,
  { org_id, frozen_by }: FreezeRequest,
  { from_s, to_s }: Month,
): Promise<void> {
  const frozen_at = await connection.serverTime();
  const parameters = { org_id, frozen_by, from_s, to_s, frozen_at };
  await connection.command(
    `INSERT INTO frozen_usage (org_id, frozen_at, time, ${BILL_COLUMNS})
     SELECT org_id, {frozen_at:UInt64}, time, ${BILL_COLUMNS} FROM usage_day FINAL
     WHERE org_id = {org_id:String} AND calls + tool_calls + runs + call_errors > 0
       AND time >= toDateTime({from_s:UInt32}, 'UTC') AND time < toDateTime({to_s:UInt32}, 'UTC')`,
    parameters,
  );
  await connection.command(
    `INSERT INTO periods (org_id, month, frozen_at, frozen_by)
     SELECT {org_id:String}, toDate(toDateTime({from_s:UInt32}, 'UTC')), {frozen_at:UInt64},
       {frozen_by:String}`,
    parameters,
  );
}
