// One exporter of a simulation: the grouping, marks, sweep, schedule and roll-ups of the product, on a
// simulated clock and a store in memory. It can die at any call and leaves nothing but what it stored.

import { readConfig } from '../../packages/exporter/src/settings/config.ts';
import { DirtyTraces } from '../../packages/exporter/src/settle/dirty-traces.ts';
import { Grouper, type RowBlock, type Table } from '../../packages/exporter/src/receive/group.ts';
import { Metrics } from '../../packages/exporter/src/metrics/metrics.ts';
import { runJob } from '../../packages/exporter/src/pipeline.ts';
import { SettleLoop } from '../../packages/exporter/src/settle/settle-loop.ts';
import { SettleStep } from '../../packages/exporter/src/settle/settle-step.ts';
import { Sweep } from '../../packages/exporter/src/settle/settle-traces.ts';
import type { Stages } from '../../packages/exporter/src/stages.ts';
import type { Connection } from '../../packages/store/src/clickhouse/connection.ts';
import { RollUps, type RollUpReport } from '../../packages/store/src/usage/roll-up.ts';
import type { RollUpLevel } from '../../packages/store/src/usage/roll-up-plan.ts';
import { IN_FLIGHT_NS } from '../../packages/store/src/settle/watermarks.ts';
import { timeOf, type Caller, type StoreInMemory } from './store-in-memory.ts';

const TRACES_PER_PAGE = 3;
const DAY_S = 86_400;
const TABLES: readonly Table[] = ['otel_traces', 'genai_facts'];
/** A failed insert fails its requests at once, so that the simulation sees what becomes of them. */
const LIMITS = {
  ...{
    block_rows: 8,
    block_days_max: 2,
    block_bytes: 1_000_000,
    block_wait_ms: 20,
    block_rest_ms: 0,
  },
  ...{ blocks_max: 3, insert_attempts_max: 1 },
};

class SpanBlock implements RowBlock<number> {
  rows: string[] = [];
  readonly logs = 0;
  readonly points = 0;
  readonly size_bytes = 0;

  get spans(): number {
    return this.rows.length;
  }
  get facts(): number {
    return this.rows.length;
  }
  mark(): number {
    return this.rows.length;
  }
  days(since: number): ReadonlySet<number> {
    const traces = this.rows.slice(since).map((span) => span.split('/')[0] ?? '');
    return new Set(traces.map((trace) => Math.floor(timeOf(trace) / DAY_S)));
  }
  rollback(mark: number): void {
    this.rows.length = mark;
  }
  reset(): void {
    this.rows = [];
  }
  parts(table: Table): Uint8Array[] {
    const used = TABLES.includes(table) && this.rows.length > 0;
    return used ? [Buffer.from(this.rows.join(','))] : [];
  }
}

export class Replica implements Caller {
  dead = false;
  readonly #store: StoreInMemory;
  readonly #grouper: Grouper<number, SpanBlock>;
  readonly #dirty: DirtyTraces;
  readonly #loop: SettleLoop;
  readonly #rollUps: RollUps;
  readonly #onDeath: () => void;
  #broken: (() => void)[] = [];

