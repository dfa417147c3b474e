// The clock and timers of the service, in one place: the loops take a clock as an argument, so that
// a test can run them on a clock of its own.

export interface Clock {
  /** Milliseconds that only grow; their zero means nothing. */
  now(): number;
  /** Runs once after a time; the returned function calls it off. */
  after(wait_ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(wait_ms, run) {
    const timer = setTimeout(run, wait_ms);
    return () => clearTimeout(timer);
  },
};

export function pause(clock: Clock, wait_ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(wait_ms, resolve));
}
