// Times and periods as parameters: a date, a time, `now`, or one before now as in `-24h`.

import { SpanledgerError } from '@spanledger/ledger';
import { z } from 'zod';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const LONGEST_MS = 366 * UNIT_MS.d;
const MS_PER_S = 1_000;
/** A length as people type it; patterns of the description that is generated are made from it. */
const LENGTH = '[1-9][0-9]{0,5}[mhd]';

/** A whole number and its unit, in ms. */
function lengthOf(text: string): number {
  return Number(text.slice(0, -1)) * UNIT_MS[text.slice(-1) as keyof typeof UNIT_MS];
}

export const last = z
  .string()
  .regex(new RegExp(`^${LENGTH}$`))
  .describe('a duration such as 30m, 24h, 7d; at most 366d')
  .transform(lengthOf)
  .refine((duration_ms) => duration_ms <= LONGEST_MS)
  .describe('a duration such as 30m, 24h, 7d; at most 366d');

/** A time that was fixed by whoever asks, in ms since 1970. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .describe('a time as in 2026-01-31T08:00:00Z');

/** One end of a period, in ms since 1970. A date is its first instant of UTC. */
export const time = z
  .union([
    z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
    z.iso.date().transform((text) => Date.parse(text)),
    z.literal('now').transform(() => Date.now()),
    z
      .string()
      .regex(new RegExp(`^-${LENGTH}$`))
      .transform((text) => Date.now() - lengthOf(text.slice(1))),
  ])
  .describe('a time such as 2026-01-31T08:00:00Z, a date of UTC such as 2026-01-31, now, or -24h');

/** Seconds since 1970 UTC; the end is not included. */
export interface Period {
  readonly from_s: number;
  readonly to_s: number;
}

export interface PeriodParameters {
  readonly last?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** `from` and `to`, or the `last` so long; the last day, or `fallback_ms`, when nothing is said. */
export function periodOf(
  given: PeriodParameters,
  now_ms: number,
  fallback_ms: number = UNIT_MS.d,
): Period {
  if (given.last !== undefined && given.from !== undefined) {
    throw new SpanledgerError('invalid_parameter', 'last and from exclude each other');
  }
  const to = given.to ?? now_ms;
  const from = given.from ?? to - (given.last ?? fallback_ms);
  if (from < 0 || from >= to)
    throw new SpanledgerError('invalid_parameter', 'from must be before to');
  return { from_s: Math.floor(from / MS_PER_S), to_s: Math.ceil(to / MS_PER_S) };
}
