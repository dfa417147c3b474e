// Goal: whatever fails between facts and ledger, everything that was ever dirty gets settled, and
// the watermark never passes what is not. Method: dirty marks, sweep and loop over a store in
// memory whose Nth call fails, for every N, on a simulated clock.

import { expect, test } from 'vitest';
import { readConfig } from '../src/settings/config.ts';
import { DirtyTraces } from '../src/settle/dirty-traces.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { runJob } from '../src/pipeline.ts';
import { SettleLoop } from '../src/settle/settle-loop.ts';
import { SettleStep } from '../src/settle/settle-step.ts';
import { Sweep } from '../src/settle/settle-traces.ts';
import type { Stages } from '../src/stages.ts';
import { chance, SimulatedClock } from './simulation.ts';

interface Fact {
  readonly trace_id: string;
  readonly arrived: number;
}

const PAGE = 7;

/** What the settle half asks of the store: facts in order of arrival, and a ledger of traces. */
class MemoryStore {
  readonly facts: Fact[] = [];
  /** By trace: how many of its facts were there when it was settled last. */
  readonly settled = new Map<string, number>();
  rolledUp = new Map<string, number>();
  mark = 0n;
  /** Traces that the watermark passed before all their facts were settled. */
  readonly passed: string[] = [];
  calls = 0;
  readonly clock: SimulatedClock;
  readonly fails: (call: number) => boolean;

  constructor(clock: SimulatedClock, fails: (call: number) => boolean) {
    this.clock = clock;
    this.fails = fails;
  }

  arrive(trace_id: string): void {
    this.facts.push({ trace_id, arrived: this.clock.now() });
  }

  factsOf(trace_id: string): number {
    return this.facts.filter((fact) => fact.trace_id === trace_id).length;
  }

  async #call(): Promise<void> {
    const failed = this.fails(++this.calls);
    await this.clock.sleep(5);
    if (failed) throw new Error('ClickHouse does not answer');
  }

  async serverTime(): Promise<bigint> {
    await this.#call();
    return BigInt(Math.floor(this.clock.now()));
  }

  async watermark(): Promise<bigint> {
    await this.#call();
    return this.mark;
  }

  async setWatermark(_level: string, seen: bigint): Promise<void> {
    await this.#call();
    for (const { trace_id } of this.facts) {
      const before = this.facts.filter((one) => one.trace_id === trace_id && one.arrived < seen);
      const settled = this.settled.get(trace_id) ?? 0;
      // Not thrown here, where the loop would take it for a failure and go on.
      if (settled < before.length) this.passed.push(trace_id);
    }
    this.mark = seen;
  }

  async dirtySince(since: bigint): Promise<unknown> {
    await this.#call();
    const first = new Map<string, number>();
    for (const { trace_id, arrived } of this.facts) {
      if (arrived >= since && !first.has(trace_id)) first.set(trace_id, arrived);
    }
    // Traces that arrived together are never split between pages.
    const last = [...first.values()][PAGE - 1] ?? Infinity;
    const ids = [...first].filter(([, arrived]) => arrived <= last).map(([trace_id]) => trace_id);
    const traces = ids.map((trace_id) => ({
      org_id: 'default',
      trace_id,
      first_ns: 0n,
      last_ns: 1n,
    }));
    return { traces, next_ns: ids.length < first.size ? BigInt(Math.floor(last)) + 1n : null };
  }

  async settle(traces: readonly { trace_id: string }[]): Promise<unknown> {
    await this.#call();
    const read = traces.map(({ trace_id }) => [trace_id, this.factsOf(trace_id)] as const);
    await this.#call();
    for (const [trace_id, facts] of read) this.settled.set(trace_id, facts);
    return { traces: traces.length, facts: 0, changed: 0, deleted: 0, bounds_reached: 0 };
  }

  async bookAdjustments(): Promise<unknown> {
    await this.#call();
    return { days: 0, waiting: 0, frozen_months: 0 };
  }

  async rollUp(): Promise<void> {
    await this.#call();
    this.rolledUp = new Map(this.settled);
  }
}

interface World {
  readonly clock: SimulatedClock;
  readonly store: MemoryStore;
  readonly stages: Stages;
  readonly loop: SettleLoop;
}

function world(fails: (call: number) => boolean, dirtyTraces_max = 1_000): World {
  const clock = new SimulatedClock();
  const store = new MemoryStore(clock, fails);
  const config = readConfig({
    SPANLEDGER_DIRTY_TRACES_BYTES_MAX: String(dirtyTraces_max * 256),
    SPANLEDGER_SETTLE_TRACES_MAX: '3',
    SPANLEDGER_SWEEP_MS: '5000',
    SPANLEDGER_TICK_MS: '100',
  });
  const dirty = new DirtyTraces(config.settle.dirty_traces_bytes_max, () => clock.now());
  const metrics = new Metrics();
  // The settle half needs no more of the stages than this.
  const stages = {
    config,
    clock,
    store,
    dirty,
    step: new SettleStep(config.settle),
    metrics,
    prices: { book: null },
  } as unknown as Stages;
  const sweep = new Sweep(stages);
  const loop = new SettleLoop({
    intervals: config.settle,
    clock,
    dirty: () => stages.dirty.size,
    sweepWanted: () => sweep.wanted,
    run: (job) => runJob(stages, sweep, job),
  });
  return { clock, store, stages, loop };
}

/** A fact arrives; `told` is whether this process learns of it or another replica took it. */
function arrive({ store, stages, loop }: World, trace_id: string, told: boolean): void {
  store.arrive(trace_id);
  if (!told) return;
  stages.dirty.mark('default', [{ trace_id, first_ns: 0n, last_ns: 1n }]);
  loop.wake();
}

async function run(it: World, seed: number): Promise<void> {
  const below = chance(seed);
  for (let old = 0; old < 20; old++) arrive(it, `old-${old}`, false);
  it.loop.start();
  for (let step = 0; step < 60; step++) {
    await it.clock.until(it.clock.sleep(below(200)));
    arrive(it, `trace-${below(25)}`, below(10) > 0);
  }
  await it.clock.until(it.clock.sleep(60_000));
  expect(it.store.passed).toEqual([]);
  for (const { trace_id } of it.store.facts) {
    expect(it.store.settled.get(trace_id), `${trace_id} with all its facts`).toBe(
      it.store.factsOf(trace_id),
    );
    expect(it.store.rolledUp.get(trace_id)).toBe(it.store.factsOf(trace_id));
  }
}

test('without failures everything is settled, told or not', async () => {
  await run(
    world(() => false),
    1,
  );
});

test.each([1, 4, 25])('%i failures in a row, for every N', async (times) => {
  for (let nth = 1; nth <= 120; nth++) {
    await run(
      world((call) => call >= nth && call < nth + times),
      nth,
    );
  }
});

test('marks beyond the limit are lost, counted, and found by the sweep', async () => {
  const it = world(() => false, 2);
  await run(it, 3);
  expect(it.stages.dirty.overflowed).toBeGreaterThan(0);
});

test('a stop finishes the sweep and settles what is dirty', async () => {
  const it = world(() => false);
  for (let old = 0; old < 20; old++) arrive(it, `old-${old}`, false);
  it.loop.start();
  arrive(it, 'fresh', true);
  await it.clock.until(it.loop.stop());
  expect(it.store.rolledUp.size).toBe(21);
});
