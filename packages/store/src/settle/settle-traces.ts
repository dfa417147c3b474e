// Settles dirty traces from end to end: reads the facts that belong together, derives, saves what
// differs. The pure function is an argument; everything it needs is read after the version is taken.

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  SpanledgerError,
  type Doubt,
  type ExecutionRow,
  type Fact,
  type LedgerRow,
} from '@spanledger/ledger';
import { announce, overtaken } from './announcements.ts';
import type { Connection } from '../clickhouse/connection.ts';
import type { DirtyTrace } from './dirty-traces.ts';
import { pieces } from '../usage/grouping.ts';
import { coverLate } from './late-records.ts';
import {
  displacedOf,
  readPrevious,
  saveSettlement,
  type Previous,
  type Saved,
  type Writing,
} from './settlement.ts';
import { keyOf, traceKey, type TraceHours } from './trace-hours.ts';
import { UNIT_LIMITS, readUnits, type Unit, type UnitLimits, type UnitReading } from './units.ts';

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
/** What shares a response id with a dirty trace is settled after it, this many traces at a time. */
const NEIGHBOURS_PER_PIECE = 500;
/** On the rows of a trace whose unit was bounded. */
const BOUNDED_DOUBT: Doubt = 'unit_bounded';
/** Requests are answered between these many facts. */
const FACTS_PER_TURN = 2_000;

/**
 * Alone where no fact changed: then the rows of neighbours stay as they are. Anew: alone, and every row
 * is written again, because what is stored is not to be trusted.
 */
type Reach = 'with neighbours' | 'alone' | 'anew';

export async function settleTraces(
  connection: Connection,
  dirty: readonly DirtyTrace[],
  settle: Settle,
  limits?: UnitLimits,
  reach: Reach = 'with neighbours',
): Promise<SettleReport> {
  let { again, report } = await settleOnce(connection, dirty, settle, limits, reach);
  for (let round = 1; again.length > 0; round++) {
    if (round > OVERTAKEN_ROUNDS_MAX) {
      throw new SpanledgerError(
        'store_unavailable',
        `others settle the same ${again.length} traces`,
      );
    }
    const next = await settleOnce(connection, again, settle, limits, reach);
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
  limits: UnitLimits | undefined,
  reach: Reach,
): Promise<Settled> {
  const comes = reach === 'with neighbours';
  const late = comes ? await coverLate(connection, dirty, limits ?? UNIT_LIMITS) : [];
  const begun = await begin(connection, late.length === 0 ? dirty : [...dirty, ...late], limits);
  if (reach === 'alone') return finish(connection, begun, settle);
  if (reach === 'anew') return finish(connection, begun, settle, 'everything');
  // The neighbours first: what is stored of these traces tells some of them, as long as it stands.
  const neighbours = await begun.reading.neighbours(displacedOf(begun.previous));
  const settled: Settled[] = [];
  for (const piece of pieces(neighbours, NEIGHBOURS_PER_PIECE)) {
    settled.push(await finish(connection, await begin(connection, piece, limits), settle));
  }
  const own = await finish(connection, begun, settle);
  return {
    again: [...own.again, ...settled.flatMap(({ again }) => again)],
    report: settled.reduce((sum, { report }) => sumOf(sum, report), own.report),
  };
}

interface Settled {
  readonly again: readonly DirtyTrace[];
  readonly report: SettleReport;
}

interface Begun {
  readonly version: bigint;
  readonly reading: UnitReading;
  readonly traces: readonly TraceHours[];
  readonly previous: Previous;
}

async function begin(
  connection: Connection,
  dirty: readonly DirtyTrace[],
  limits: UnitLimits | undefined,
): Promise<Begun> {
  const version = await connection.serverTime();
  const reading = await readUnits(connection, dirty, limits);
  const traces = tracesOfUnits(reading.units);
  await announce(connection, version, traces);
  return { version, reading, traces, previous: await readPrevious(connection, traces) };
}

/** Saves the rows of the traces that it was begun with, and of no others. */
async function finish(
  connection: Connection,
  { version, reading, traces, previous }: Begun,
  settle: Settle,
  writing: Writing = 'what differs',
): Promise<Settled> {
  const { units, facts, bounds_reached } = reading;
  const { rows, executions } = await settleUnits(units, settle);
  const saved = await saveSettlement(connection, version, previous, rows, executions, writing);
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

/** The traces of all units, each once: the records of one minute without a trace may make several. */
export function tracesOfUnits(units: readonly Unit[]): TraceHours[] {
  const traces = new Map<string, TraceHours>();
  for (const unit of units) {
    for (const trace of unit.traces) traces.set(`${trace.org_id}\n${keyOf(trace)}`, trace);
  }
  return [...traces.values()];
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
    const own = new Set(unit.traces.map(keyOf));
    for (const row of settled.rows) {
      if (!own.has(traceKey(row.trace_id, row.start_time))) continue;
      if (unit.event_ids?.has(row.event_id) ?? true) rows.push(doubted(row, unit));
    }
    for (const row of settled.executions) {
      if (own.has(traceKey(row.trace_id, row.start_time))) executions.push(row);
    }
    since += unit.facts.length;
    if (since < FACTS_PER_TURN) continue;
    since = 0;
    await nextTurn();
  }
  return { rows, executions };
}

function doubted(row: LedgerRow, unit: Unit): LedgerRow {
  return unit.bounded ? { ...row, doubts: [...row.doubts, BOUNDED_DOUBT].sort() } : row;
}
