// Settles dirty traces from end to end: reads the facts that belong together, derives, saves what
// differs. The pure function is an argument; everything it needs is read after the version is taken.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExecutionRow, Fact, LedgerRow } from '@spanledger/ledger';
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

/** Requests are answered between these many facts. */
const FACTS_PER_TURN = 2_000;

export async function settleTraces(
  connection: Connection,
  dirty: readonly DirtyTrace[],
  settle: Settle,
  limits?: UnitLimits,
): Promise<SettleReport> {
  const version = await connection.serverTime();
  const { units, facts, bounds_reached } = await readUnits(connection, dirty, limits);
  const traces = units.flatMap((unit) => unit.traces);
  const previous = await readPrevious(connection, traces);
  const { rows, executions } = await settleUnits(units, settle);
  const saved = await saveSettlement(connection, version, previous, rows, executions);
  const counts = { traces: traces.length, units: units.length, facts, bounds_reached };
  return { ...saved, ...counts, version };
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
