// Reading what Python's repr() wrote: literals as data, everything else as nothing.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pythonData } from '../src/reading/python-repr.ts';

describe('a repr as data', () => {
  it.each([
    ["{'a': 1, 'b': None, 'c': True}", { a: 1, b: null, c: true }],
    ["{'a': {'b': [1, 2.5, -3e2]}}", { a: { b: [1, 2.5, -300] } }],
    ["{'a': \"it's\", 'b': 'x\\'y\\n'}", { a: "it's", b: "x'y\n" }],
    ["Usage(input=1, details=Details(cached='2'))", { input: 1, details: { cached: '2' } }],
    ["{'role': <Role.USER: 'user'>}", { role: 'user' }],
    ['(1, 2,)', [1, 2]],
    [' [] ', []],
    ['{}', {}],
  ])('%s', (text, data) => {
    expect(JSON.parse(JSON.stringify(pythonData(text)))).toEqual(data);
  });

  it.each([
    ["{'a': 1", 'cut off'],
    ["{'a': 'b", 'cut off within a text'],
    ["{'a': 1} and more", 'more behind it'],
    ["{'a', 'b'}", 'a set'],
    ["{'a': 1 'b': 2}", 'no comma between'],
    ['', 'nothing'],
    ['['.repeat(100) + ']'.repeat(100), 'too deep'],
    [`[${'1,'.repeat(40_000)}]`, 'too long'],
  ])('%j is none: %s', (text) => {
    expect(pythonData(text)).toBeNull();
  });

  it('keeps a key that names a prototype as a key', () => {
    const data = pythonData("{'__proto__': {'polluted': 1}}") as object;
    expect(Object.keys(data)).toEqual(['__proto__']);
    expect('polluted' in {}).toBe(false);
  });

  it('never throws, whatever the text', () => {
    const word = fc.constantFrom(
      ...["'", '"', '{', '}', '[', ']', '(', ')', '<', '>', ':', ',', '=', '\\', 'None', '1', 'a'],
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 40 }).map((w) => w.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        pythonData(text);
      }),
    );
  });
});
