// What runs tell while they go on: each event once, by execution, no part of any usage, gone with its
// execution and not back when it is sent again.

import { Block, decodeLogs, type Body } from '@spanledger/ledger';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import type { DeletionRequest, Incident, Store } from '../src/index.ts';
import { HOUR_NS, NOON_NS, SECOND_NS, hex, settlePlainly, traceId } from './samples.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let store: Store;
let inside: Connection;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  ({ store, inside } = await server.open());
});

type Told = Readonly<Record<string, string | number>>;

interface Sent {
  readonly run: string;
  readonly event: string;
  readonly at_s: number;
  readonly attributes?: Told;
  readonly body?: string;
}

const SENT: readonly Sent[] = [
  { run: 'a', event: 'start', at_s: 0, attributes: { 'spanledger.status': 'running' } },
  { run: 'a', event: 'stage', at_s: 1, attributes: { 'spanledger.stage': 'llm_call' } },
  { run: 'a', event: 'log', at_s: 1, body: 'two rows' },
  {
    run: 'a',
    event: 'end',
    at_s: 2,
    attributes: { 'spanledger.status': 'success', 'spanledger.duration_ms': 2000.5 },
  },
  {
    run: 'named',
    event: 'start',
    at_s: 3,
    attributes: {
      'spanledger.execution.id': 'run-1',
      'user.id': 'ann',
      'gen_ai.usage.input_tokens': 99,
      'gen_ai.operation.name': 'invoke_agent',
    },
  },
  {
    run: 'named',
    event: 'route',
    at_s: 4,
    attributes: {
      'spanledger.execution.id': 'run-1',
      'user.id': 'ann',
      'spanledger.route.chosen': 'travel',
    },
  },
];

const attribute = ([key, value]: [string, string | number]): unknown => ({
  key,
  value: typeof value === 'string' ? { stringValue: value } : { doubleValue: value },
});

function requestOf(sent: readonly Sent[]): Body {
  const logRecords = sent.map(({ run, event, at_s, attributes = {}, body }) => ({
    timeUnixNano: String(NOON_NS + BigInt(at_s) * SECOND_NS),
    eventName: `spanledger.execution.${event}`,
    traceId: traceId(run),
    spanId: hex(run, 16),
    ...(body === undefined ? null : { body: { stringValue: body } }),
    attributes: Object.entries({ 'gen_ai.agent.name': `agent ${run}`, ...attributes }).map(
      attribute,
    ),
  }));
  const resource = {
    attributes: [attribute(['service.name', 'svc'])],
  };
  const scopeLogs = [{ scope: { name: '@spanledger/instrumentation' }, logRecords }];
  const text = Buffer.from(JSON.stringify({ resourceLogs: [{ resource, scopeLogs }] }));
  const bytes = new Uint8Array(text.length + 64);
  bytes.set(text);
  return { bytes, length: text.length, encoding: 'json' };
}

let blocks = 0;

async function receive(sent: readonly Sent[], org_id = 'acme'): Promise<void> {
  const block = new Block();
  const { touched, accepted } = decodeLogs(requestOf(sent), block, { org_id });
  expect(accepted).toBe(sent.length);
  for (const table of ['otel_logs', 'genai_facts'] as const) {
    await store.insertBlock(table, block.parts(table), `block ${(blocks += 1)}`);
  }
  await store.settle(touched, settlePlainly);
  for (const level of ['minute', 'hour', 'day'] as const) await store.rollUp(level);
}

const rows = (sql: string) => inside.rows(sql);
const told = () =>
  rows(`SELECT execution_id, event, status, stage, message, agent_name, user_id, duration_ms,
    attributes['spanledger.route.chosen'] AS chosen
    FROM run_events WHERE org_id = 'acme' ORDER BY start_time, event`);

const nothing = { status: '', stage: '', message: '', user_id: '', duration_ms: null, chosen: '' };
const a = { ...nothing, execution_id: `${traceId('a')}:${hex('a', 16)}`, agent_name: 'agent a' };
const named = { ...nothing, execution_id: 'run-1', agent_name: 'agent named' };
const TOLD = [
  { ...a, event: 'start', status: 'running' },
  { ...a, event: 'log', message: 'two rows' },
  { ...a, event: 'stage', stage: 'llm_call' },
  { ...a, event: 'end', status: 'success', duration_ms: 2000.5 },
  { ...named, event: 'start', user_id: 'ann' },
  { ...named, event: 'route', user_id: 'ann', chosen: 'travel' },
];

