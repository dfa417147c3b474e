// Periods are asked slice by slice: no gap, no overlap, and never thousands of questions.

import { expect, it } from 'vitest';
import { slicesOf } from '../src/period.ts';

const NOW_MS = Date.parse('2026-11-21T13:20:30Z');
const none = { last: undefined, from: undefined, to: undefined };

it.each([
  ['30m', none, { last: '30m' }, 2],
  ['nothing', none, {}, 25],
  ['7d', none, { last: '7d' }, 169],
  ['8d', none, { last: '8d' }, 9],
  ['366d', none, { last: '366d' }, 367],
  ['whole days', none, { from: '2025-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' }, 366],
  ['since 1970', none, { from: '1970-01-01T00:00:00Z' }, 671],
])('%s is asked in whole slices that touch', (_, base, given, most) => {
  const slices = slicesOf({ ...base, ...given }, NOW_MS);
  expect(slices.length).toBe(most);
  for (const [at, slice] of slices.entries()) {
    expect(Date.parse(slice.from)).toBeLessThan(Date.parse(slice.to));
    if (at > 0) expect(slice.from).toBe(slices[at - 1]?.to);
  }
});

it('covers the period and nothing else, days cut at midnight UTC', () => {
  const slices = slicesOf({ ...none, last: '8d' }, NOW_MS);
  expect(slices[0]).toEqual({ from: '2026-11-13T13:20:30.000Z', to: '2026-11-14T00:00:00.000Z' });
  expect(slices.at(-1)?.to).toBe('2026-11-21T13:20:30.000Z');
});
