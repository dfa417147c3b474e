// Goal: two exporters that share a store lose nothing and double nothing, whichever of their calls
// fails, loses its answer or is their last. Method: senders that resend in other requests, a network
// that loses requests and answers, a clock that jumps, all from a seed; and every call fails in turn.

import { describe, expect, test } from 'vitest';
import { chance, SimulatedClock } from '../../packages/exporter/test/simulation.ts';
import { Replica } from './replica.ts';
import { StoreInMemory, timeOf, type Failure } from './store-in-memory.ts';

const TRACES = 6;
const SPANS_PER_TRACE = 3;
const SENDERS = 2;
const SPANS_PER_REQUEST_MAX = 5;
/** Shares of a hundred. */
const LOST_ON_THE_WAY = 10;
const SENT_AGAIN = 15;
const RESTART_MS = 300;
/** The last marks are settled and rolled up to the day within this, where nothing fails. */
const AFTER_MS = 12_000;
/** Sweeps of both levels find what a dead replica left within this. */
const CALM_MS = 75_000;

class Simulation {
  readonly clock = new SimulatedClock();
  readonly store: StoreInMemory;
  readonly #below: (limit: number) => number;
  readonly #replicas: Replica[] = [];
  deaths = 0;
  /** Of the load and of what settles it; what follows finds nothing to do. */
  calls_of_load = 0;

  constructor(seed: number, fails: (call: number) => Failure) {
    this.#below = chance(seed);
    this.store = new StoreInMemory(this.clock, fails);
    for (const place of [0, 1]) this.#start(place);
  }

  #start(place: number): void {
    this.#replicas[place] = new Replica(this.store, `${place}-${this.deaths}`, () => {
      this.deaths++;
      this.clock.after(RESTART_MS, () => this.#start(place));
    });
  }

  /** Sends until all is acknowledged, and checks the promise each time that it is given. */
  async send(): Promise<void> {
    const senders = Array.from({ length: SENDERS }, (_, sender) => this.#sender(sender));
    await this.clock.until(Promise.all(senders));
    await this.clock.until(this.clock.sleep(AFTER_MS));
    this.calls_of_load = this.store.calls;
    await this.clock.until(this.clock.sleep(CALM_MS));
  }

  async #sender(sender: number): Promise<void> {
    const waiting = spansOf((trace) => trace % SENDERS === sender);
    const acknowledged: string[] = [];
    while (waiting.length > 0) {
      await this.clock.sleep(this.#below(120));
      const request: string[] = [];
      for (let count = 1 + this.#below(SPANS_PER_REQUEST_MAX); count > 0; count--) {
        request.push(...waiting.splice(this.#below(waiting.length), 1));
      }
      const known = acknowledged[this.#below(acknowledged.length || 1)];
      const repeat = known !== undefined && this.#below(100) < SENT_AGAIN ? [known] : [];
      if (await this.#post([...request, ...repeat])) acknowledged.push(...request);
      else waiting.push(...request);
    }
  }

  async #post(spans: readonly string[]): Promise<boolean> {
    if (this.#below(100) < LOST_ON_THE_WAY) return false;
    const taken = await this.#replicas[this.#below(2)]?.take(spans);
    if (taken !== true) return false;
    for (const span of spans) {
      expect(this.store.raw.has(span) && this.store.facts.has(span), `acknowledged ${span}`).toBe(
        true,
      );
    }
    return this.#below(100) >= LOST_ON_THE_WAY;
  }

  /** What must be true in the end, whatever happened. */
  check(what: string): void {
    const all = spansOf(() => true).sort();
    expect([...this.store.raw].sort(), what).toEqual(all);
    const rows = [...this.store.ledger].map(([span, { value }]) => `${span} of ${value}`).sort();
    expect(rows, what).toEqual(all.map((span) => `${span} of ${SPANS_PER_TRACE}`));
    for (const [level, length_s] of [
      ['minute', 60],
      ['hour', 3_600],
      ['day', 86_400],
    ] as const) {
      const expected = new Map<number, number>();
      for (const span of all) {
        const time_s = timeOf(span.split('/')[0] ?? '');
        const key = time_s - (time_s % length_s);
        expected.set(key, (expected.get(key) ?? 0) + SPANS_PER_TRACE);
      }
      const found = [...this.store.usage[level]].map(([key, { value }]) => [key, value]);
      expect(new Map(found as [number, number][]), `${what}, ${level}`).toEqual(expected);
    }
  }
}

function spansOf(own: (trace: number) => boolean): string[] {
  const spans: string[] = [];
  for (let trace = 0; trace < TRACES; trace++) {
    for (let span = 0; span < SPANS_PER_TRACE && own(trace); span++) {
      spans.push(`trace-${trace}/${span}`);
    }
  }
  return spans;
}

async function simulate(
  seed: number,
  fails: (call: number) => Failure,
  what: string,
): Promise<Simulation> {
  const simulation = new Simulation(seed, fails);
  await simulation.send();
  simulation.check(what);
  return simulation;
}

test('without a failure every span is there once, and two runs of one seed are the same', async () => {
  const runs = [1, 1, 2].map((seed) => simulate(seed, () => null, `seed ${seed}`));
  const [one, same, other] = await Promise.all(runs);
  expect(same?.store.calls).toBe(one?.store.calls);
  expect(other?.store.calls).not.toBe(one?.store.calls);
});

describe.each([
  ['are not done', 'not done'],
  ['lose their answer', 'answer lost'],
  ['are the last of their process and not done', 'dies before'],
  ['are the last of their process', 'dies after'],
] as const)('calls that %s', (_, failure) => {
  test.each([1, 3])(
    '%i in a row, from each call on',
    async (times) => {
      const { calls_of_load } = await simulate(1, () => null, 'plain');
      expect(calls_of_load).toBeGreaterThan(100);
      for (let nth = 1; nth <= calls_of_load; nth++) {
        const fails = (call: number): Failure =>
          call >= nth && call < nth + times ? failure : null;
        await simulate(1, fails, `call ${nth}`);
      }
    },
    900_000,
  );
});
