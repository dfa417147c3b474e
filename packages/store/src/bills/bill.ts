// A bill of a period, and what there is to say about each month: its parts, asked one by one and added
// here, so that what was frozen, what was booked later and what is there now stand apart.

import { ask } from '../clickhouse/ask.ts';
import { NO_SUMS, addBill, isSomething, negate, type AdjustmentRow } from './bill-row.ts';
import type { GroupedSums, Sums } from '../usage/sums-row.ts';
import type { Connection } from '../clickhouse/connection.ts';
import type { Grouping, Period } from '../usage/question.ts';

export interface Bill {
  /** Before adjustments: of frozen months what was frozen, of others what is there. */
  readonly rows: readonly GroupedSums[];
  /** Changes of frozen months, booked in the period. */
  readonly adjustments: readonly AdjustmentRow[];
  readonly used: Sums;
  readonly adjusted: Sums;
  /** Both together. */
  readonly billed: Sums;
}

export interface BilledMonth {
  /** As in `2026-10`. */
  readonly month: string;
  /** When its snapshot was taken, in nanoseconds since 1970; null of a month that is not frozen. */
  readonly frozen_ns: bigint | null;
  /** The id of the key that froze it; '' where no key was asked for. */
  readonly frozen_by: string;
  /** What was frozen, or what is there now. */
  readonly used: Sums;
  /** Changes of frozen months before it, booked in it. */
  readonly booked: Sums;
  readonly billed: Sums;
  /** Changes of this month after it was frozen, booked later. */
  readonly adjusted: Sums;
  /** What its calls are and cost as known and priced today. */
  readonly now: Sums;
  /** What is to be booked; null where nothing is, as after each run of the booking. */
  readonly unbooked: Sums | null;
}

export async function readBill(
  connection: Connection,
  { by, limit, ...period }: Period & Grouping & { readonly limit?: number },
): Promise<Bill> {
  const rows_max = limit === undefined ? {} : { limit };
  const [rows, adjustments, whole, booked] = await Promise.all([
    ask(connection, 'billed', { ...period, by, ...rows_max }),
    ask(connection, 'adjustments', { ...period, by, ...rows_max }),
    ask(connection, 'billed', { ...period, by: [] }),
    ask(connection, 'adjustments', { ...period, by: [] }),
  ]);
  const used = sumOf(whole);
  const adjusted = sumOf(booked);
  return { rows, adjustments, used, adjusted, billed: addBill(used, adjusted) };
}

/** The months of an organisation that are frozen or have anything, in order. */
export async function readMonths(connection: Connection, org: string): Promise<BilledMonth[]> {
  const [frozen, parts] = await Promise.all([
    ask(connection, 'frozen_months', { org }),
    ask(connection, 'month_sums', { org }),
  ]);
  const frozen_at = new Map(frozen.map((one) => [one.month, one]));
  const months = new Set([...frozen_at.keys(), ...parts.map(({ month }) => month)]);
  const sums = new Map(parts.map((one) => [`${one.month} ${one.part}`, one.sums]));
  const part = (month: string, name: string): Sums => sums.get(`${month} ${name}`) ?? NO_SUMS;
  return [...months].toSorted().map((month) => {
    const { frozen_ns = null, frozen_by = '' } = frozen_at.get(month) ?? {};
    const [now, adjusted] = [part(month, 'now'), part(month, 'adjusted')];
    const used = frozen_ns === null ? now : part(month, 'frozen');
    const booked = part(month, 'booked');
    const rest = addBill(now, negate(addBill(used, adjusted)));
    const unbooked = isSomething(rest) ? rest : null;
    return {
      month,
      frozen_ns,
      frozen_by,
      used,
      booked,
      billed: addBill(used, booked),
      adjusted,
      now,
      unbooked,
    };
  });
}

function sumOf(rows: readonly Sums[]): Sums {
  return rows.reduce(addBill, NO_SUMS);
}
