// Periods as people write them become two ends.

import { expect, it } from 'vitest';
import { parseMoment, sliceOf } from '../src/period.ts';

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

it.each([
  ['24h', 86_400_000],
  ['-30m', 1_800_000],
  ['7d', 604_800_000],
  ['now', 0],
])('%s is so long before now', (text, before_ms) => {
  const earliest_ms = Date.now() - before_ms;
  const found_ms = Date.parse(parseMoment(text));
  expect(found_ms).toBeGreaterThanOrEqual(earliest_ms);
  expect(found_ms).toBeLessThanOrEqual(Date.now() - before_ms);
});

it('a date is its first instant of UTC', () => {
  expect(parseMoment('2026-11-20')).toBe('2026-11-20T00:00:00.000Z');
});
