// Goal: a page begins where the one before ended, no cursor but our own is taken, and a misspelt name
// is told the one that was meant. Method: generated lists and tables of cases.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestName } from '../src/settings/nearest-name.ts';
import { cursorAfter, pageOf, readCursor } from '../src/routes/paging.ts';
import { periodOf, time } from '../src/routes/times.ts';

describe('a cursor', () => {
  test('gives back the values that it was made of, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), (values) => {
        // A lone half of a pair has no UTF-8.
        const written = values.map((value) => Buffer.from(value).toString());
        expect(readCursor(cursorAfter(written), written.length)).toEqual(written);
      }),
    );
  });

  test.each(['e30', 'WyJhIl0', 'bnVsbA', 'xxxx', 'WzEsMl0'])(
    'that we did not write: %s',
    (given) => {
      expect(() => readCursor(given, 2)).toThrow('cursor');
    },
  );

  test('leads through a list of any length, each row once', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 12 }), (length, limit) => {
        const list = Array.from({ length }, (_, at) => String(at));
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const [after] = readCursor(cursor ?? undefined, 1) ?? ['-1'];
          const rest = list.filter((at) => Number(at) > Number(after)).slice(0, limit + 1);
          const page: ReturnType<typeof pageOf<string>> = pageOf(rest, limit, (at) => [at]);
          seen.push(...page.rows);
          cursor = page.next_cursor;
        } while (cursor !== null);
        expect(seen).toEqual(list);
      }),
    );
  });
});

describe('the nearest known name', () => {
  const known = ['last', 'from', 'to', 'agent_type', 'execution_step', 'limit'];
  test.each([
    ['lst', 'last'],
    ['form', 'from'],
    ['agenttype', 'agent_type'],
    ['AGENT_TYPE', 'agent_type'],
    ['limits', 'limit'],
    ['executionstep', 'execution_step'],
    ['colour', null],
    ['', null],
    ['x'.repeat(10_000), null],
  ])('of "%.20s" is %s', (name, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });
});

describe('the ends of a period', () => {
  const NOW = Date.parse('2026-11-21T12:00:00Z');
  test.each([
    ['2026-11-20', '2026-11-20T00:00:00Z'],
    ['2026-11-20T08:30:00Z', '2026-11-20T08:30:00Z'],
    ['2026-11-20T08:30:00+02:00', '2026-11-20T06:30:00Z'],
  ])('%s', (given, expected) => {
    expect(time.parse(given)).toBe(Date.parse(expected));
  });

  test('before now', () => {
    const [day, half, now] = ['-1d', '-12h', 'now'].map((given) => time.parse(given));
    expect(Math.round((now! - half!) / 60_000)).toBe(12 * 60);
    expect(Math.round((now! - day!) / 60_000)).toBe(24 * 60);
  });

  test.each(['-1w', '-0h', '1h', 'yesterday', '2026-02-30', '2026-11-20T08:30:00', ''])(
    'not "%s"',
    (given) => expect(time.safeParse(given).success).toBe(false),
  );

  test('the last day when nothing is said, or as long as a question has it', () => {
    const to_s = NOW / 1_000;
    expect(periodOf({}, NOW)).toEqual({ from_s: to_s - 86_400, to_s });
    expect(periodOf({}, NOW, 2 * 86_400_000)).toEqual({ from_s: to_s - 2 * 86_400, to_s });
  });
});
