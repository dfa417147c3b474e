// Goal: what the service keeps of a capture is what one look at the whole capture gives, however its
// records arrive. Method: every capture is an organisation; its records are sent one a request,
// shuffled, some of them twice, one part only after all of the other was settled, so that a log
// comes before its span or after it; then its ledger is compared with settling all facts at once.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  Block,
  bundledPriceBook,
  decodeLogs,
  decodeTraces,
  parseRequests,
  readFacts,
  settle,
  TOKEN_CLASSES,
  type OtlpRequest,
} from '@spanledger/ledger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from './feed.ts';
import { post } from './sender.ts';
import { Service } from './service.ts';

const FOLDER = join(
  dirname(fileURLToPath(import.meta.url)),
  '../packages/ledger/test/fixtures/otlp',
);
const REPEATED_SHARE = 0.3;
const PARTS = 2;
const IDLE = 'idle';

const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json') && !name.endsWith('.truth.json'))
  .sort();
const captures = files.map((name) => ({ name, org: name.replaceAll(/[^A-Za-z0-9.-]/g, '_') }));
const book = bundledPriceBook();

const key = (org: string): string => `key-of-${org}`;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const headersOf = (org: string): Record<string, string> => ({
  'content-type': 'application/json',
  authorization: `Bearer ${key(org)}`,
});

let service: Service;

beforeAll(async () => {
  const keys = [IDLE, ...captures.map(({ org }) => org)]
    .map((org) => `admin:${org}:${hash(key(org))}`)
    .join(',');
  service = await Service.start({ environment: { SPANLEDGER_KEYS: keys } });
  const sent = captures.map(({ name, org }, seed) => ({ org, records: arranged(name, seed) }));
  for (let part = 0; part < PARTS; part++) {
    await Promise.all(
      sent.map(async ({ org, records }) => {
        const size = Math.ceil(records.length / PARTS);
        for (const { path, body } of records.slice(part * size, (part + 1) * size)) {
          expect((await post(service.url + path, body, headersOf(org))).status).toBe(200);
        }
      }),
    );
    await settleAll();
  }
}, 180_000);

afterAll(() => service.stop());

/** Verification settles all that is dirty first, of whatever organisation. */
async function settleAll(): Promise<void> {
  const answer = await fetch(`${service.url}/api/v1/verify`, { headers: headersOf(IDLE) });
  expect(answer.status, await answer.text()).toBe(200);
}

interface Part {
  readonly path: string;
  readonly body: Buffer;
}

function requestsOf(name: string): OtlpRequest[] {
  return parseRequests(readFileSync(join(FOLDER, name)), name);
}

function arranged(name: string, seed: number): Part[] {
  const random = seededRandom(seed + 1);
  const records = requestsOf(name).flatMap(({ signal, body }) => {
    if (signal === 'metrics') return [];
    const json: unknown = JSON.parse(Buffer.from(body.bytes.subarray(0, body.length)).toString());
    return apart(json, signal).map((one) => ({
      path: `/v1/${signal}`,
      body: Buffer.from(JSON.stringify(one)),
    }));
  });
  const sent = [...records, ...records.filter(() => random() < REPEATED_SHARE)];
  for (let left = sent.length - 1; left > 0; left--) {
    const other = Math.floor(random() * (left + 1));
    [sent[left], sent[other]] = [sent[other]!, sent[left]!];
  }
  return sent;
}

type Json = Readonly<Record<string, unknown>>;

/** One request for each span or log record. */
function apart(request: unknown, signal: 'traces' | 'logs'): Json[] {
  const [resources, scopes, records] =
    signal === 'traces'
      ? (['resourceSpans', 'scopeSpans', 'spans'] as const)
      : (['resourceLogs', 'scopeLogs', 'logRecords'] as const);
  const listOf = (from: Json, name: string): Json[] => (from[name] ?? []) as Json[];
  return listOf(request as Json, resources).flatMap((resource) =>
    listOf(resource, scopes).flatMap((scope) =>
      listOf(scope, records).map((record) => ({
        [resources]: [{ ...resource, [scopes]: [{ ...scope, [records]: [record] }] }],
      })),
    ),
  );
}

const COMPARED = [
  'trace_id',
  'span_id',
  'event_id',
  'kind',
  'role',
  'counted',
  'rule',
  'owner_trace_id',
  'owner_span_id',
  'agent_name',
  'conversation_id',
  'response_id',
  'usage_reason',
  'cost_reason',
  ...TOKEN_CLASSES,
] as const;

/** What settling all facts at once makes of a capture. */
function expected(name: string): string[] {
  const block = new Block();
  for (const { signal, body } of requestsOf(name)) {
    if (signal === 'traces') decodeTraces(body, block, { org_id: 'default' });
    if (signal === 'logs') decodeLogs(body, block, { org_id: 'default' });
  }
  const { rows } = settle(readFacts(block), book);
  return rows.map((row) => JSON.stringify(COMPARED.map((column) => row[column]))).sort();
}

test.each(captures)('$name', async ({ name, org }) => {
  const rows = await service.sql<Record<string, unknown>>(
    `SELECT ${COMPARED.join(', ')} FROM ledger FINAL WHERE org_id = '${org}'`,
  );
  const found = rows.map((row) => JSON.stringify(COMPARED.map((column) => row[column]))).sort();
  expect(found).toEqual(expected(name));
});
