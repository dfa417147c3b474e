// Answers are judged where they come in and where they are stored, by rooms that may not know each
// other: both have the same rules, to the letter.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const read = (place: string) =>
  readFileSync(path.join(import.meta.dirname, '../packages', place), 'utf8');

test.each(['answer-quality.ts', 'quality-phrases.ts'])('%s is the same in both', (file) => {
  expect(read(`ledger/src/quality/${file}`)).toBe(read(`instrumentation/src/calls/${file}`));
});
