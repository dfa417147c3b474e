// How budgets stand, in small whole numbers: a period of 1,000 s, of which 400 s are over.

import { expect, test } from 'vitest';
import { budgetStatus, type Spending } from '../../src/planning/budget-status.ts';

const PERIOD = { from_s: 10_000, to_s: 11_000 };
const NOW_S = 10_400;
const used = (amount: bigint | null, calls = 3, unknown_calls = 0): Spending => ({
  ...{ calls, unknown_calls, amount },
});
const NONE = used(null, 0);

test.each<[string, Spending, Spending, object]>([
  ['no call yet', NONE, NONE, { spent: 0n, remaining: 100n, used_share: 0, used_up_at_s: null }],
  [
    'in pace',
    used(40n),
    used(10n),
    { used_share: 0.4, used_up_at_s: 11_000, used_up_early: false },
  ],
  ['too fast', used(40n), used(60n), { used_up_at_s: 10_500, used_up_early: true }],
  ['idle now', used(40n), NONE, { used_up_at_s: null, used_up_early: false }],
  ['used up', used(100n), NONE, { exhausted: true, remaining: 0n, used_up_at_s: NOW_S }],
  ['overspent', used(250n), NONE, { exhausted: true, remaining: -150n, used_share: 2.5 }],
  ['no call is known', used(null, 3, 3), used(null, 1, 1), { spent: null, used_share: null }],
  ['some are known', used(100n, 3, 1), NONE, { exhausted: true, unknown_calls: 1 }],
])('%s', (_name, whole, last, expected) => {
  expect(budgetStatus(100n, PERIOD, NOW_S, whole, [[100, last]])).toMatchObject(expected);
});

test('burn rates of both windows: 1 is just the pace of the whole period', () => {
  const { burn } = budgetStatus(100n, PERIOD, NOW_S, used(40n), [
    [10, used(14n)],
    [100, used(10n)],
    [200, used(null, 2, 2)],
  ]);
  expect(burn.map(({ rate }) => rate)).toEqual([14, 1, null]);
});

test('an unknown part is never nothing: what cannot be said is not said', () => {
  const status = budgetStatus(100n, PERIOD, NOW_S, used(null, 1, 1), [[100, used(null, 1, 1)]]);
  expect(status).toMatchObject({ exhausted: false, remaining: null, used_up_at_s: null });
});

test('amounts of any size stay exact', () => {
  const limit = 10n ** 30n;
  const status = budgetStatus(limit, PERIOD, NOW_S, used(limit - 1n), [[100, NONE]]);
  expect(status).toMatchObject({ exhausted: false, remaining: 1n });
});
