// A trace settled in its own unit comes out as it does among all facts of a capture.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Block,
  bundledPriceBook,
  decodeLogs,
  decodeTraces,
  parseRequests,
  readFacts,
  settle,
  type Fact,
  type LedgerRow,
} from '@spanledger/ledger';
import { expect, test } from 'vitest';
import { settleApart } from './facts-in-memory.ts';

const FOLDER = fileURLToPath(new URL('../../ledger/test/fixtures/otlp/', import.meta.url));
const CAPTURES = ['', 'python/'].flatMap((folder) =>
  readdirSync(join(FOLDER, folder))
    .filter((name) => name.endsWith('.json') && !name.endsWith('.truth.json'))
    .map((name) => `${folder}${name}`),
);
const book = bundledPriceBook();

function factsOf(name: string): Fact[] {
  const block = new Block();
  for (const { signal, body } of parseRequests(readFileSync(join(FOLDER, name)), name)) {
    if (signal === 'traces') decodeTraces(body, block, { org_id: 'default' });
    if (signal === 'logs') decodeLogs(body, block, { org_id: 'default' });
  }
  return readFacts(block);
}

test.each(CAPTURES)('%s', async (name) => {
  const facts = factsOf(name);
  const apart = await settleApart(facts, (unit) => settle(unit, book));
  const together = settle(facts, book);
  expect(apart.rows.sort(byIds)).toEqual(together.rows.sort(byIds));
  expect(apart.bounded).toBe(0);
});

function byIds(a: LedgerRow, b: LedgerRow): number {
  const [x, y] = [a, b].map(
    ({ trace_id, span_id, event_id }) => `${trace_id}${span_id}${event_id}`,
  );
  return x! < y! ? -1 : 1;
}
