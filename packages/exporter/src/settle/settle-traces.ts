// The settle half: dirty traces to ledger rows, and the sweep that finds what no one remembers.

import { settle, SpanledgerError } from '@spanledger/ledger';
import type { DirtyTrace } from './dirty-traces.ts';
import type { Stages } from '../stages.ts';

/**
 * Settles what was dirty when it began, for one tick at most: the roll-up has its turn between, so
 * that a backlog does not hold up what is settled already. What cannot be settled stays dirty.
 */
export async function settleDirty(stages: Stages): Promise<void> {
  const { dirty, config, clock, step } = stages;
  const { tick_ms } = config.settle;
  const begun = clock.now();
  for (let left = dirty.size; left > 0 && clock.now() - begun <= tick_ms;) {
    const batch = dirty.take(Math.min(left, step.traces));
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
 * A few traces a run, so that fresh ones never wait for it.
 */
export class Sweep {
  readonly #stages: Stages;
  /** Where the next page begins; null between sweeps. */
  #since_ns: bigint | null = null;
  #page: DirtyTrace[] = [];
  #next_ns: bigint | null = null;
  /** ClickHouse's time when the sweep began. */
  #begun_ns = 0n;
  #lost = -1;

  constructor(stages: Stages) {
    this.#stages = stages;
  }

  /** None was finished yet, one is under way, or marks were lost since the last one began. */
  get wanted(): boolean {
    return this.#since_ns !== null || this.#stages.dirty.overflowed > this.#lost;
  }

  async run(): Promise<void> {
    const { store, step, dirty } = this.#stages;
    if (this.#page.length === 0) {
      if (this.#since_ns === null) {
        this.#begun_ns = await store.serverTime();
        this.#since_ns = await store.watermark('settle');
        this.#lost = dirty.overflowed;
      }
      const { traces, next_ns } = await store.dirtySince(this.#since_ns);
      this.#page = [...traces];
      this.#next_ns = next_ns;
    }
    const batch = this.#page.slice(0, step.traces);
    await settleTraces(this.#stages, batch);
    this.#page.splice(0, batch.length);
    if (this.#page.length > 0) return;
    // Pages are in the order of arrival: what is killed before the end goes on from the last page.
    await store.setWatermark('settle', this.#next_ns ?? this.#begun_ns);
    this.#since_ns = this.#next_ns;
  }
}

/** Facts that are more than one answer of ClickHouse may hold are asked for in smaller parts. */
async function settleTraces(stages: Stages, traces: readonly DirtyTrace[]): Promise<void> {
  const [first] = traces;
  if (first === undefined) return;
  try {
    await settleAtOnce(stages, traces);
  } catch (error) {
    if (!(error instanceof SpanledgerError) || error.code !== 'answer_too_large') throw error;
    if (traces.length === 1) return leave(stages, first, error.detail);
    const half = Math.ceil(traces.length / 2);
    stages.step.done(half, stages.config.settle.facts_max);
    await settleTraces(stages, traces.slice(0, half));
    await settleTraces(stages, traces.slice(half));
  }
}

/** A trace that does not fit into memory must not stop all others for ever. */
function leave({ metrics, log }: Stages, trace: DirtyTrace, reason: string): void {
  const { org_id, trace_id } = trace;
  const next = 'raise SPANLEDGER_CLICKHOUSE_ANSWER_BYTES_MAX and run "spanledger verify --repair"';
  metrics.count('spanledger_unsettled_traces_total');
  log.error({ org_id, trace_id, reason, next }, 'a trace is too large to be settled');
}

async function settleAtOnce(stages: Stages, traces: readonly DirtyTrace[]): Promise<void> {
  const { store, metrics, step } = stages;
  const { book } = stages.prices;
  const report = await store.settle(traces, (facts) => settle(facts, book));
  step.done(traces.length, report.facts);
  metrics.count('spanledger_settled_traces_total', {}, report.traces);
  metrics.count('spanledger_settled_facts_total', {}, report.facts);
  metrics.count('spanledger_settled_rows_total', {}, report.changed + report.deleted);
  metrics.count('spanledger_bounded_units_total', {}, report.bounds_reached);
}
