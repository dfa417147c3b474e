// Goal: one organisation's flood does not starve another, in what is held, in the queue in front of
// the blocks, by its rate, and in what is settled. Method: two organisations, one of which floods,
// on a simulated clock; counts are compared, and no time is measured.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DirtyTraces } from '../src/settle/dirty-traces.ts';
import { Rates } from '../src/limits/rates.ts';
import { SettleStep } from '../src/settle/settle-step.ts';
import { settleDirty } from '../src/settle/settle-traces.ts';
import { Shares } from '../src/limits/shares.ts';
import type { Stages } from '../src/stages.ts';
import { Busy, RateLimited } from '../src/receive/try-later.ts';
import { Turns } from '../src/receive/turns.ts';
import { SimulatedClock } from './simulation.ts';

const NAMES = { all: 'requests', own: 'requests_of_organisation' } as const;

function takeAll(shares: Shares, org_id: string, amount = 1): number {
  for (let taken = 0; ; taken++) {
    try {
      shares.take(org_id, amount);
    } catch (error) {
      expect(error).toBeInstanceOf(Busy);
      return taken;
    }
  }
}

test('a flood holds four fifths, and whoever comes new still has room', () => {
  const shares = new Shares(100, 'requests', NAMES);
  expect(takeAll(shares, 'flood')).toBe(80);
  expect(takeAll(shares, 'small')).toBeGreaterThanOrEqual(15);
  expect(() => shares.take('another', 1)).not.toThrow();
});

test('what is larger than everything is taken when nothing else is held, and not beside it', () => {
  const shares = new Shares(100, 'bytes', NAMES);
  shares.take('large', 500);
  expect(() => shares.take('small', 1)).toThrow(Busy);
  shares.give('large', 500);
  expect(() => shares.take('small', 1)).not.toThrow();
});

