// The settle half: dirty traces to ledger rows, and the sweep that finds what no one remembers.

import { setImmediate as otherWork } from 'node:timers/promises';
import { settle, type ExecutionRow, type LedgerRow } from '@spanledger/ledger';
import type { DirtyTrace } from './dirty-traces.ts';
import type { Stages } from './stages.ts';

/** An insert may become visible this long after the time that its rows carry. */
const IN_FLIGHT_NS = 60_000_000_000n;
/** Requests get a turn after so many facts. */
const FACTS_PER_TURN = 2_000;

/** Settles all that was dirty when it began; what cannot be settled stays dirty. */
export async function settleDirty(stages: Stages): Promise<void> {
  const { dirty, config } = stages;
  for (let left = dirty.size; left > 0;) {
    const batch = dirty.take(Math.min(left, config.settle.traces_max));
    left -= batch.length;
    try {
      await settleTraces(stages, batch);
    } catch (error) {
      dirty.putBack(batch);
      throw error;
    }
  }
}

/**
 * Finds what no memory holds: after a start, after marks were lost, and what other replicas left.
 * One page a run, so that fresh traces never wait for it.
 */
export class Sweep {
  readonly #stages: Stages;
  #since_ns: bigint | null = null;
  /** ClickHouse's time when the first page was read. */
  #begun_ns = 0n;
  #lost = 0;

  constructor(stages: Stages) {
    this.#stages = stages;
  }

  /** A sweep is not finished, or marks were lost since the last one began. */
  get wanted(): boolean {
    return this.#since_ns !== null || this.#stages.dirty.overflowed > this.#lost;
  }

  async run(): Promise<void> {
    const { store, config, dirty } = this.#stages;
    if (this.#since_ns === null) {
      this.#lost = dirty.overflowed;
      this.#begun_ns = await store.serverTime();
      this.#since_ns = await store.watermark('settle');
    }
    const page = await store.dirtySince(this.#since_ns, config.settle.traces_max);
    await settleTraces(this.#stages, page.traces);
    if (page.next_ns === null) await store.setWatermark('settle', this.#begun_ns - IN_FLIGHT_NS);
    this.#since_ns = page.next_ns;
  }
}

/** The version is taken before the facts are read: what arrives later is dirty again. */
async function settleTraces(stages: Stages, traces: readonly DirtyTrace[]): Promise<void> {
  const { store, book, metrics } = stages;
  if (traces.length === 0) return;
  const version = await store.serverTime();
  const reading = await store.readUnits(traces);
  const rows: LedgerRow[] = [];
  const executions: ExecutionRow[] = [];
  let facts = 0;
  for (const unit of reading.units) {
    // Unit by unit: what a unit settles to must not depend on what was dirty beside it.
    const settled = settle(unit.facts, book);
    for (const row of settled.rows) rows.push(row);
    for (const row of settled.executions) executions.push(row);
    facts += unit.facts.length;
    if (facts % FACTS_PER_TURN < unit.facts.length) await otherWork();
  }
  const saved = await store.saveSettlement(version, reading, rows, executions);
  metrics.count('spanledger_settled_traces_total', {}, traces.length);
  metrics.count('spanledger_settled_facts_total', {}, facts);
  metrics.count('spanledger_settled_rows_total', {}, saved.changed + saved.deleted);
  metrics.count('spanledger_bounded_units_total', {}, reading.bounds_reached);
}
