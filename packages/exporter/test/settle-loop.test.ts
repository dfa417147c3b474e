// Goal: whatever is dirty gets settled, soon and again after every failure, one tick at a time.
// Method: the loop on a simulated clock with jobs in memory whose Nth run fails.

import { describe, expect, test } from 'vitest';
import { DirtyTraces } from '../src/settle/dirty-traces.ts';
import { SettleLoop } from '../src/settle/settle-loop.ts';
import type { Job } from '../src/settle/schedule.ts';
import { chance, SimulatedClock } from './simulation.ts';

const INTERVALS = {
  tick_ms: 1_000,
  hour_ms: 30_000,
  day_ms: 600_000,
  adjust_ms: 600_000,
  sweep_ms: 60_000,
};
const JOB_MS = 50;
/** Of one mark, rounded up. */
const MARK_BYTES = 256;

interface Run {
  readonly job: Job;
  readonly at: number;
  readonly failed: boolean;
}

/** A loop whose `settle` takes all that is dirty and whose runs fail as `fails` says. */
class World {
  readonly clock = new SimulatedClock();
  readonly dirty = new DirtyTraces(1_000 * MARK_BYTES, () => this.clock.now());
  readonly settled: string[] = [];
  readonly runs: Run[] = [];
  running = 0;
  /** Bookings of adjustments that are left. */
  unbooked = 0;
  readonly loop: SettleLoop;

  constructor(fails: (number: number, job: Job) => boolean = () => false) {
    this.loop = new SettleLoop({
      intervals: INTERVALS,
      clock: this.clock,
      dirty: () => this.dirty.size,
      adjustWanted: () => this.unbooked > 0,
      run: (job) => this.#run(job, fails),
    });
  }

  async #run(job: Job, fails: (number: number, job: Job) => boolean): Promise<void> {
    expect(++this.running, 'one job at a time').toBe(1);
    const failed = fails(this.runs.length + 1, job);
    this.runs.push({ job, at: this.clock.now(), failed });
    const taken = job === 'settle' ? this.dirty.take(1_000) : [];
    await this.clock.sleep(JOB_MS);
    this.running--;
    if (job === 'adjust' && !failed) this.unbooked = Math.max(0, this.unbooked - 1);
    if (failed) {
      this.dirty.putBack(taken);
      throw new Error('ClickHouse does not answer');
    }
    this.settled.push(...taken.map(({ trace_id }) => trace_id));
  }

  mark(trace_id: string): void {
    this.dirty.mark('default', [{ trace_id, first_ns: 1n, last_ns: 2n }]);
    this.loop.wake();
  }

  async pass(duration_ms: number): Promise<void> {
    await this.clock.until(this.clock.sleep(duration_ms));
  }

  times(job: Job): number[] {
    return this.runs.filter((run) => run.job === job).map(({ at }) => at);
  }
}

test('at the start everything is looked at once, finer levels first', async () => {
  const world = new World();
  world.loop.start();
  await world.pass(5_000);
  expect(world.runs.map(({ job }) => job)).toEqual([
    ...['sweep', 'settle', 'minute', 'hour', 'day', 'adjust'],
  ]);
});

test('a mark in an idle service is settled at once, not at the next second', async () => {
  const world = new World();
  world.loop.start();
  await world.pass(10_500);
  world.mark('a');
  await world.pass(200);
  expect(world.settled).toEqual(['a']);
  expect(world.times('settle').at(-1)).toBeLessThanOrEqual(10_520);
  expect(world.runs.at(-1)?.job).toBe('minute');
});

test('under load ticks are a second apart', async () => {
  const world = new World();
  world.loop.start();
  await world.pass(5_000);
  for (let step = 0; step < 100; step++) {
    world.mark(`trace-${step}`);
    await world.pass(100);
  }
  const times = world.times('settle').slice(1);
  expect(times.length).toBeGreaterThanOrEqual(9);
  for (const [index, at] of times.entries()) {
    if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(1_000);
  }
});

test('each level has its own clock', async () => {
  const world = new World();
  world.loop.start();
  await world.pass(1_200_000 + 1_000);
  const between = (job: Job): number[] =>
    world.times(job).map((at, index, all) => at - (all[index - 1] ?? at - Infinity));
  expect(world.times('day')).toHaveLength(3);
  expect(Math.min(...between('day'))).toBeGreaterThanOrEqual(INTERVALS.day_ms);
  expect(world.times('hour').length).toBeGreaterThan(35);
  expect(Math.min(...between('hour'))).toBeGreaterThanOrEqual(INTERVALS.hour_ms);
  expect(world.times('sweep').length).toBeGreaterThan(18);
  expect(Math.min(...between('sweep'))).toBeGreaterThanOrEqual(INTERVALS.sweep_ms);
});

test('adjustments that one booking left are booked at once, and a mark has its turn between', async () => {
  const world = new World();
  world.loop.start();
  await world.pass(5_000);
  world.unbooked = 20;
  await world.pass(INTERVALS.hour_ms + 20 * 2 * JOB_MS);
  expect(world.unbooked).toBe(0);
  world.unbooked = 20;
  world.mark('a');
  await world.pass(JOB_MS * 4);
  expect(world.settled).toEqual(['a']);
  await world.clock.until(world.loop.catchUp());
  expect(world.unbooked).toBe(0);
});

