// F10, E6: budgets from model calls over OTLP to the answers of REST, command line and SQL.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Installation } from '../isolation/installation.ts';
import { tracesOf, type Told } from './model-calls.ts';

interface BudgetAnswer {
  readonly name: string;
  readonly spent: string | null;
  readonly remaining: string | null;
  readonly calls: number;
  readonly unknown_calls: number;
  readonly used_share: number | null;
  readonly exhausted: boolean;
  readonly from: string;
  readonly to: string;
}

/** A dollar for a million tokens in acme; what others cost is not known. */
const MILLION = 1_000_000;
const CALLS: readonly Told[] = [
  { agent: 'writer', user: 'ann', input: 2 * MILLION, output: MILLION },
  { agent: 'planner', user: 'bob', input: MILLION, output: 1 },
  { agent: 'planner', user: 'bob', tool: 'script_service', input: 3, output: 4 },
  { agent: 'planner', user: 'cyd' },
];

let installation: Installation;
const keys = new Map<string, string>();
const key = (role: string, org: string) => keys.get(`${role} ${org}`)!;

/** A hundred tokens on each of the last days. */
const DAYS: readonly Told[] = Array.from({ length: 24 }, (_, day) => ({
  ...{ agent: 'writer', user: 'ann', input: 90, output: 10, ago_min: day * 1_440 + 1 },
}));
/** Two traces, of which one used two tools, and one of these failed. */
const TOOLS: readonly Told[] = [
  { trace: 'two', kind: 'agent', agent: 'desk' },
  { trace: 'two', kind: 'tool', tool: 'search' },
  { trace: 'two', kind: 'tool', tool: 'fetch', failed: true },
  { trace: 'two', input: 100, output: 20, duration_ms: 2_000 },
  { trace: 'one', kind: 'agent', agent: 'desk' },
  { trace: 'one', kind: 'tool', tool: 'search' },
  { trace: 'one', input: 10, output: 5 },
];
const WORLDS: Readonly<Record<string, readonly Told[]>> = {
  acme: CALLS,
  globex: CALLS,
  initech: DAYS,
  hooli: TOOLS,
};

beforeAll(async () => {
  installation = await Installation.start(
    { org: 'acme', secret: 'acme-price' },
    { SPANLEDGER_HOUR_MS: '1000', SPANLEDGER_DAY_MS: '1000' },
  );
  for (const [org, calls] of Object.entries(WORLDS)) {
    for (const role of ['admin', 'ingest', 'read']) {
      keys.set(`${role} ${org}`, (await installation.key(role, org)).key);
    }
    await send('POST', '/v1/traces', org, 'ingest', tracesOf(calls));
    const query = 'SELECT sum(calls) AS calls FROM usage_by_day';
    await installation.until(
      () => installation.send('POST', '/api/v1/sql', key('read', org), { query }),
      ({ text }) =>
        text.includes(`"${calls.filter(({ kind = 'call' }) => kind === 'call').length}"`),
    );
  }
});
afterAll(() => installation.stop());

async function send(
  method: string,
  path: string,
  org: string,
  role: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const { status, text } = await installation.send(method, path, key(role, org), body);
  return { status, body: JSON.parse(text) as Record<string, unknown> };
}

async function budgets(org: string): Promise<BudgetAnswer[]> {
  const { body } = await send('GET', '/api/v1/budgets', org, 'read');
  return body['budgets'] as BudgetAnswer[];
}

async function allowed(org: string, who: string): Promise<unknown> {
  const { status, body } = await send('GET', `/api/v1/budgets/check?${who}`, org, 'ingest');
  expect(status).toBe(200);
  return body['allowed'];
}

const BUDGETS = [
  { name: 'all', scope: 'organisation', period: 'month', limit_usd: '10' },
  { name: 'ann', scope: 'user', subject: 'ann', period: 'week', limit_usd: '4', stops: true },
  { name: 'bob', scope: 'user', subject: 'bob', period: 'week', limit_tokens: 1_000_008 },
  { name: 'house', scope: 'model', subject: 'house-model', period: 'day', limit_tokens: 5_000_000 },
  { name: 'script', scope: 'tool', subject: 'script_service', period: 'month', limit_tokens: 100 },
  {
    ...{ name: 'writer', scope: 'agent', subject: 'writer', period: 'month', limit_usd: '3' },
    ...{ time_zone: 'Pacific/Auckland', stops: true },
  },
];

