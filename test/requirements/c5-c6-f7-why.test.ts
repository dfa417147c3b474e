// C5, C6, F7: why an agent did not run, from spans and run events over OTLP to the answers of REST, command
// line and SQL.

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Installation } from '../isolation/installation.ts';

const START_MS = Date.now() - 10 * 60_000;
const NS_PER_MS = 1_000_000n;

type Values = Readonly<Record<string, string | readonly string[]>>;

/** A run's span and its events, or events alone; the first run of a conversation is the root. */
interface Told {
  readonly agent: string;
  /** `open`: no span and no end yet; `lost`: its parent never arrived. */
  readonly span?: 'ok' | 'error' | 'open' | 'lost';
  readonly events?: readonly (readonly [name: string, values: Values])[];
  /** Minutes after the start of all. */
  readonly at_min?: number;
}

const route = (chosen: string, ...candidates: string[]) =>
  [
    'route',
    {
      'spanledger.route.chosen': chosen,
      'spanledger.route.candidates': candidates,
      'spanledger.route.reason': 'asks for a bill',
    },
  ] as const;
const skip = [
  'skip',
  { 'spanledger.skip.confidence': '0.93', 'spanledger.skip.reasoning': 'nobody asked' },
] as const;
const stop = [
  'budget_stopped',
  { 'spanledger.budget.agent': 'travel', 'spanledger.budget.name': 'daily' },
] as const;
const router: Told = { agent: 'router' };

/** Each by its conversation; those that are called usual make the agent's habits. */
const WORLDS: Readonly<Record<string, readonly Told[]>> = {
  'usual-1': [router, { agent: 'travel' }],
  'usual-2': [router, { agent: 'travel' }],
  'usual-3': [router, { agent: 'travel' }],
  failed: [router, { agent: 'travel', span: 'error' }],
  skipped: [router, { agent: 'travel', events: [skip] }],
  elsewhere: [
    { agent: 'router', events: [route('billing', 'billing', 'travel')] },
    { agent: 'billing' },
  ],
  upstream: [{ agent: 'router', span: 'error' }],
  budget: [{ agent: 'router', events: [stop] }],
  running: [{ agent: 'travel', span: 'open', at_min: 10 }],
  uncalled: [router, { agent: 'billing' }],
  lost: [router, { agent: 'billing', span: 'lost' }],
};

const EXPECTED = [
  ['travel', 'usual-1', 'fired_successfully', 'certain'],
  ['travel', 'failed', 'failed', 'certain'],
  ['travel', 'skipped', 'skipped', 'certain'],
  ['travel', 'elsewhere', 'routed_elsewhere', 'certain'],
  ['travel', 'upstream', 'upstream_failed', 'likely'],
  ['travel', 'budget', 'budget_stopped', 'certain'],
  ['travel', 'running', 'still_running', 'certain'],
  ['travel', 'uncalled', 'never_invoked', 'likely'],
  ['travel', 'lost', 'never_observed', 'certain'],
  ['nobody', 'uncalled', 'never_observed', 'certain'],
  ['travel', 'no such', 'never_observed', 'certain'],
] as const;

let installation: Installation;
const keys = new Map<string, string>();

beforeAll(async () => {
  installation = await Installation.start({ org: 'acme', secret: 'acme-price' });
  for (const org of ['acme', 'globex']) keys.set(org, (await installation.key('read', org)).key);
  const { key } = await installation.key('ingest', 'acme');
  const requests = requestsOf(WORLDS);
  for (const [path, body] of Object.entries(requests)) {
    expect((await installation.send('POST', path, key, body)).status).toBe(200);
  }
  const runs = Object.values(WORLDS)
    .flat()
    .filter(({ span }) => span !== 'open').length;
  await installation.until(
    () => sql('SELECT count() FROM runs'),
    ({ text }) => text.includes(`"${runs}"`),
  );
});
afterAll(() => installation.stop());

const sql = (query: string) =>
  installation.send('POST', '/api/v1/sql', keys.get('acme')!, { query });

interface Answer {
  readonly verdict: string;
  readonly sure: string;
  readonly unseen: readonly string[];
  readonly evidence: readonly {
    readonly what: string;
    readonly span_id: string;
    readonly detail: string;
  }[];
}

async function why(agent: string, conversation_id: string, org = 'acme'): Promise<Answer> {
  const asked = new URLSearchParams({ agent, conversation_id }).toString();
  const { status, text } = await installation.send('GET', `/api/v1/why?${asked}`, keys.get(org)!);
  expect(status, text).toBe(200);
  return JSON.parse(text) as Answer;
}

