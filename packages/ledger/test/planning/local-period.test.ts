// Days, weeks and months of time zones, held against dates that are known, and against the laws of any
// calendar: periods lie end to end, and every time is in its own.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isTimeZone,
  localDay,
  localPeriod,
  PERIOD_KINDS,
} from '../../src/planning/local-period.ts';

const seconds = (text: string): number => Date.parse(text) / 1_000;

test.each([
  // What of, where, at, from, to, hours
  ['day', 'UTC', '2026-11-20T14:00Z', '2026-11-20T00:00Z', '2026-11-21T00:00Z', 24],
  ['day', 'Europe/Berlin', '2026-03-29T12:00Z', '2026-03-28T23:00Z', '2026-03-29T22:00Z', 23],
  ['day', 'Europe/Berlin', '2026-10-25T12:00Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z', 25],
  ['day', 'America/New_York', '2026-11-01T12:00Z', '2026-11-01T04:00Z', '2026-11-02T05:00Z', 25],
  ['day', 'Asia/Kolkata', '2026-11-20T19:00Z', '2026-11-20T18:30Z', '2026-11-21T18:30Z', 24],
  // The clock went from 0:00 to 1:00: the day has no midnight.
  ['day', 'America/Sao_Paulo', '2018-11-04T12:00Z', '2018-11-04T03:00Z', '2018-11-05T02:00Z', 23],
  ['day', 'Asia/Beirut', '2024-03-31T12:00Z', '2024-03-30T22:00Z', '2024-03-31T21:00Z', 23],
  // Half an hour of daylight saving.
  [
    'day',
    'Australia/Lord_Howe',
    '2026-04-05T01:00Z',
    '2026-04-04T13:00Z',
    '2026-04-05T13:30Z',
    24.5,
  ],
  // A Sunday belongs to the week before.
  ['week', 'UTC', '2026-11-22T23:59Z', '2026-11-16T00:00Z', '2026-11-23T00:00Z', 168],
  ['week', 'Europe/Berlin', '2026-10-25T12:00Z', '2026-10-18T22:00Z', '2026-10-25T23:00Z', 169],
  ['month', 'Europe/Berlin', '2026-03-31T21:59Z', '2026-02-28T23:00Z', '2026-03-31T22:00Z', 743],
  ['month', 'Europe/Berlin', '2026-03-31T22:00Z', '2026-03-31T22:00Z', '2026-04-30T22:00Z', 720],
  ['month', 'Pacific/Auckland', '2026-12-31T12:00Z', '2026-12-31T11:00Z', '2027-01-31T11:00Z', 744],
  ['month', 'UTC', '2028-02-29T00:00Z', '2028-02-01T00:00Z', '2028-03-01T00:00Z', 696],
] as const)('a %s of %s at %s', (kind, zone, at, from, to, hours) => {
  const period = localPeriod(kind, zone, seconds(at));
  expect(period).toEqual({ from_s: seconds(from), to_s: seconds(to) });
  expect((period.to_s - period.from_s) / 3_600).toBe(hours);
});

test('names of zones', () => {
  expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', '', '+25:00'].map(isTimeZone)).toEqual([
    ...[true, true, false, false, false],
  ]);
});

test('periods lie end to end, and each time is in its own', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Africa/Cairo'];
  fc.assert(
    fc.property(
      fc.constantFrom(...PERIOD_KINDS),
      fc.constantFrom(...zones),
      fc.integer({ min: seconds('2015-01-01'), max: seconds('2035-01-01') }),
      (kind, zone, time_s) => {
        const { from_s, to_s } = localPeriod(kind, zone, time_s);
        expect(from_s <= time_s && time_s < to_s).toBe(true);
        expect(localPeriod(kind, zone, to_s).from_s).toBe(to_s);
        expect(localPeriod(kind, zone, to_s - 1)).toEqual({ from_s, to_s });
        expect(localDay(zone, from_s - 1)).toBeLessThan(localDay(zone, from_s));
      },
    ),
    { numRuns: 60 },
  );
});