test('F10: what is spent is the sum of the ledger, and what is unknown stands beside it', async () => {
  for (const budget of BUDGETS) {
    expect((await send('POST', '/api/v1/budgets', 'acme', 'admin', budget)).status).toBe(200);
  }
  const told = (await budgets('acme')).map((one) => [
    ...[one.name, one.spent, one.remaining, one.calls, one.unknown_calls, one.exhausted],
  ]);
  expect(told).toEqual([
    ['all', '4.000008', '5.999992', 4, 1, false],
    ['ann', '3', '1', 1, 0, false],
    ['bob', '1000008', '0', 2, 0, true],
    ['house', '4000008', '999992', 4, 1, false],
    ['script', '7', '93', 1, 0, false],
    ['writer', '3', '0', 1, 0, true],
  ]);
  const sql = await send('POST', '/api/v1/sql', 'acme', 'read', {
    query: 'SELECT sum(cost_usd) AS cost, sum(calls) - sum(calls_priced) AS unknown FROM usage',
  });
  expect(JSON.stringify(sql.body)).toContain('4.000008');
});

test('F10: an agent is stopped by the budgets that say so, and by no other', async () => {
  expect(await allowed('acme', 'agent=planner&user=ann')).toBe(true);
  expect(await allowed('acme', 'agent=writer')).toBe(false);
  expect(await allowed('acme', 'user=bob')).toBe(true);
  const { body } = await send('GET', '/api/v1/budgets/check?agent=writer', 'acme', 'ingest');
  expect(body['stopped_by']).toMatchObject([{ name: 'writer', scope: 'agent' }]);
  expect((await send('GET', '/api/v1/budgets/check', 'acme', 'read')).status).toBe(403);
});

test('F10: a cost that nobody knows is unknown, and stops nobody', async () => {
  const budget = { name: 'all', scope: 'organisation', period: 'month', stops: true };
  await send('POST', '/api/v1/budgets', 'globex', 'admin', { ...budget, limit_usd: '0.01' });
  expect(await budgets('globex')).toMatchObject([
    { spent: null, remaining: null, used_share: null, calls: 4, unknown_calls: 4 },
  ]);
  expect(await allowed('globex', 'agent=writer')).toBe(true);
  await send('POST', '/api/v1/budgets', 'globex', 'admin', { ...budget, limit_tokens: 7 });
  expect(await budgets('globex')).toMatchObject([{ spent: '4000008', exhausted: true }]);
  expect(await allowed('globex', 'agent=writer')).toBe(false);
});

test('F10: by the command line, the same figures; set, listed and removed', async () => {
  const run = (...args: string[]) => installation.command(args, key('admin', 'acme'));
  const json = JSON.parse((await run('budgets', '--json')).text) as { budgets: BudgetAnswer[] };
  const steady = ({ name, spent, from, to }: BudgetAnswer) => [name, spent, from, to];
  expect(json.budgets.map(steady)).toEqual((await budgets('acme')).map(steady));
  const set = await run('budgets', 'set', 'day', '--limit', '7tokens', '--period', 'day');
  expect(set).toMatchObject({ status: 0 });
  expect(set.text).toContain('4,000,008 tokens');
  expect(await run('budgets', 'remove', 'day')).toMatchObject({ status: 0 });
  expect(await run('budgets', 'remove', 'day')).toMatchObject({ status: 5 });
  expect(await run('budgets', 'set', 'day')).toMatchObject({ status: 2 });
  expect((await budgets('acme')).map(({ name }) => name)).toEqual(BUDGETS.map(({ name }) => name));
});

test('F10: the month of days that are alike comes to a hundred tokens a day', async () => {
  const { body } = await send(
    'GET',
    '/api/v1/forecast?unit=tokens&agent=writer',
    'initech',
    'read',
  );
  const now = new Date();
  const days = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 0)).getUTCDate();
  expect(body).toMatchObject({ subject: 'writer', interval: 0.8, unknown_calls: 0 });
  expect(Math.abs(Number(body['total']) - days * 100)).toBeLessThanOrEqual(100);
  // A month before this one is not known, so no error is.
  expect(body).toMatchObject({ error_share: null, tried: 0 });
  const query = `SELECT sum(input_uncached + output) AS tokens FROM usage
    WHERE time >= toStartOfMonth(now(), 'UTC')`;
  const sql = await send('POST', '/api/v1/sql', 'initech', 'read', { query });
  expect(JSON.stringify(sql.body)).toContain(`"${String(body['spent'])}"`);
  const ofUser = await send('GET', '/api/v1/forecast?unit=tokens&user=ann', 'initech', 'read');
  expect(ofUser.body['total']).toBe(body['total']);
  const args = ['forecast', '--tokens', '--agent', 'writer'];
  const shown = await installation.command([...args, '--json'], key('read', 'initech'));
  expect(JSON.parse(shown.text)).toEqual(body);
  const view = await installation.command(args, key('read', 'initech'));
  expect(view.text).toContain('in 4 of 5 cases');
});