test.each(EXPECTED)('C6, F7: %s in %s: %s, %s', async (agent, conversation, verdict, sure) => {
  const answer = await why(agent, conversation);
  expect({ verdict: answer.verdict, sure: answer.sure }).toEqual({ verdict, sure });
  const line = ['debug-agent', agent, '--conversation-id', conversation];
  const shown = await installation.command([...line, '--json'], keys.get('acme')!);
  expect(JSON.parse(shown.text)).toEqual(answer);
  const { text } = await installation.command(line, keys.get('acme')!);
  expect(text).toContain(`${verdict} (${sure})`);
});

test('C5: an agent that decides not to respond tells how sure it was and why, everywhere', async () => {
  const { evidence } = await why('travel', 'skipped');
  const told = evidence.find(({ what }) => what === 'skip');
  expect(told?.detail).toContain('nobody asked, confidence 0.93');
  const { text } = await sql(`SELECT span_id, attributes['spanledger.skip.reasoning'],
    attributes['spanledger.skip.confidence'] FROM run_events
    WHERE event = 'skip' AND agent_name = 'travel'`);
  expect((JSON.parse(text) as { rows: unknown }).rows).toEqual([
    [told?.span_id, 'nobody asked', '0.93'],
  ]);
});

test('F7: what is not seen has its reasons, and another organisation sees nothing', async () => {
  expect((await why('travel', 'lost')).unseen).toEqual(['traces_incomplete']);
  expect((await why('nobody', 'uncalled')).unseen).toEqual(['agent_unknown']);
  expect((await why('travel', 'no such')).unseen).toEqual(['no_data']);
  expect(await why('travel', 'failed', 'globex')).toMatchObject({
    ...{ verdict: 'never_observed', unseen: ['no_data'], evidence: [], habits: [] },
  });
});

test('F7: a part of a conversation is asked for by its time', async () => {
  const from = new Date(START_MS + 5 * 60_000).toISOString();
  const asked = new URLSearchParams({ agent: 'travel', conversation_id: 'failed', from });
  const path = `/api/v1/why?${asked.toString()}`;
  const { text } = await installation.send('GET', path, keys.get('acme')!);
  expect(JSON.parse(text)).toMatchObject({ verdict: 'never_observed', unseen: ['no_data'] });
});

function requestsOf(worlds: typeof WORLDS): Record<string, unknown> {
  const spans: unknown[] = [];
  const logRecords: unknown[] = [];
  for (const [conversation, told] of Object.entries(worlds)) {
    const traceId = randomBytes(16).toString('hex');
    const root = randomBytes(8).toString('hex');
    for (const [at, { agent, span = 'ok', events = [], at_min = 0 }] of told.entries()) {
      const spanId = at === 0 ? root : randomBytes(8).toString('hex');
      const parentSpanId = span === 'lost' ? 'f'.repeat(16) : at === 0 ? '' : root;
      const start_ns = BigInt(START_MS + at_min * 60_000 + at) * NS_PER_MS;
      const own = {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': agent,
        'gen_ai.conversation.id': conversation,
      };
      if (span !== 'open') {
        spans.push({
          ...{ traceId, spanId, parentSpanId, name: `invoke_agent ${agent}`, kind: 1 },
          ...{ startTimeUnixNano: `${start_ns}`, endTimeUnixNano: `${start_ns + 5_000_000n}` },
          attributes: attributesOf({ ...own, ...(span === 'error' ? { 'error.type': 'E' } : {}) }),
          status: span === 'error' ? { code: 2 } : {},
        });
      }
      for (const [order, [name, values]] of [['start', {}] as const, ...events].entries()) {
        logRecords.push({
          ...{ traceId, spanId, timeUnixNano: `${start_ns + BigInt(order)}` },
          eventName: `spanledger.execution.${name}`,
          attributes: attributesOf({ ...own, ...values }),
        });
      }
    }
  }
  const resource = { attributes: attributesOf({ 'service.name': 'desk' }) };
  const scope = { name: '@spanledger/instrumentation' };
  return {
    '/v1/logs': { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] },
    '/v1/traces': { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] },
  };
}

function attributesOf(values: Values): unknown[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : { arrayValue: { values: value.map((one) => ({ stringValue: one })) } },
  }));
}
