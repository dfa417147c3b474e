// A world for simulations: a clock that jumps from timer to timer, seeded chance, and nothing that
// depends on the machine. The same seed gives the same run.

import type { Clock } from '../src/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const STEPS_MAX = 200_000;

export class SimulatedClock implements Clock {
  #now = 0;
  #order = 0;
  #timers: Timer[] = [];

  now(): number {
    return this.#now;
  }

  after(wait_ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, wait_ms), order: this.#order++, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  sleep(wait_ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(wait_ms, resolve));
  }

  /** Runs timers in order until the work is done; a work that waits for nothing is an error. */
  async until<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const settled = work.finally(() => (done = true));
    settled.catch(() => undefined);
    for (let step = 0; step < STEPS_MAX; step++) {
      await drained();
      if (done) return settled;
      const next = this.#next();
      if (next === undefined) throw new Error('nothing left to happen, but the work is not done');
      this.#now = next.at;
      next.run();
    }
    throw new Error(`the work is not done after ${STEPS_MAX} steps`);
  }

  #next(): Timer | undefined {
    const [first] = this.#timers.sort((a, b) => a.at - b.at || a.order - b.order);
    if (first !== undefined) this.#timers.shift();
    return first;
  }
}

/** Lets every promise that can go on go on. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Whole numbers from 0 below `limit`, the same for the same seed. */
export function chance(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
