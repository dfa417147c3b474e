// The forecast on generated seasons: its error beside that of naive methods, and how often its interval holds
// what came; and what it says of histories that tell little.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forecast } from '../../src/planning/forecast.ts';
import { backTest, type Result } from './back-test.ts';
import { backTestTable } from './back-test-table.ts';

const results = backTest();

const best = ({ naive }: Result): number => Math.min(...Object.values(naive));

test.each(results.map((one) => [`${one.season}, ${one.elapsed} days in`, one] as const))(
  '%s: about as good as the best naive method, which is another each time',
  (_name, result) => {
    expect(result.ours).toBeLessThan(best(result) * 1.2);
    // Of 48 months that overlap; 80 % is meant.
    expect(result.covered).toBeGreaterThan(0.6);
  },
);

test('over all seasons no naive method comes near', () => {
  const mean = (of: (one: Result) => number) =>
    results.reduce((sum, one) => sum + of(one), 0) / results.length;
  const ours = mean((one) => one.ours);
  expect(ours * 1.4).toBeLessThan(mean(({ naive }) => naive.last_week));
  expect(ours * 1.4).toBeLessThan(mean(({ naive }) => naive.run_rate));
  expect(ours * 2).toBeLessThan(mean(({ naive }) => naive.last_period));
});

test('the table of the page is what the test measured', () => {
  const page = readFileSync(new URL('../../../../docs/forecast.md', import.meta.url), 'utf8');
  expect(page).toContain(backTestTable(results));
});

const input = (days: readonly number[], elapsed: number, length = 30, today = 0) => ({
  ...{ days, first_day: 4, elapsed, length, today },
});

test.each<[string, Parameters<typeof forecast>[0]]>([
  ['no day', input([], 0)],
  ['two days', input([1, 1], 2)],
  ['days before anything was used', input([0, 0, 0, 0, 0, 0, 1, 1], 8)],
])('nothing is said of %s', (_name, given) => {
  expect(forecast(given)).toBeNull();
});

test('a few days say something, and no error was measured', () => {
  const said = forecast(input([10, 10, 10, 10], 4));
  expect(said?.total).toBeCloseTo(300);
  expect(said).toMatchObject({ error_share: null, naive_error_shares: null, tried: 0 });
});

test('what is spent is the least that it comes to, today included', () => {
  const days = Array.from({ length: 40 }, () => 10);
  const said = forecast(input(days, 29, 30, 500));
  expect(said?.total).toBe(790);
  expect(said?.low).toBe(790);
});

test('days on which nothing is used are a share of all days', () => {
  const days = Array.from({ length: 90 }, (_, index) => (index % 7 < 5 ? 100 : 0));
  const total = forecast(input(days, 10))?.total ?? 0;
  expect(Math.abs(total - (100 * 30 * 5) / 7) / total).toBeLessThan(0.1);
});

test('laws: the interval holds the total, nothing is less than nothing, money in cents or dollars is one', () => {
  // The smallest amount that is kept is 10^-12 dollars.
  const amount = fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1e9, noNaN: true }));
  const history = fc.array(amount, { maxLength: 120 });
  fc.assert(
    fc.property(history, fc.nat(30), (days, elapsed) => {
      const given = input(days, Math.min(elapsed, days.length), 31);
      const said = forecast(given);
      if (said === null) return;
      expect(said.low).toBeLessThanOrEqual(said.total + 1e-9 * said.total);
      expect(said.high).toBeGreaterThanOrEqual(said.total - 1e-9 * said.total);
      expect(said.low).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(said.high)).toBe(true);
      const larger = forecast({ ...given, days: days.map((amount) => amount * 64) });
      expect(Math.abs((larger?.total ?? 0) - said.total * 64)).toBeLessThanOrEqual(
        1e-6 * said.total * 64,
      );
    }),
    { numRuns: 60 },
  );
});
