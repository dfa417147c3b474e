// Goal: deletion seen from outside: each kind takes what it says and nothing else, totals follow, what is
// sent again stays out, another organisation with the same ids keeps all, and a service that is killed
// in the middle goes on. Method: the service as a process on a real ClickHouse, over HTTP. Each call's
// tokens are a power of two of their own, so that a sum tells which calls are in it.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Service } from './service.ts';

const LIMIT_MS = 600_000;
const NS_PER_MS = 1_000_000n;
const NOON_MS = Date.parse('2026-11-05T12:00:00Z');
const PERIOD = 'from=2026-11-05T00:00:00Z&to=2026-11-06T00:00:00Z';
const ORGANISATIONS = ['mine', 'theirs'] as const;
type Organisation = (typeof ORGANISATIONS)[number];

let service: Service;
const keyOf = (org: string): string =>
  `admin:${org}:${createHash('sha256').update(`admin-${org}`).digest('hex')}`;
const readKey = `read:mine:${createHash('sha256').update('read-mine').digest('hex')}`;

beforeAll(async () => {
  service = await Service.start({
    environment: {
      SPANLEDGER_KEYS: [...ORGANISATIONS.map(keyOf), readKey].join(),
      SPANLEDGER_REMOVAL_MS: '10',
      SPANLEDGER_DELETIONS_MS: '200',
    },
  });
}, LIMIT_MS);
afterAll(() => service.stop());

type Attributes = Readonly<Record<string, string | number>>;

interface Span {
  readonly trace: string;
  readonly id: string;
  readonly above?: string;
  /** Minutes after noon. */
  readonly at?: number;
  readonly attributes: Attributes;
}

const hex = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

function otlp(span: Span): unknown {
  const start_ns = BigInt(NOON_MS + (span.at ?? 0) * 60_000) * NS_PER_MS;
  return {
    traceId: hex(`trace ${span.trace}`, 32),
    spanId: hex(`${span.trace} ${span.id}`, 16),
    parentSpanId: span.above === undefined ? '' : hex(`${span.trace} ${span.above}`, 16),
    name: span.id,
    kind: 3,
    startTimeUnixNano: String(start_ns),
    endTimeUnixNano: String(start_ns + 1_000_000_000n),
    attributes: Object.entries(span.attributes).map(([key, value]) => ({
      key,
      value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
    })),
  };
}

const call = (bit: number, more: Attributes = {}): Attributes => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.response.id': `chatcmpl-${bit}`,
  'gen_ai.usage.input_tokens': 2 ** bit,
  'gen_ai.usage.output_tokens': 1,
  ...more,
});
const agent = (name: string, more: Attributes = {}): Attributes => ({
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.agent.name': name,
  ...more,
});

const FEED: readonly Span[] = [
  // Two users of one trace, beneath an ordinary span.
  { trace: 'shared', id: 'root', attributes: { 'http.request.method': 'POST' } },
  { trace: 'shared', id: 'ann', above: 'root', attributes: agent('desk', { 'user.id': 'ann' }) },
  { trace: 'shared', id: 'of ann', above: 'ann', attributes: call(0) },
  { trace: 'shared', id: 'bob', above: 'root', attributes: agent('desk', { 'user.id': 'bob' }) },
  { trace: 'shared', id: 'of bob', above: 'bob', attributes: call(1) },
  // A gateway told ann's call once more, in a trace of its own and without her name.
  { trace: 'gateway', id: 'again', attributes: call(0, { 'server.address': 'gateway' }) },
  {
    trace: 'talk',
    id: 'run',
    at: 1,
    attributes: agent('desk', { 'gen_ai.conversation.id': 'c1' }),
  },
  { trace: 'talk', id: 'call', above: 'run', at: 1, attributes: call(2) },
  { trace: 'work', id: 'run', at: 2, attributes: agent('planner') },
  { trace: 'work', id: 'sub', above: 'run', at: 2, attributes: agent('worker') },
  { trace: 'work', id: 'call', above: 'sub', at: 2, attributes: call(3) },
  { trace: 'work', id: 'own', above: 'run', at: 2, attributes: call(4) },
  { trace: 'later', id: 'in the hour', at: 65, attributes: call(5) },
  { trace: 'later', id: 'after it', at: 125, attributes: call(6) },
];