test('F10: what nobody knows is not forecast as nothing', async () => {
  const { body } = await send('GET', '/api/v1/forecast', 'initech', 'read');
  expect(body).toMatchObject({ spent: null, total: null, error_share: null, tried: 0 });
  expect(body['unknown_calls']).toBe(body['calls']);
});

test('E6: which tools are dear together, how it goes, and tokens for each call that went well', async () => {
  const { body } = await send('GET', '/api/v1/tools/combinations?last=1h', 'hooli', 'read');
  expect(body['combinations']).toMatchObject([
    {
      ...{ tools: ['fetch', 'search'], traces: 1, tool_calls: 2, tool_errors: 1 },
      ...{ success_rate: 0.5, tokens: '120', tokens_per_successful_call: '120', cost_usd: null },
    },
    {
      ...{ tools: ['search'], traces: 1, tool_calls: 1, tool_errors: 0 },
      ...{ success_rate: 1, tokens: '15', tokens_per_successful_call: '15', cost_usd: null },
    },
  ]);
  const args = ['combinations', '--last', '1h', '--json'];
  const shown = await installation.command(args, key('read', 'hooli'));
  expect(JSON.parse(shown.text)).toEqual(body);
});

test('E6: usage as Prometheus reads it is what the roll-ups say', async () => {
  const read = (org: string) => installation.send('GET', '/api/v1/metrics', key('read', org));
  const { text } = await read('acme');
  const values = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
  expect(values('spanledger_model_calls')).toBe(4);
  expect(values('spanledger_unpriced_calls')).toBe(1);
  expect(values('gen_ai_client_token_usage')).toBe(4_000_008);
  expect(values('spanledger_cost_usd')).toBeCloseTo(4.000_008, 9);
  expect(text).toContain('gen_ai_agent_name="writer"');
  expect(text).toContain('spanledger_usage_complete{window="1h"} 1');
  expect((await read('globex')).text).not.toContain('spanledger_cost_usd{');
  expect((await read('hooli')).text).toMatch(/duration_seconds\{.*quantile="0.95"\} [12]\.?\d*/);
});

test.each([
  [{ name: 'x', scope: 'agent', period: 'day', limit_usd: '1' }, 'subject'],
  [{ name: 'x', scope: 'organisation', period: 'day' }, 'limit'],
  [{ name: 'x', scope: 'organisation', period: 'day', limit_usd: '0' }, 'limit_usd'],
  [{ name: 'x', scope: 'organisation', period: 'day', limit_usd: '1', limit_tokens: 1 }, 'limit'],
  [{ name: 'x', scope: 'organisation', period: 'year', limit_usd: '1' }, 'period'],
  [
    { name: 'x', scope: 'organisation', period: 'day', limit_usd: '1', time_zone: 'Mars/Base' },
    'time_zone',
  ],
])('F10: %j is refused by name', async (body, named) => {
  const { status, body: answer } = await send('POST', '/api/v1/budgets', 'acme', 'admin', body);
  expect(status).toBe(400);
  expect(JSON.stringify(answer)).toContain(named);
});

test('D5: what admins changed is written down, without any secret', async () => {
  const { body } = await send('GET', '/api/v1/audit?limit=100', 'acme', 'admin');
  const deeds = body['deeds'] as Readonly<Record<'way' | 'outcome' | 'given' | 'org_id', string>>[];
  const told = deeds.map(({ way, outcome }) => `${way} ${outcome}`);
  expect(told).toContain('POST /api/v1/budgets done');
  expect(told).toContain('POST /api/v1/budgets invalid_parameter');
  expect(told).toContain('DELETE /api/v1/budgets/:name not_found');
  expect(told).toContain('POST /api/v1/keys done');
  expect(new Set(deeds.map(({ org_id }) => org_id))).toEqual(new Set(['acme']));
  for (const secret of keys.values()) expect(JSON.stringify(deeds)).not.toContain(secret);
  const shown = await installation.command(['audit', '--json'], key('admin', 'acme'));
  expect(JSON.parse(shown.text)).toEqual(body);
  expect((await send('GET', '/api/v1/audit', 'acme', 'read')).status).toBe(403);
  expect((await send('GET', '/api/v1/audit?org=globex', 'acme', 'admin')).status).toBe(403);
});
