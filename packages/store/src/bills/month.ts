// Months of a bill, in UTC: `2026-10` as a word, and the seconds that it begins and ends at.

import { SpanledgerError } from '@spanledger/ledger';
import { LAST_S } from '../settle/trace-hours.ts';

const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;
const MS_PER_S = 1_000;

export interface Month {
  /** As in `2026-10`. */
  readonly month: string;
  readonly from_s: number;
  /** The first second of the next one. */
  readonly to_s: number;
}

/** Throws `invalid_parameter` for what is no month, or one that no column can hold. */
export function readMonth(text: string): Month {
  const match = MONTH.exec(text);
  if (match !== null) {
    const [year, number] = [Number(match[1]), Number(match[2])];
    const [from_s, to_s] = [startOf(year, number - 1), startOf(year, number)];
    if (from_s >= 0 && to_s <= LAST_S) return { month: text, from_s, to_s };
  }
  throw new SpanledgerError('invalid_parameter', `month: ${text.slice(0, 20)}; as in 2026-10`);
}

/** The month that a time lies in. */
export function monthOf(time_s: number): string {
  return new Date(time_s * MS_PER_S).toISOString().slice(0, 7);
}

function startOf(year: number, month: number): number {
  return Date.UTC(year, month) / MS_PER_S;
}
