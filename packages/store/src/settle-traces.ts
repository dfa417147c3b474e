// Settles dirty traces from end to end: reads the facts that belong together, derives, saves what
// differs. The pure function is an argument; everything it needs is read after the version is taken.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { SpanledgerError, type ExecutionRow, type Fact, type LedgerRow } from '@spanledger/ledger';
import { announce, overtaken } from './announcements.ts';
import type { Connection } from './connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { readPrevious, saveSettlement, type Saved } from './settlement.ts';
import { readUnits, type Unit, type UnitLimits } from './units.ts';

/** Pure: the rows that these facts make. */
export type Settle = (facts: readonly Fact[]) => {
  readonly rows: readonly LedgerRow[];
  readonly executions: readonly ExecutionRow[];
};

export interface SettleReport extends Saved {
  readonly traces: number;
  readonly units: number;
  readonly facts: number;
  readonly bounds_reached: number;
  readonly version: bigint;
}

/** Each round needs another loop that overtakes this one and finds other rows; then the caller waits. */
const OVERTAKEN_ROUNDS_MAX = 10;
/** Requests are answered between these many facts. */
const FACTS_PER_TURN = 2_000;

export async function settleTraces(
  connection: Connection,
  dirty: readonly DirtyTrace[],
  settle: Settle,
  limits?: UnitLimits,
): Promise<SettleReport> {
  let { again, report } = await settleOnce(connection, dirty, settle, limits);
  for (let round = 1; again.length > 0; round++) {
    if (round > OVERTAKEN_ROUNDS_MAX) {
      throw new SpanledgerError(
        'store_unavailable',
        `others settle the same ${again.length} traces`,
      );
    }
    const next = await settleOnce(connection, again, settle, limits);
    again = next.again;
    report = sumOf(report, next.report);
  }
  return report;
}

/** `again`: the traces that a later settlement began on before these rows were written. */
async function settleOnce(
  connection: Connection,
  dirty: readonly DirtyTrace[],
  settle: Settle,
  limits?: UnitLimits,
): Promise<{ again: readonly DirtyTrace[]; report: SettleReport }> {
  const version = await connection.serverTime();
  const { units, facts, bounds_reached } = await readUnits(connection, dirty, limits);
  const traces = units.flatMap((unit) => unit.traces);
  await announce(connection, version, traces);
  const previous = await readPrevious(connection, traces);
  const { rows, executions } = await settleUnits(units, settle);
  const saved = await saveSettlement(connection, version, previous, rows, executions);
  const wrote = saved.changed + saved.deleted > 0;
  const again = wrote ? await overtaken(connection, version, traces) : [];
  const counts = { traces: traces.length, units: units.length, facts, bounds_reached };
  return { again, report: { ...saved, ...counts, version } };
}

function sumOf(one: SettleReport, next: SettleReport): SettleReport {
  return {
    traces: one.traces + next.traces,
    units: one.units + next.units,
    facts: one.facts + next.facts,
    bounds_reached: one.bounds_reached + next.bounds_reached,
    changed: one.changed + next.changed,
    deleted: one.deleted + next.deleted,
    minutes: [...one.minutes, ...next.minutes],
    version: next.version,
  };
}

/** Unit by unit, so that what was dirty together does not matter. */
export async function settleUnits(
  units: readonly Unit[],
  settle: Settle,
): Promise<{ rows: LedgerRow[]; executions: ExecutionRow[] }> {
  const rows: LedgerRow[] = [];
  const executions: ExecutionRow[] = [];
  let since = 0;
  for (const unit of units) {
    const settled = settle(unit.facts);
    for (const row of settled.rows) rows.push(row);
    for (const row of settled.executions) executions.push(row);
    since += unit.facts.length;
    if (since < FACTS_PER_TURN) continue;
    since = 0;
    await nextTurn();
  }
  return { rows, executions };
}
