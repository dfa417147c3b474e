// Where the usage of a period is read from: its whole days from the days, its whole hours from the
// hours, and what is left at its edges from the minutes, so that a long period is read fast and is
// still exactly the one that was asked for.

import { DIMENSIONS, MEASURE_NAMES } from '../usage/usage-columns.ts';

const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
/** Up to these lengths a period is read from minutes alone, and from hours and minutes. */
const MINUTES_PERIOD_MAX_S = 26 * HOUR_S;
const HOURS_PERIOD_MAX_S = 8 * DAY_S;

interface Grain {
  readonly view: 'usage' | 'usage_by_hour' | 'usage_by_day';
  readonly length_s: number;
}

const GRAINS: readonly Grain[] = [
  { view: 'usage_by_day', length_s: DAY_S },
  { view: 'usage_by_hour', length_s: HOUR_S },
  { view: 'usage', length_s: MINUTE_S },
];
const COLUMNS = ['org_id', 'time', ...DIMENSIONS, ...MEASURE_NAMES].join(', ');

/** `step_s`: nothing coarser is read than what is shown. The start may lie anywhere in its minute. */
export function periodSource(from_s: number, to_s: number, step_s: number): string {
  const longest = grainOf(to_s - from_s, step_s);
  const grains = GRAINS.filter(({ length_s }) => length_s <= longest);
  const parts: string[] = [];
  const first_s = from_s - (from_s % MINUTE_S);
  collect(grains, first_s, Math.max(first_s, to_s), parts);
  if (parts.length === 0) parts.push(partOf('usage', first_s, first_s));
  return `(${parts.join(' UNION ALL ')})`;
}

function grainOf(length_s: number, step_s: number): number {
  if (length_s > HOURS_PERIOD_MAX_S && step_s % DAY_S === 0) return DAY_S;
  if (length_s > MINUTES_PERIOD_MAX_S && step_s % HOUR_S === 0) return HOUR_S;
  return MINUTE_S;
}

/** The whole pieces of the coarsest grain, and both edges from the finer ones. */
function collect(grains: readonly Grain[], from_s: number, to_s: number, parts: string[]): void {
  const [grain, ...finer] = grains;
  if (grain === undefined || from_s >= to_s) return;
  const { view, length_s } = grain;
  if (finer.length === 0) {
    parts.push(partOf(view, from_s, to_s));
    return;
  }
  const begin_s = Math.ceil(from_s / length_s) * length_s;
  const end_s = to_s - (to_s % length_s);
  if (begin_s >= end_s) {
    collect(finer, from_s, to_s, parts);
    return;
  }
  collect(finer, from_s, begin_s, parts);
  parts.push(partOf(view, begin_s, end_s));
  collect(finer, end_s, to_s, parts);
}

function partOf(view: string, from_s: number, to_s: number): string {
  return `SELECT ${COLUMNS} FROM ${view} WHERE org_id = {org:String}
    AND time >= toDateTime(${from_s}, 'UTC') AND time < toDateTime(${to_s}, 'UTC')`;
}
