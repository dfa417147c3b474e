// Periods as people write them become two ends.

import { expect, it } from 'vitest';
import { sliceOf } from '../src/period.ts';

const NOW_MS = Date.parse('2026-11-21T13:20:30Z');
const none = { last: undefined, from: undefined, to: undefined };
const NOW = '2026-11-21T13:20:30.000Z';

it.each([
  ['nothing', {}, '2026-11-20T13:20:30.000Z', NOW],
  ['30m', { last: '30m' }, '2026-11-21T12:50:30.000Z', NOW],
  ['366d', { last: '366d' }, '2025-11-20T13:20:30.000Z', NOW],
  ['since 1970', { from: '1970-01-01T00:00:00Z' }, '1970-01-01T00:00:00.000Z', NOW],
  [
    'a day before an end',
    { to: '2026-11-20T00:00:00Z' },
    '2026-11-19T00:00:00.000Z',
    '2026-11-20T00:00:00.000Z',
  ],
])('%s', (_, given, from, to) => {
  expect(sliceOf({ ...none, ...given }, NOW_MS)).toEqual({ from, to });
});

it.each([
  ['two starts', { last: '1h', from: '2026-11-20T00:00:00Z' }],
  ['an end before its start', { from: '2026-11-20T00:00:00Z', to: '2026-11-19T00:00:00Z' }],
])('refuses %s', (_, given) => {
  expect(() => sliceOf({ ...none, ...given }, NOW_MS)).toThrow(/cannot use/);
});
