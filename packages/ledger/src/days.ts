// Which days rows lie in. ClickHouse writes a part for each day of an insert, so a few rows of many
// days cost it more than many rows of one.

import type { Words } from './bytes.ts';

const WORD = 4_294_967_296;
const NS_PER_DAY = 86_400_000_000_000;

/** The day, counted from 1970, of a time in nanoseconds by its two words. */
export function dayOf(low: number, high: number): number {
  return Math.floor((high * WORD + low) / NS_PER_DAY);
}

/** Adds the days, counted from 1970, of these rows of a column of times in nanoseconds. */
export function addDays(days: Set<number>, times: Words, firstRow: number, endRow: number): void {
  const { u32 } = times;
  let start = 0;
  let end = 0;
  for (let row = firstRow; row < endRow; row++) {
    const time = u32[row * 2 + 1]! * WORD + u32[row * 2]!;
    if (time >= start && time < end) continue;
    const day = Math.floor(time / NS_PER_DAY);
    start = day * NS_PER_DAY;
    end = start + NS_PER_DAY;
    days.add(day);
  }
}
