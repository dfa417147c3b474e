// A short run of the fuzzer, the same inputs each time; `npm run fuzz` goes on from there.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Block } from '@spanledger/ledger';
import { afterAll, expect, test } from 'vitest';
import { readCorpus } from './fuzz/corpus.ts';
import { loadInput, saveInput } from './fuzz/findings.ts';
import { makeInput } from './fuzz/inputs.ts';
import { judgeAgain, runRange } from './fuzz/run.ts';

const SEED = 1;
const INPUTS = 2_500;

const folder = mkdtempSync(path.join(tmpdir(), 'spanledger-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const corpus = readCorpus(path.join(import.meta.dirname, '../packages/ledger/test/fixtures/otlp'));

test('no input breaks a law', () => {
  const { kinds, findings } = runRange(corpus, { seed: SEED, from: 0, to: INPUTS, save: folder });
  expect(findings).toEqual([]);
  expect(Object.keys(kinds)).toEqual(
    expect.arrayContaining(['bytes', 'file', 'large', 'metrics', 'records', 'trace']),
  );
}, 60_000);

test('an input is made again from its number, and read back from its file', () => {
  for (let number = 0; number < 60; number++) {
    const input = makeInput(corpus, SEED, number);
    expect(makeInput(corpus, SEED, number)).toEqual(input);
    const file = saveInput(folder, SEED, input, { law: 'none', detail: '' });
    const loaded = loadInput(file).input;
    expect(loaded.sent.map(({ bytes }) => Buffer.from(bytes).toString('base64'))).toEqual(
      input.sent.map(({ bytes }) => Buffer.from(bytes).toString('base64')),
    );
    expect(judgeAgain(loaded, SEED, new Block())).toBeNull();
  }
});