test('each event is there once, however often and in whatever blocks it comes', async () => {
  await receive(SENT);
  await receive(SENT.slice(2));
  await receive(SENT.toReversed());
  expect(await told()).toEqual(TOLD);
});

test('runs that began and did not end are found by one query', async () => {
  await receive(SENT);
  const open = await rows(`SELECT execution_id, argMax(stage, start_time) AS stage FROM run_events
    GROUP BY execution_id HAVING countIf(event = 'end') = 0`);
  expect(open).toEqual([{ execution_id: 'run-1', stage: '' }]);
});

test('events are no usage, whatever they carry', async () => {
  await receive(SENT);
  const sums = await rows(`SELECT sum(calls) AS calls, sum(runs) AS runs,
    sum(input_uncached) AS input FROM usage`);
  expect(sums.map(({ calls, runs }) => [Number(calls), Number(runs)])).toEqual([[0, 0]]);
  expect(Number(sums[0]?.['input'] ?? 0)).toBe(0);
});

test.each([
  ['its execution', { kind: 'execution', subject: 'run-1' }],
  ['its user', { kind: 'user', subject: 'ann' }],
] as const)('what is deleted with %s is gone, before and after removal', async (_name, asked) => {
  await receive(SENT);
  await receive(SENT, 'globex');
  await deletes(asked);
  expect(await told()).toEqual(TOLD.slice(0, 4));
  await receive(SENT.slice(4));
  expect(await told()).toEqual(TOLD.slice(0, 4));
  await removes();
  expect(await kept('acme')).toBe(4);
  expect(await kept('globex')).toBe(6);
});

test('with the organisation all of it goes, and nothing of others', async () => {
  await receive(SENT);
  await receive(SENT, 'globex');
  for (const org_id of ['acme', 'globex']) await store.alerts.write({ ...INCIDENT, org_id });
  await deletes({ kind: 'organisation', subject: '' });
  expect(await told()).toEqual([]);
  expect(await store.alerts.incidents('acme', 10)).toEqual([]);
  await removes();
  expect([await kept('acme'), await kept('globex')]).toEqual([0, 6]);
  const alerts = await rows('SELECT DISTINCT org_id FROM alert_incidents');
  expect(alerts).toEqual([{ org_id: 'globex' }]);
  // What holds later is told again.
  const began_s = Math.floor(Date.now() / 1_000) + 60;
  await store.alerts.write({ ...INCIDENT, org_id: 'acme', began_s });
  expect(await store.alerts.incidents('acme', 10)).toHaveLength(1);
});

const INCIDENT: Incident = {
  ...{ org_id: '', incident_id: 'one', rule: 'cost', question: 'cost', subject: '' },
  ...{ severity: 'info', state: 'firing', threshold: 1n, value: 2n, window_s: 60 },
  ...{ evidence: '0.4 USD', began_s: Number(NOON_NS / SECOND_NS), resolved_s: null },
  ...{ firing_message: 'none', resolved_message: 'none', attempts: 0, next_attempt_s: 0 },
  last_failure: '',
};

async function deletes(asked: Pick<DeletionRequest, 'kind' | 'subject'>): Promise<void> {
  const time = { from_ns: 0n, to_ns: NOON_NS + 100n * HOUR_NS };
  const deletion = await store.deletions.ask({ org_id: 'acme', ...asked, ...time }, 400);
  const settled = await store.deletions.carryOut(deletion, settlePlainly, () => false);
  await store.deletions.followed(settled!);
}

async function removes(): Promise<void> {
  for (;;) {
    const open = (await store.deletions.list('acme')).filter(({ state }) => state === 'removing');
    if (open.length === 0) return;
    await store.deletions.remove(open);
  }
}

async function kept(org: string): Promise<number> {
  const [row] = await inside.rows(
    'SELECT uniqExact(event_id) AS events FROM execution_events WHERE org_id = {org:String}',
    { org },
  );
  return Number(row?.['events']);
}
