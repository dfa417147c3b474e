// Goal: the ledger does not depend on how spans arrive. Method: one organisation after another gets
// the same spans, shuffled, split, repeated and interleaved in its own way, through the service; in
// ClickHouse all of them then have the same ledger rows, to the byte.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyTruth, feed, seededRandom } from './feed.ts';
import { post } from './sender.ts';
import { Service } from './service.ts';

const ORGANISATIONS = Array.from({ length: 6 }, (_, index) => `organisation-${index}`);
const TRACES = 40;
const SPANS_PER_REQUEST_MAX = 30;
const REPEATED_SHARE = 0.3;

const key = (org: string): string => `key-of-${org}`;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

let service: Service;

beforeAll(async () => {
  const keys = ORGANISATIONS.map((org) => `ingest:${org}:${hash(key(org))}`).join(',');
  service = await Service.start({ environment: { SPANLEDGER_KEYS: keys } });
});

afterAll(() => service.stop());

/** Requests are concatenations: a protobuf message with a repeated field is just its parts. */
function arrangement(spans: readonly Uint8Array[], seed: number): Buffer[] {
  const random = seededRandom(seed);
  const sent = [...spans, ...spans.filter(() => random() < REPEATED_SHARE)];
  for (let left = sent.length - 1; left > 0; left--) {
    const other = Math.floor(random() * (left + 1));
    [sent[left], sent[other]] = [sent[other]!, sent[left]!];
  }
  const requests: Buffer[] = [];
  for (let at = 0; at < sent.length;) {
    const size = 1 + Math.floor(random() * SPANS_PER_REQUEST_MAX);
    requests.push(Buffer.concat(sent.slice(at, at + size)));
    at += size;
  }
  return requests;
}

async function ledgerOf(org: string): Promise<string[]> {
  const rows = await service.sql<Record<string, unknown>>(`
    SELECT * EXCEPT (org_id, settled_at, fingerprint, written_at) FROM ledger FINAL
    WHERE org_id = '${org}' ORDER BY trace_id, span_id, event_id`);
  return rows.map((row) => JSON.stringify(row));
}

test('any order, split and repetition gives the same ledger rows', async () => {
  const truth = emptyTruth();
  const start_ns = BigInt(Date.now() - 600_000) * 1_000_000n;
  const spans = [...feed({ seed: 11, traces: TRACES, spansPerRequest: 1, start_ns }, truth)].map(
    ({ body }) => body,
  );
  await Promise.all(
    ORGANISATIONS.map(async (org, seed) => {
      const headers = {
        'content-type': 'application/x-protobuf',
        authorization: `Bearer ${key(org)}`,
      };
      for (const body of arrangement(spans, seed)) {
        expect((await post(`${service.url}/v1/traces`, body, headers)).status).toBe(200);
      }
    }),
  );
  const wanted = truth.spans;
  await service.until(async () => {
    const counts = await service.sql<{ rows: number }>(
      'SELECT count() AS rows FROM ledger FINAL GROUP BY org_id',
    );
    return counts.length === ORGANISATIONS.length && counts.every(({ rows }) => rows === wanted);
  });
  const [first, ...others] = await Promise.all(ORGANISATIONS.map(ledgerOf));
  expect(first).toHaveLength(wanted);
  for (const other of others) expect(other).toEqual(first);
});
