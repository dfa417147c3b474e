// Goal: what the service keeps of a capture is what one look at the whole capture gives, however its
// records arrive. Method: every capture is an organisation; its records are sent shuffled, a few a
// request, some of them twice, one part only after all of the other was settled, so that a log
// comes before its span or after it; then its ledger is compared with settling all facts at once. Of
// the many captures of live programs a fixed share is taken.

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
const RECORDS_PER_REQUEST = 8;
const LIVE_SHARE = 1 / 4;
const MINUTE_MS = 60_000;
const IDLE = 'idle';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json') && !name.endsWith('.truth.json'))
  .filter((name) => !name.startsWith('live/') || isTaken(name))
  .sort();
const captures = files.map((name) => ({ name, org: name.replaceAll(/[^A-Za-z0-9.-]/g, '_') }));
const book = bundledPriceBook();

const key = (org: string): string => `key-of-${org}`;
/** By its name, so that another capture beside it changes nothing. */
function isTaken(name: string): boolean {
  return parseInt(hash(name).slice(0, 8), 16) / 2 ** 32 < LIVE_SHARE;
}
const headersOf = (org: string): Record<string, string> => ({
  'content-type': 'application/json',
  authorization: `Bearer ${key(org)}`,
});

type Row = Readonly<Record<string, unknown>> & { readonly org_id: string };

let service: Service;
const ledgers = new Map<string, Omit<Row, 'org_id'>[]>();

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
        for (const { path, body } of requestsWith(records.slice(part * size, (part + 1) * size))) {
          expect((await post(service.url + path, body, headersOf(org))).status).toBe(200);
        }
      }),
    );
    await settleAll();
  }
  for (const { org_id, ...row } of await service.sql<Row>(
    `SELECT org_id, ${COMPARED.join(', ')} FROM ledger FINAL`,
  )) {
    const rows = ledgers.get(org_id);
    if (rows === undefined) ledgers.set(org_id, [row]);
    else rows.push(row);
  }
}, 5 * MINUTE_MS);

afterAll(() => service.stop());

/** The last page of a recost comes when all that is dirty is settled, of whatever organisation. */
async function settleAll(): Promise<void> {
  const body = Buffer.from(JSON.stringify({ last: '1h', dry_run: false }));
  const answer = await post(`${service.url}/api/v1/recost`, body, headersOf(IDLE));
  expect(answer.status, String(answer.body)).toBe(200);
}

interface Sent {
  readonly signal: 'traces' | 'logs';
  readonly record: Json;
}

/** Records of one signal that follow each other are one request, up to a few. */
function requestsWith(records: readonly Sent[]): { path: string; body: Buffer }[] {
  const requests: Sent[][] = [];
  for (const one of records) {
    const last = requests.at(-1);
    const fits = last !== undefined && last.length < RECORDS_PER_REQUEST;
    if (fits && last[0]!.signal === one.signal) last.push(one);
    else requests.push([one]);
  }
  return requests.map((some) => {
    const { signal } = some[0]!;
    const list = signal === 'traces' ? 'resourceSpans' : 'resourceLogs';
    const merged = { [list]: some.flatMap(({ record }) => record[list] as Json[]) };
    return { path: `/v1/${signal}`, body: Buffer.from(JSON.stringify(merged)) };
  });
}

function requestsOf(name: string): OtlpRequest[] {
  return parseRequests(readFileSync(join(FOLDER, name)), name);
}

function arranged(name: string, seed: number): Sent[] {
  const random = seededRandom(seed + 1);
  const records = requestsOf(name).flatMap(({ signal, body }) => {
    if (signal === 'metrics') return [];
    const json: unknown = JSON.parse(Buffer.from(body.bytes.subarray(0, body.length)).toString());
    return apart(json, signal).map((record) => ({ signal, record }));
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

test.each(captures)(
  '$name',
  ({ name, org }) => {
    const found = (ledgers.get(org) ?? []).map((row) =>
      JSON.stringify(COMPARED.map((column) => row[column])),
    );
    expect(found.sort()).toEqual(expected(name));
  },
  MINUTE_MS,
);
