// What a month comes to by methods that need no method: a forecast that is no better is not worth its name.

import { mean } from './order-statistics.ts';

/** As much as the period before; on as until now; each day as a week before. */
export const NAIVE_METHODS = ['last_period', 'run_rate', 'last_week'] as const;
export type NaiveMethod = (typeof NAIVE_METHODS)[number];

interface Known {
  readonly days: readonly number[];
  readonly elapsed: number;
  readonly length: number;
}

const WEEK = 7;

export function naiveTotals({ days, elapsed, length }: Known): Record<NaiveMethod, number> {
  const begin = days.length - elapsed;
  const inPeriod = days.slice(begin);
  const before = days.slice(Math.max(0, begin - length), begin);
  const done = inPeriod.reduce((sum, value) => sum + value, 0);
  const week = days.slice(-WEEK);
  let later = 0;
  for (let ahead = 0; ahead < length - elapsed; ahead += 1) later += week[ahead % week.length] ?? 0;
  return {
    last_period: mean(before.length === 0 ? inPeriod : before) * length,
    run_rate: mean(elapsed === 0 ? before : inPeriod) * length,
    last_week: done + later,
  };
}