  constructor(store: StoreInMemory, name: string, onDeath: () => void) {
    const { clock } = store;
    this.#store = store;
    this.#onDeath = onDeath;
    let tokens = 0;
    this.#grouper = new Grouper<number, SpanBlock>({
      limits: LIMITS,
      clock,
      newBlock: () => new SpanBlock(),
      newToken: () => `${name}-${++tokens}`,
      insert: (table, parts) => {
        const spans = Buffer.concat(parts).toString().split(',');
        return store.call(this, () => store.insert(table, spans));
      },
    });
    // The roll-ups ask no more of a connection than this.
    this.#rollUps = new RollUps(store.connectionOf(this) as unknown as Connection);
    const config = readConfig({ SPANLEDGER_SWEEP_MS: '15000', SPANLEDGER_TICK_MS: '100' });
    this.#dirty = new DirtyTraces(config.settle.dirty_traces_bytes_max, () => clock.now());
    const stages = {
      ...{ config, clock, dirty: this.#dirty, prices: { book: null }, metrics: new Metrics() },
      ...{ step: new SettleStep(config.settle), store: this.#settleHalf() },
    } as unknown as Stages;
    const sweep = new Sweep(stages);
    this.#loop = new SettleLoop({
      intervals: { ...config.settle, hour_ms: 4_000, day_ms: 8_000 },
      clock,
      dirty: () => this.#dirty.size,
      sweepWanted: () => sweep.wanted,
      run: (job) => runJob(stages, sweep, job),
    });
    this.#loop.start();
  }

  die(): void {
    if (this.dead) return;
    this.dead = true;
    for (const broken of this.#broken) broken();
    this.#onDeath();
  }

  /** True when the spans were acknowledged; false for every other answer and for none. */
  async take(spans: readonly string[]): Promise<boolean> {
    if (this.dead) return false;
    const broken = new Promise<boolean>((resolve) => this.#broken.push(() => resolve(false)));
    return Promise.race([broken, this.#stored(spans)]);
  }

  async #stored(spans: readonly string[]): Promise<boolean> {
    const markDirty = (): void => {
      for (const span of spans) this.#dirty.mark('default', [touched(span.split('/')[0] ?? '')]);
      this.#loop.wake();
    };
    try {
      await this.#grouper.add((block) => block.rows.push(...spans)).stored;
      markDirty();
      return true;
    } catch {
      markDirty();
      return false;
    }
  }

  #settleHalf() {
    const store = this.#store;
    return {
      serverTime: () => store.call(this, () => store.now()),
      watermark: (level: string) => store.call(this, () => store.watermark(level)),
      setWatermark: (level: string, seen_ns: bigint) =>
        store.call(this, () => store.raise(level, seen_ns - IN_FLIGHT_NS)),
      dirtySince: (since_ns: bigint) => store.call(this, () => this.#page(since_ns)),
      settle: (traces: readonly { trace_id: string }[]) => this.#settle(traces),
      rollUp: (level: RollUpLevel): Promise<RollUpReport> => this.#rollUps.run(level),
      bookAdjustments: async () => ({ days: 0, waiting: 0, frozen_months: 0 }),
    };
  }

  #page(since_ns: bigint) {
    const first = new Map<string, bigint>();
    for (const { trace_id, arrived_ns } of this.#store.facts.values()) {
      if (arrived_ns >= since_ns && !first.has(trace_id)) first.set(trace_id, arrived_ns);
    }
    const page = [...first].slice(0, TRACES_PER_PAGE);
    const traces = page.map(([trace_id]) => ({ org_id: 'default', ...touched(trace_id) }));
    const last_ns = page.at(-1)?.[1] ?? 0n;
    return { traces, next_ns: page.length < first.size ? last_ns + 1n : null };
  }

  /** In the steps of the product: version, facts, announcement, what is stored, rows, a look back. */
  async #settle(traces: readonly { trace_id: string }[]) {
    const store = this.#store;
    for (const { trace_id } of traces) {
      for (;;) {
        const version = await store.call(this, () => store.now());
        const spans = await store.call(this, () => store.spansOf(trace_id));
        await store.call(this, () => {
          const known = store.announced.get(trace_id) ?? 0n;
          if (version > known) store.announced.set(trace_id, version);
        });
        const stored = await store.call(
          this,
          () => new Map([...store.ledger].map(([span, row]) => [span, row.value])),
        );
        // Each row says how many spans its trace has, so that a row of fewer facts is seen to be one.
        const rows = spans.filter((span) => stored.get(span) !== spans.length);
        if (rows.length === 0) break;
        const changed = new Map(rows.map((span) => [span, spans.length]));
        await store.call(this, () => store.save(trace_id, changed, version));
        this.#rollUps.mark('minute', [{ org_id: 'default', time_s: timeOf(trace_id) }]);
        const newest = await store.call(this, () => store.announced.get(trace_id) ?? 0n);
        if (newest <= version) break;
      }
    }
    return { traces: traces.length, facts: 0, changed: 0, deleted: 0, bounds_reached: 0 };
  }
}

function touched(trace_id: string) {
  return { trace_id, first_ns: 0n, last_ns: 1n };
}
