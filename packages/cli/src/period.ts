// Periods and times as people type them: `30m`, `48h`, `7d`, `2026-11-20`, `2026-11-20T14:00Z`.

import { Failure } from './failure.ts';

export function parsePeriod(value: string): string {
  if (/^[1-9]\d{0,5}[mhd]$/.test(value)) return value;
  throw new Failure(
    'wrong_use',
    'invalid_period',
    `cannot use the period "${value.slice(0, 40)}"`,
    'write a whole number and a unit: 30m, 48h or 7d',
  );
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export interface Slice {
  readonly from: string;
  readonly to: string;
}

/** A period as its two ends, which stay the same however long the work on it takes. */
export function sliceOf(
  period: Readonly<Record<'last' | 'from' | 'to', string | undefined>>,
  now_ms: number,
): Slice {
  if (period.last !== undefined && period.from !== undefined) {
    throw new Failure(
      'wrong_use',
      'invalid_period',
      'cannot use --last together with --from',
      'name the start with one of them',
    );
  }
  const end_ms = period.to === undefined ? now_ms : Date.parse(period.to);
  const last = period.last ?? '24h';
  const length_ms = Number(last.slice(0, -1)) * (UNIT_MS[last.slice(-1)] ?? Number.NaN);
  const start_ms = period.from === undefined ? end_ms - length_ms : Date.parse(period.from);
  if (start_ms >= end_ms) {
    throw new Failure(
      'wrong_use',
      'invalid_period',
      'cannot use a period that ends before it begins',
      'give --from a time before --to',
    );
  }
  return { from: new Date(start_ms).toISOString(), to: new Date(end_ms).toISOString() };
}

export function parseTime(value: string): string {
  const time = new Date(value);
  if (/^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(time.getTime())) return time.toISOString();
  throw new Failure(
    'wrong_use',
    'invalid_time',
    `cannot use the time "${value.slice(0, 40)}"`,
    'write it like 2026-11-20 or 2026-11-20T14:00Z',
  );
}

/** A time, or one that lies a length before now: `24h` and `-24h` alike. */
export function parseMoment(value: string): string {
  const [, amount, unit = ''] = /^-?([1-9]\d{0,5})([mhd])$/.exec(value) ?? [];
  const now_ms = Date.now();
  if (value === 'now') return new Date(now_ms).toISOString();
  if (amount === undefined) return parseTime(value);
  return new Date(now_ms - Number(amount) * (UNIT_MS[unit] ?? Number.NaN)).toISOString();
}

export function parseMonth(value: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(value)) return value;
  throw new Failure(
    'wrong_use',
    'invalid_month',
    `cannot use the month "${value.slice(0, 40)}"`,
    'write it like 2026-10',
  );
}

/** A month of UTC, `2026-10`, from its first instant to that of the next. */
export function sliceOfMonth(month: string): Slice {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const start = (at: number): string => new Date(Date.UTC(year, at)).toISOString();
  return { from: start(number - 1), to: start(number) };
}

export function parseSeconds(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new Failure(
    'wrong_use',
    'invalid_seconds',
    `cannot use "${value.slice(0, 40)}" as seconds`,
    'give a whole number from 1 to 9999',
  );
}
