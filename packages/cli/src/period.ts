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

export function parseSeconds(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new Failure(
    'wrong_use',
    'invalid_seconds',
    `cannot use "${value.slice(0, 40)}" as seconds`,
    'give a whole number from 1 to 9999',
  );
}
