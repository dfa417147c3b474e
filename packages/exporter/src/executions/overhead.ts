// How much of a run's time was spent waiting for models: the union of its calls' times, because calls
// that run side by side take their time once.

export interface Interval {
  readonly start_ns: bigint;
  readonly end_ns: bigint;
}

const NS_PER_MS = 1e6;

/** Nanoseconds that at least one of them covers, of those within `whole`. */
export function unionOf(intervals: readonly Interval[], whole: Interval): bigint {
  const within = intervals
    .map(({ start_ns, end_ns }) => ({
      start_ns: start_ns > whole.start_ns ? start_ns : whole.start_ns,
      end_ns: end_ns < whole.end_ns ? end_ns : whole.end_ns,
    }))
    .filter(({ start_ns, end_ns }) => start_ns < end_ns)
    .toSorted((a, b) => (a.start_ns < b.start_ns ? -1 : 1));
  let sum = 0n;
  let covered_to = whole.start_ns;
  for (const { start_ns, end_ns } of within) {
    if (end_ns <= covered_to) continue;
    sum += end_ns - (start_ns > covered_to ? start_ns : covered_to);
    covered_to = end_ns;
  }
  return sum;
}

export interface Overhead {
  readonly model_ms: number;
  readonly overhead_ms: number;
}

/** Of a run that is over: the time with a model call in it, and the rest. */
export function overheadOf(run: Interval, calls: readonly Interval[]): Overhead {
  const model_ns = unionOf(calls, run);
  return {
    model_ms: Number(model_ns) / NS_PER_MS,
    overhead_ms: Number(run.end_ns - run.start_ns - model_ns) / NS_PER_MS,
  };
}
