// Goal: what waits is bounded in bytes, one organisation's flood neither delays nor displaces what
// others wait for, and nothing is lost uncounted. Method: floods, and a law over random orders.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairMarks } from '../src/settle/fair-marks.ts';

const last = (_known: string, mark: string): string => mark;
const KEY_BYTES = 256;

/** Keys of 32 characters, as trace ids are. */
function key(number: number): string {
  return String(number).padStart(32, '0');
}

function put(marks: FairMarks<string>, org_id: string, count: number, from = 0): void {
  for (let at = from; at < from + count; at++) {
    marks.put(org_id, key(at), `${org_id} ${at}`, last);
  }
}

function ofOrganisation(taken: readonly string[], org_id: string): number {
  return taken.filter((mark) => mark.startsWith(`${org_id} `)).length;
}

test('a flood does not make others wait: they have their turn in the first step', () => {
  const marks = new FairMarks<string>(1e9);
  put(marks, 'flood', 50_000);
  put(marks, 'small', 10);
  put(marks, 'middle', 700);
  const taken = marks.take(1_000);
  expect(ofOrganisation(taken, 'small')).toBe(10);
  expect(ofOrganisation(taken, 'middle')).toBeGreaterThanOrEqual(333);
  expect(taken).toHaveLength(1_000);
  expect(taken[0], 'the oldest first').toBe('flood 0');
});

test('with more organisations than a step takes, each has its turn within as many steps', () => {
  const marks = new FairMarks<string>(1e9);
  for (let org = 0; org < 30; org++) put(marks, `org${org}`, 5);
  const first = new Set([1, 2, 3].flatMap(() => marks.take(10)).map((mark) => mark.split(' ')[0]));
  expect(first.size).toBe(30);
});

test.each([
  ['the flood came first', ['flood', 'small']],
  ['the flood came last', ['small', 'flood']],
])('a flood beyond the bound is what is forgotten: %s', (_, order) => {
  const marks = new FairMarks<string>(100 * KEY_BYTES);
  for (const org_id of order) put(marks, org_id, org_id === 'flood' ? 10_000 : 40);
  expect(marks.held_bytes).toBeLessThanOrEqual(100 * KEY_BYTES);
  expect(marks.sizeOf('small')).toBe(40);
  expect(marks.sizeOf('flood')).toBeGreaterThan(40);
  expect(marks.forgotten).toBe(10_040 - marks.size);
});

test('two floods share the room', () => {
  const marks = new FairMarks<string>(320 * KEY_BYTES);
  put(marks, 'one', 5_000);
  put(marks, 'other', 5_000);
  expect(marks.sizeOf('other')).toBeGreaterThan(140);
  expect(marks.sizeOf('one')).toBeGreaterThan(140);
});

test('law: every mark is taken once, joined or counted as forgotten', () => {
  const step = fc.oneof(
    fc.record({ org: fc.nat(3), key: fc.nat(20) }),
    fc.record({ take: fc.integer({ min: 1, max: 7 }) }),
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.integer({ min: 1, max: 12 }),
      (steps, room) => {
        const marks = new FairMarks<string>(room * KEY_BYTES);
        let set = 0;
        let joined = 0;
        let taken = 0;
        for (const one of steps) {
          if ('take' in one) {
            taken += marks.take(one.take).length;
          } else {
            set++;
            marks.put(`org${one.org}`, key(one.key), '', (_known, mark) => (joined++, mark));
          }
          expect(marks.held_bytes).toBe(marks.size * KEY_BYTES);
          expect(marks.held_bytes).toBeLessThanOrEqual(room * KEY_BYTES);
          expect(taken + joined + marks.size + marks.forgotten).toBe(set);
        }
      },
    ),
  );
});