async function post(org: string, path: string, body: unknown, role = 'admin'): Promise<Response> {
  return fetch(service.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${role}-${org}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function get<T>(org: string, path: string): Promise<T> {
  const headers = { authorization: `Bearer admin-${org}` };
  const response = await fetch(service.url + path, { headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

async function send(org: string, spans: readonly Span[], scope = 'tests'): Promise<void> {
  const own = spans.map(otlp);
  const service_name = { key: 'service.name', value: { stringValue: 'support' } };
  const body = {
    resourceSpans: [
      {
        resource: { attributes: [service_name] },
        scopeSpans: [{ scope: { name: scope }, spans: own }],
      },
    ],
  };
  expect((await post(org, '/v1/traces', body)).status).toBe(200);
}

interface Usage {
  readonly rows: readonly { input_uncached: number | null; calls: number; runs: number }[];
}

/** Verifying brings everything up to date first. */
async function differences(org: Organisation): Promise<readonly unknown[]> {
  const { differences } = await get<{ differences: unknown[] }>(org, `/api/v1/verify?${PERIOD}`);
  return differences;
}

/** The bits of the calls that the totals hold. */
async function bits(org: Organisation): Promise<number[]> {
  const { rows } = await get<Usage>(org, `/api/v1/usage?${PERIOD}`);
  const sum = Number(rows[0]?.input_uncached ?? 0);
  return Array.from({ length: 30 }, (_, bit) => bit).filter((bit) => (sum >> bit) & 1);
}

interface Deletion {
  readonly deletion_id: string;
  readonly state: string;
  readonly totals_followed: boolean;
  readonly traces: number;
}

async function deletionOf(org: Organisation, id: string): Promise<Deletion> {
  const path = `/api/v1/deletions?deletion_id=${id}`;
  const { deletions } = await get<{ deletions: Deletion[] }>(org, path);
  return deletions[0]!;
}

async function ask(org: Organisation, asked: object): Promise<string> {
  const response = await post(org, '/api/v1/deletions', { ...asked, dry_run: false });
  const body = (await response.json()) as { deletion: Deletion };
  expect(response.status, JSON.stringify(body)).toBe(200);
  return body.deletion.deletion_id;
}

async function reached(org: Organisation, id: string, state: 'followed' | 'done'): Promise<void> {
  await service.until(async () => {
    const now = await deletionOf(org, id);
    return now.state === 'done' || (state === 'followed' && now.totals_followed);
  });
  const { totals_followed, state: now } = await deletionOf(org, id);
  expect({ totals_followed, done: state === 'followed' || now === 'done' }).toEqual({
    totals_followed: true,
    done: true,
  });
}

const rowsOf = async (org: string): Promise<unknown> => {
  const [row] = await service.sql<Record<string, number>>(
    `SELECT (SELECT count() FROM otel_traces FINAL WHERE OrgId = '${org}') AS spans,
       (SELECT count() FROM genai_facts FINAL WHERE org_id = '${org}') AS facts,
       (SELECT count() FROM ledger WHERE org_id = '${org}' AND trace_id NOT IN (
         SELECT trace_id FROM genai_facts WHERE org_id = '${org}')) AS strays`,
  );
  return row;
};

const STEPS: readonly {
  readonly name: string;
  readonly asked: object;
  readonly bits: readonly number[];
  readonly spans: number;
}[] = [
  {
    name: 'a user: her runs and calls, also as a gateway told them, and nobody else in her trace',
    asked: { kind: 'user', subject: 'ann' },
    bits: [1, 2, 3, 4, 5, 6],
    spans: 11,
  },
  {
    name: 'a conversation',
    asked: { kind: 'conversation', subject: 'c1' },
    bits: [1, 3, 4, 5, 6],
    spans: 9,
  },
  {
    name: 'an execution: what is beneath it, and not what is above',
    asked: {
      kind: 'execution',
      subject: `${hex('trace work', 32)}:${hex('work sub', 16)}`,
    },
    bits: [1, 4, 5, 6],
    spans: 7,
  },
  {
    name: 'an hour',
    asked: { kind: 'range', from: '2026-11-05T13:00:00Z', to: '2026-11-05T14:00:00Z' },
    bits: [1, 4, 6],
    spans: 6,
  },
];

test(
  'each kind takes its own, and it stays so when all is sent again',
  { timeout: LIMIT_MS },
  async () => {
    for (const org of ORGANISATIONS) {
      await send(org, FEED.slice(0, 5));
      await send(org, FEED.slice(5, 6), 'gateway');
      await send(org, FEED.slice(6));
      expect(await differences(org)).toEqual([]);
    }
    const all = await rowsOf('theirs');
    for (const step of STEPS) {
      const id = await ask('mine', step.asked);
      await reached('mine', id, 'followed');
      expect(await bits('mine'), step.name).toEqual(step.bits);
      expect(await differences('mine'), step.name).toEqual([]);
      await reached('mine', id, 'done');
      expect(await differences('mine'), step.name).toEqual([]);
      const left = { spans: step.spans, facts: step.spans, strays: 0 };
      expect(await rowsOf('mine'), step.name).toEqual(left);
    }
    const last = STEPS.at(-1)!;
    const left = { spans: last.spans, facts: last.spans, strays: 0 };
    await send('mine', [...FEED.slice(6), ...FEED.slice(0, 5)].reverse());
    await send('mine', FEED.slice(5, 6), 'gateway');
    expect(await differences('mine')).toEqual([]);
    expect(await bits('mine')).toEqual(last.bits);
    await service.until(async () => JSON.stringify(await rowsOf('mine')) === JSON.stringify(left));
    expect(await rowsOf('mine')).toEqual(left);
    expect(await bits('theirs')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await rowsOf('theirs')).toEqual(all);
    expect(await differences('theirs')).toEqual([]);
  },
);

test(
  'what comes for the first time: beneath a deleted span it goes, beside it it stays',
  { timeout: LIMIT_MS },
  async () => {
    await send('mine', [
      { trace: 'shared', id: 'late, beneath', above: 'of ann', attributes: call(7) },
      { trace: 'shared', id: 'late, beside', above: 'root', attributes: call(8) },
      { trace: 'fresh', id: 'late, named', attributes: call(9, { 'user.id': 'ann' }) },
    ]);
    expect(await differences('mine')).toEqual([]);
    expect(await bits('mine')).toEqual([1, 4, 6, 8]);
  },
);

test('a dry run counts and deletes nothing; who may ask', { timeout: LIMIT_MS }, async () => {
  const counted = await post('theirs', '/api/v1/deletions', {
    ...{ kind: 'user', subject: 'ann', dry_run: true },
  });
  expect(await counted.json()).toEqual({
    dry_run: true,
    rows: expect.objectContaining({ otel_traces: 3, genai_facts: 3, ledger: 3, executions: 1 }),
  });
  expect(await bits('theirs')).toEqual([0, 1, 2, 3, 4, 5, 6]);
  for (const [role, asked, status] of [
    ['read', { kind: 'user', subject: 'ann' }, 403],
    ['admin', { kind: 'organisation', subject: 'theirs' }, 403],
    ['admin', { kind: 'user' }, 400],
    ['admin', { kind: 'range', from: '2026-11-05T13:00:00Z' }, 400],
    ['admin', { kind: 'trace', subject: 'x' }, 400],
  ] as const) {
    const body = { ...asked, dry_run: false };
    expect((await post('mine', '/api/v1/deletions', body, role)).status).toBe(status);
  }
});

test(
  'killed in the middle it goes on, and the organisation goes as a whole',
  { timeout: LIMIT_MS },
  async () => {
    const many = Array.from({ length: 2_200 }, (_, at) => ({
      ...{ trace: `many ${at}`, id: 'call' },
      attributes: call(10, { 'user.id': 'many', 'gen_ai.response.id': `of many ${at}` }),
    }));
    await send('mine', many);
    expect(await differences('mine')).toEqual([]);
    const id = await ask('mine', { kind: 'user', subject: 'many' });
    await service.until(async () => (await deletionOf('mine', id)).traces > 0);
    const before = await deletionOf('mine', id);
    await service.killExporter();
    await service.startExporter();
    expect(before.totals_followed).toBe(false);
    await reached('mine', id, 'followed');
    expect(await differences('mine')).toEqual([]);
    expect(await bits('mine')).toEqual([1, 4, 6, 8]);
    await reached('mine', id, 'done');

    const all = await ask('mine', { kind: 'organisation', subject: 'mine' });
    await reached('mine', all, 'done');
    expect(await bits('mine')).toEqual([]);
    expect(await rowsOf('mine')).toEqual({ spans: 0, facts: 0, strays: 0 });
    await send('mine', FEED);
    expect(await differences('mine')).toEqual([]);
    expect(await bits('mine')).toEqual([]);
    expect(await bits('theirs')).toEqual([0, 1, 2, 3, 4, 5, 6]);
  },
);
