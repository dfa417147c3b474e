// Forecasts of generated months from several days into them, held against what came: the error of ours and of
// the naive methods, and how often the interval holds what came.

import { forecast } from '../../src/planning/forecast.ts';
import { naiveTotals, NAIVE_METHODS, type NaiveMethod } from '../../src/planning/naive-forecast.ts';
import { mean } from '../../src/planning/order-statistics.ts';
import { DAYS, daysOf, SEASONS } from './seasons.ts';

export interface Result {
  readonly season: string;
  readonly elapsed: number;
  readonly ours: number;
  readonly naive: Readonly<Record<NaiveMethod, number>>;
  readonly covered: number;
}

const LENGTH = 30;
const SEEDS = 12;
/** Months end on different days of the week, and lie before, in and after what happens. */
const BACK = [0, 4, 9, 15];
export const ELAPSED = [7, 14, 21] as const;

export function backTest(): Result[] {
  return SEASONS.flatMap((season) =>
    ELAPSED.map((elapsed) => {
      const ours: number[] = [];
      const covered: number[] = [];
      const naive: Record<NaiveMethod, number[]> = { last_period: [], run_rate: [], last_week: [] };
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const days = daysOf(season, seed);
        for (const back of BACK) {
          const end = DAYS - back;
          const begin = end - LENGTH;
          const actual = days.slice(begin, end).reduce((sum, value) => sum + value, 0);
          const known = days.slice(0, begin + elapsed);
          const input = { days: known, first_day: 4, elapsed, length: LENGTH, today: 0 };
          const said = forecast(input);
          if (said === null) throw new Error('no forecast');
          ours.push(Math.abs(said.total - actual) / actual);
          covered.push(said.low <= actual && actual <= said.high ? 1 : 0);
          const totals = naiveTotals(input);
          for (const method of NAIVE_METHODS) {
            naive[method].push(Math.abs(totals[method] - actual) / actual);
          }
        }
      }
      return {
        ...{ season: season.name, elapsed, ours: mean(ours), covered: mean(covered) },
        naive: {
          last_period: mean(naive.last_period),
          run_rate: mean(naive.run_rate),
          last_week: mean(naive.last_week),
        },
      };
    }),
  );
}
