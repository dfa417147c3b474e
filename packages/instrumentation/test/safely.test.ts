// What the one line says of an error, and what it must not quote.

import { expect, onTestFinished, test, vi } from 'vitest';
import { safely } from '../src/safely.ts';

function lineOf(place: string, step: () => unknown): string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  expect(safely(place, step)).toBe(undefined);
  return write.mock.calls.map(([text]) => String(text)).join('');
}

const told: [what: string, step: () => unknown, words: string][] = [
  ['an error of ours', () => (undefined as unknown as string).length, 'TypeError: Cannot read'],
  ['a text that is no JSON', () => JSON.parse('Ann is ill') as unknown, 'SyntaxError'],
  ['a text where none may be', () => Buffer.alloc('Ann is ill' as unknown as number), 'TypeError'],
];

test.each(told)('%s is told without what it was thrown at', (what, step, words) => {
  const line = lineOf(what, step);
  expect(line).toContain(`spanledger: cannot record ${what}: ${words}`);
  expect(line).not.toContain('Ann');
});
