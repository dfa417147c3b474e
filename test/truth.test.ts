// The ledger against what providers really served: every capture of the project, and that the
// comparison itself sees what is wrong.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compare } from './truth/comparison.ts';
import { captureOf, capturesIn, namesIn, type Capture } from './truth/truth-file.ts';

const FOLDER = fileURLToPath(new URL('../packages/ledger/test/fixtures/otlp', import.meta.url));
const captures = capturesIn(FOLDER);
const EXACT_SHARE_MIN = 0.9;

test.each(captures.map((capture) => [capture.name, capture] as const))('%s', (_, capture) => {
  expect(compare(capture).contradictions).toEqual([]);
});

test('at least nine of ten captures are exact in input and output', () => {
  // Those in `live` were taken for what is missing in them as well.
  const whole = captures.filter(({ name }) => !name.startsWith('live'));
  const exact = whole.filter((capture) => compare(capture).result === 'exact');
  expect(exact.length / whole.length).toBeGreaterThanOrEqual(EXACT_SHARE_MIN);
});

describe('the comparison sees', () => {
  const whole = captures.find(
    ({ name }) => name === path.join('python', 'genai-openai-chat-tool'),
  )!;
  const [first, ...others] = whole.truth.served;
  const served = (calls: Capture['truth']['served']): Capture => ({
    ...whole,
    truth: { ...whole.truth, served: calls },
  });

  test.each([
    ['a call that was not served', served(others), 'not served'],
    [
      'a figure above the bill',
      served([{ ...first!, output: first!.output - 1 }, ...others]),
      'above',
    ],
    [
      'a figure that is less without a reason',
      served([{ ...first!, input: first!.input + 1 }, ...others]),
      'without a reason',
    ],
  ])('%s', (_, capture, says) => {
    const found = compare(capture);
    expect(found.result).toBe('contradiction');
    expect(found.contradictions.join('\n')).toContain(says);
  });
});

test('of a pair that cannot be read the fault is named, and the others stay readable', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'spanledger-truth-'));
  try {
    for (const end of ['json', 'truth.json']) {
      cpSync(path.join(FOLDER, `langfuse.${end}`), path.join(folder, `whole.${end}`));
    }
    writeFileSync(path.join(folder, 'alone.truth.json'), '{"provider_calls": []}');
    writeFileSync(path.join(folder, 'empty.json'), '{}');
    writeFileSync(path.join(folder, 'empty.truth.json'), '{"provider_calls": [null]}');
    expect(namesIn(folder)).toEqual(['alone', 'empty', 'whole']);
    expect(() => captureOf(folder, 'alone')).toThrow('alone.json is missing');
    expect(() => captureOf(folder, 'empty')).toThrow('provider_calls[0] must be an object');
    expect(compare(captureOf(folder, 'whole')).result).toBe('exact');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