test('law: what is given back is free again, and no order of taking holds more than there is', () => {
  const step = fc.record({ org: fc.nat(4), amount: fc.integer({ min: 1, max: 30 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const shares = new Shares(100, 'bytes', NAMES);
      const held: { org: string; amount: number }[] = [];
      for (const [at, { org, amount }] of steps.entries()) {
        const oldest = at % 3 === 2 ? held.shift() : undefined;
        if (oldest !== undefined) shares.give(oldest.org, oldest.amount);
        try {
          shares.take(`org${org}`, amount);
          held.push({ org: `org${org}`, amount });
        } catch (error) {
          expect(error).toBeInstanceOf(Busy);
        }
        expect(shares.held).toBe(held.reduce((sum, one) => sum + one.amount, 0));
        expect(shares.held).toBeLessThanOrEqual(100);
      }
      for (const { org, amount } of held) shares.give(org, amount);
      expect(shares.held).toBe(0);
    }),
  );
});

/** A queue with room for `rooms` requests, which the test opens and closes. */
class Queue {
  readonly clock = new SimulatedClock();
  rooms = 0;
  readonly served: string[] = [];
  readonly refused: string[] = [];
  readonly turns = new Turns({ clock: this.clock, wait_ms: 2_000, room: () => this.rooms > 0 });

  send(org_id: string, bytes: number): void {
    const work = (): void => {
      this.rooms--;
      this.served.push(org_id);
    };
    this.turns.run(org_id, bytes, work).catch(() => this.refused.push(org_id));
  }

  async open(rooms: number): Promise<void> {
    this.rooms += rooms;
    this.turns.next();
    while (this.rooms > 0 && this.turns.waiting > 0) await new Promise(setImmediate);
  }

  servedOf(org_id: string): number {
    return this.served.filter((one) => one === org_id).length;
  }
}

test('in the queue each organisation is served as many bytes, whoever came first', async () => {
  const queue = new Queue();
  for (let request = 0; request < 500; request++) queue.send('flood', 1_000);
  for (let request = 0; request < 20; request++) queue.send('small', 1_000);
  await queue.open(40);
  expect([queue.servedOf('small'), queue.servedOf('flood')]).toEqual([20, 20]);
});

test('large requests are no advantage: ten small ones weigh as much as one', async () => {
  const queue = new Queue();
  for (let request = 0; request < 50; request++) queue.send('large', 10_000);
  for (let request = 0; request < 200; request++) queue.send('small', 1_000);
  await queue.open(110);
  expect(queue.servedOf('small')).toBeGreaterThanOrEqual(99);
  expect(queue.servedOf('large')).toBeGreaterThanOrEqual(9);
});

test('who was silent has no credit, and who floods no debt that outlasts the queue', async () => {
  const queue = new Queue();
  for (let request = 0; request < 100; request++) queue.send('flood', 1_000);
  await queue.open(90);
  for (let request = 0; request < 100; request++) queue.send('late', 1_000);
  await queue.open(20);
  expect(queue.servedOf('late')).toBeGreaterThanOrEqual(9);
  expect(queue.servedOf('late')).toBeLessThanOrEqual(11);
});

test('a request whose turn does not come in time is refused as busy, and leaves the queue', async () => {
  const queue = new Queue();
  queue.send('default', 10);
  queue.send('default', 10);
  await queue.clock.until(queue.clock.sleep(2_001));
  expect(queue.refused).toEqual(['default', 'default']);
  expect(queue.turns.waiting).toBe(0);
  queue.rooms = 1;
  queue.send('default', 10);
  expect(queue.served).toEqual(['default']);
});

test('with room and nobody waiting a request is served at once', () => {
  const queue = new Queue();
  queue.rooms = 1;
  queue.send('default', 10);
  expect(queue.served).toEqual(['default']);
});

const RATE = { requests_per_s: 10, bytes_per_s: 1_000, burst_s: 2 };

function admitted(rates: Rates, org_id: string, tries: number): number {
  let count = 0;
  for (let at = 0; at < tries; at++) {
    try {
      rates.admit(org_id);
      count++;
    } catch (error) {
      expect(error).toBeInstanceOf(RateLimited);
    }
  }
  return count;
}

test('a rate is of one organisation: the burst, then as much as time allows', () => {
  let now = 0;
  const rates = new Rates(RATE, () => now);
  expect(admitted(rates, 'flood', 100)).toBe(20);
  expect(admitted(rates, 'small', 5)).toBe(5);
  now = 1_500;
  expect(admitted(rates, 'flood', 100)).toBe(15);
});

test.each([
  ['bytes that were sent at once are paid off before the next request', 5_000, 3],
  ['as many as the burst holds cost nothing', 2_000, null],
])('%s', (_, bytes, retry_after_s) => {
  let now = 0;
  const rates = new Rates({ ...RATE, requests_per_s: 0 }, () => now);
  rates.admit('default');
  rates.charge('default', bytes);
  if (retry_after_s === null) return expect(() => rates.admit('default')).not.toThrow();
  expect(() => rates.admit('default')).toThrow(RateLimited);
  try {
    rates.admit('default');
  } catch (error) {
    expect((error as RateLimited).retry_after_s).toBe(retry_after_s);
  }
  now = retry_after_s * 1_000;
  expect(() => rates.admit('default'), 'who comes back when told is taken').not.toThrow();
});

test('without rates nothing is remembered', () => {
  const rates = new Rates({ requests_per_s: 0, bytes_per_s: 0, burst_s: 10 }, () => 0);
  expect(admitted(rates, 'default', 1_000)).toBe(1_000);
  rates.charge('default', 1e12);
  expect(rates.size).toBe(0);
});

test('organisations remembered for their rate are bounded', () => {
  const rates = new Rates(RATE, () => 0);
  for (let org = 0; org < 10_100; org++) rates.admit(`org${org}`);
  expect(rates.size).toBe(10_000);
});

test.each([
  ['a step that read too much makes the next one smaller', 100, 5_000, 20],
  ['a huge trace makes it one trace', 1, 1_000_000, 1],
  ['it grows again by twice at most', 100, 10, 200],
])('settling: %s', (_, traces, facts, next) => {
  const step = new SettleStep({ traces_max: 1_000, facts_max: 1_000 });
  step.done(100, 1_000);
  expect(step.traces).toBe(100);
  step.done(traces, facts);
  expect(step.traces).toBe(next);
});

test('settling: a flood of dirty traces does not delay what another organisation waits for', async () => {
  const clock = new SimulatedClock();
  const dirty = new DirtyTraces(1e9, () => clock.now());
  const steps: string[][] = [];
  const store = {
    async settle(traces: readonly { org_id: string }[]) {
      steps.push(traces.map(({ org_id }) => org_id));
      await clock.sleep(100);
      return { traces: traces.length, facts: 0, changed: 0, deleted: 0, bounds_reached: 0 };
    },
  };
  const config = { settle: { tick_ms: 1_000, traces_max: 100, facts_max: 1_000 } };
  const stages = {
    ...{ clock, dirty, store, config, step: new SettleStep(config.settle) },
    metrics: { count: () => undefined },
    prices: { book: null },
  } as unknown as Stages;
  const mark = (org_id: string, count: number): void => {
    const traces = Array.from({ length: count }, (_, at) => ({
      ...{ trace_id: `trace-${at}`, first_ns: 0n, last_ns: 1n },
    }));
    dirty.mark(org_id, traces);
  };
  mark('flood', 5_000);
  mark('small', 30);
  await clock.until(settleDirty(stages));
  expect(steps[0]?.filter((org_id) => org_id === 'small')).toHaveLength(30);
  expect(steps.length).toBeGreaterThan(5);
  const before = steps.length;
  mark('small', 30);
  await clock.until(settleDirty(stages));
  expect(steps[before]?.filter((org_id) => org_id === 'small')).toHaveLength(30);
});