test('a job that always fails waits longer each time and holds up no other', async () => {
  const world = new World((_, job) => job === 'hour');
  world.loop.start();
  await world.pass(60_000);
  const waits = world.times('hour').map((at, index, all) => at - (all[index - 1] ?? at));
  expect(waits.slice(1, 5).every((wait, index, all) => wait >= (all[index - 1] ?? 0))).toBe(true);
  expect(world.times('hour').length).toBeLessThan(20);
  world.mark('a');
  await world.pass(1_000);
  expect(world.settled).toEqual(['a']);
});

test('stop ends the running job, settles the rest and rolls up', async () => {
  const world = new World();
  world.loop.start();
  await world.pass(2_000);
  world.mark('a');
  await world.pass(20);
  world.mark('b');
  await world.clock.until(world.loop.stop());
  expect(world.settled).toEqual(['a', 'b']);
  expect(world.runs.slice(-4).map(({ job }) => job)).toEqual(['minute', 'hour', 'day', 'adjust']);
  const runs = world.runs.length;
  await world.pass(100_000);
  expect(world.runs).toHaveLength(runs);
});

test('catching up waits for the running job, derives every level, and the clocks go on', async () => {
  const world = new World();
  world.loop.start();
  await world.pass(2_000);
  world.mark('a');
  await world.pass(20);
  world.mark('b');
  await world.clock.until(Promise.all([world.loop.catchUp(), world.loop.catchUp()]));
  expect(world.settled).toEqual(['a', 'b']);
  expect(world.runs.slice(-4).map(({ job }) => job)).toEqual(['minute', 'hour', 'day', 'adjust']);
  world.mark('c');
  await world.pass(2_000);
  expect(world.settled).toEqual(['a', 'b', 'c']);
});

test('stop says when the rest cannot be settled', async () => {
  const world = new World(() => true);
  world.loop.start();
  world.mark('a');
  await expect(world.clock.until(world.loop.stop())).rejects.toThrow('does not answer');
});

describe.each([1, 2, 5])('%i failures in a row', (times) => {
  test('for every N: all that was marked is settled, and minutes follow the last settling', async () => {
    for (let nth = 1; nth <= 40; nth++) {
      const below = chance(nth);
      const world = new World((number) => number >= nth && number < nth + times);
      world.loop.start();
      const marked = Array.from({ length: 20 }, (_, index) => `trace-${index}`);
      for (const trace of marked) {
        await world.pass(below(400));
        world.mark(trace);
      }
      await world.pass(60_000);
      expect(new Set(world.settled), `failure at ${nth}`).toEqual(new Set(marked));
      const done = world.runs.filter(({ failed }) => !failed).map(({ job }) => job);
      expect(done.lastIndexOf('minute')).toBeGreaterThan(done.lastIndexOf('settle'));
    }
  });
});

describe('dirty traces', () => {
  const trace = (trace_id: string, first_ns = 1n, last_ns = 2n) => ({
    trace_id,
    first_ns,
    last_ns,
  });

  test.each([
    ['at the limit all are kept', 3, 3, 0],
    ['one over is left to the sweep and counted', 4, 3, 1],
  ])('%s', (_, marks, kept, overflowed) => {
    const dirty = new DirtyTraces(3 * MARK_BYTES, () => 0);
    dirty.mark('default', rowsOf(marks));
    expect([dirty.size, dirty.overflowed]).toEqual([kept, overflowed]);
  });

  test('a trace that is marked again is one trace over the wider time', () => {
    const dirty = new DirtyTraces(3 * MARK_BYTES, () => 0);
    dirty.mark('default', [trace('a', 5n, 6n), trace('a', 3n, 4n)]);
    expect(dirty.take(9)).toEqual([{ org_id: 'default', ...trace('a', 3n, 6n) }]);
  });

  test('the same trace id of two organisations is two traces', () => {
    const dirty = new DirtyTraces(3 * MARK_BYTES, () => 0);
    dirty.mark('one', [trace('a')]);
    dirty.mark('two', [trace('a')]);
    expect(dirty.size).toBe(2);
  });

  test.each([
    ['records without a trace are one mark for each minute', 47n, 47 * 60 + 1, 0],
    ['over a range that no honest sender has, they are left to the sweep', 48n, 0, 1],
    ['over all of time too', 2_000_000n, 0, 1],
  ])('%s', (_, hours, kept, overflowed) => {
    const dirty = new DirtyTraces(10_000 * MARK_BYTES, () => 0);
    const hour_ns = 3_600_000_000_000n;
    dirty.mark('default', [trace('', 5n * hour_ns + 1n, (5n + hours) * hour_ns + 2n)]);
    expect([dirty.size, dirty.overflowed]).toEqual([kept, overflowed]);
    for (const { first_ns, last_ns } of dirty.take(10_000)) {
      expect(first_ns % 60_000_000_000n).toBe(0n);
      expect(last_ns).toBe(first_ns);
    }
  });

  test('the age is that of the oldest mark', () => {
    let now = 0;
    const dirty = new DirtyTraces(3 * MARK_BYTES, () => now);
    expect(dirty.age_ms).toBe(0);
    dirty.mark('default', [trace('a')]);
    now = 700;
    dirty.mark('default', [trace('b')]);
    expect(dirty.age_ms).toBe(700);
    dirty.take(2);
    expect(dirty.age_ms).toBe(0);
  });

  function rowsOf(count: number) {
    return Array.from({ length: count }, (_, index) => trace(`trace-${index}`));
  }
});
