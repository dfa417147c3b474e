// How figures look: exact to the last digit that is shown, and a dash where nothing is known.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { count, duration, money, plural, UNKNOWN } from '../src/figures.ts';

it.each([
  [null, '–'],
  [undefined, '–'],
  ['', '–'],
  ['0', '$0.000000'],
  ['0.000000080000', '<$0.000001'],
  ['0.0000005', '$0.000001'],
  ['0.003672', '$0.003672'],
  ['0.9999995', '$1.000000'],
  ['1.5', '$1.5000'],
  ['12.34565', '$12.3457'],
  ['123.455', '$123.46'],
  ['1234567.891', '$1,234,567.89'],
  ['-0.25', '-$0.250000'],
])('money %s is %s', (decimal, shown) => {
  expect(money(decimal)).toBe(shown);
});

it('money is off by less than half of its last digit', () => {
  const cents = fc.bigInt({ min: 1_000_000n, max: 10n ** 24n });
  fc.assert(
    fc.property(cents, (trillionths) => {
      const digits = trillionths.toString().padStart(13, '0');
      const exact = `${digits.slice(0, -12)}.${digits.slice(-12)}`;
      const [whole = '', fraction = ''] = money(exact).replace(/[$,]/g, '').split('.');
      const shown = BigInt(whole + fraction.padEnd(12, '0'));
      const half = 10n ** BigInt(12 - fraction.length) / 2n;
      const difference = shown > trillionths ? shown - trillionths : trillionths - shown;
      expect(difference <= half).toBe(true);
    }),
  );
});

it.each([
  [null, UNKNOWN],
  [0, '0'],
  [1234567, '1,234,567'],
  ['12345678901234567890', '12,345,678,901,234,567,890'],
])('count %s is %s', (value, shown) => {
  expect(count(value)).toBe(shown);
});

it.each([
  [null, UNKNOWN],
  [0.34, '0.3 ms'],
  [9.96, '10.0 ms'],
  [812.4, '812 ms'],
  [1240, '1.24 s'],
  [61_000, '1 m 01 s'],
])('duration %s is %s', (value, shown) => {
  expect(duration(value)).toBe(shown);
});

it.each([
  [0, '0 calls'],
  [1, '1 call'],
  [1200, '1,200 calls'],
])('plural %i is %s', (number, shown) => {
  expect(plural(number, 'call')).toBe(shown);
});
