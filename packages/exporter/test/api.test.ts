// Goal: what the REST API says is exact, names what is wrong, and never shows another organisation.
// Method: the service with its embedded ClickHouse and keys of two organisations, over HTTP.

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../src/settings/config.ts';
import { startExporter, type Exporter } from '../src/exporter.ts';
import { METRICS } from '../src/metrics/metric-list.ts';
import { attributes, call, recently_ns, request, spanId, TRACE } from './otlp.ts';

const OTHER_TRACE = 'f'.repeat(32);
const FAILED_TRACE = 'e'.repeat(32);
let exporter: Exporter;
let folder: string;

function keyEntry(role: string, org: string): string {
  const hash = createHash('sha256').update(`${role}-${org}`).digest('hex');
  return `${role}:${org}:${hash}`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spanledger-api-'));
  const roles = ['ingest', 'read', 'admin'];
  exporter = await startExporter(
    readConfig({
      SPANLEDGER_PORT: '0',
      SPANLEDGER_LOG_LEVEL: 'silent',
      SPANLEDGER_DATA_DIR: join(folder, 'data'),
      SPANLEDGER_BLOCK_WAIT_MS: '10',
      SPANLEDGER_BLOCK_REST_MS: '0',
      SPANLEDGER_TICK_MS: '50',
      SPANLEDGER_KEYS: [
        ...roles.map((role) => keyEntry(role, 'acme')),
        keyEntry('admin', 'other'),
        keyEntry('admin', 'doubtful'),
        keyEntry('admin', '*'),
      ].join(),
    }),
  );
  const start = recently_ns();
  const agent = call(spanId(1), {
    name: 'invoke_agent planner',
    kind: 1,
    attributes: attributes({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'planner',
    }),
  });
  const tool = call(spanId(3), {
    parentSpanId: spanId(1),
    name: 'execute_tool search',
    attributes: attributes({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'search',
    }),
  });
  const unknown = call(spanId(4), {
    parentSpanId: spanId(1),
    startTimeUnixNano: String(start + 1_000n),
    attributes: attributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'a-model-of-nobody',
    }),
  });
  const own = request(agent, call(spanId(2), { parentSpanId: spanId(1) }), tool, unknown);
  await send('ingest-acme', own);
  await send('admin-other', request(call(spanId(5), { traceId: OTHER_TRACE })));
  const refused = call(spanId(6), {
    traceId: FAILED_TRACE,
    status: { code: 2 },
    attributes: attributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'error.type': '401',
    }),
  });
  await send('admin-other', request(refused));
  await settled('admin-other', FAILED_TRACE);
  await settled('read-acme', TRACE);
  await settled('admin-other', OTHER_TRACE);
});

afterAll(async () => {
  await exporter.stop();
  await rm(folder, { recursive: true, force: true });
});

function ask(
  path: string,
  key: string | null = 'read-acme',
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  return fetch(exporter.url + path, { ...init, headers });
}

/** An answer is looked at as what it is on the wire: any JSON. */
async function jsonOf(response: Response): Promise<any> {
  return response.json();
}

async function get(path: string, key?: string): Promise<any> {
  const response = await ask(path, key);
  expect(response.status, path).toBe(200);
  return jsonOf(response);
}

async function send(key: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  expect((await ask('/v1/traces', key, init)).status).toBe(200);
}

async function settled(key: string, trace: string): Promise<void> {
  for (;;) {
    const response = await ask(`/api/v1/freshness?trace_id=${trace}`, key);
    if (response.ok && (await jsonOf(response)).freshness_ms !== null) return;
  }
}

function sql(query: unknown, key = 'read-acme'): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return ask('/api/v1/sql', key, { method: 'POST', headers, body: JSON.stringify({ query }) });
}

describe('usage', () => {
  test('by model: exact tokens, money as a decimal string, unknown as null', async () => {
    const { by, rows } = await get('/api/v1/usage?by=model&last=1h');
    expect(by).toEqual(['model']);
    const known = rows.find((row: any) => row.model === 'gpt-4o');
    expect(known).toMatchObject({ calls: 1, calls_priced: 1, input_uncached: 120, output: 30 });
    // 120 tokens at 2.50 and 30 at 10.00 dollars per million.
    expect(known.cost_usd).toBe('0.0006');
    const unknown = rows.find((row: any) => row.model === 'a-model-of-nobody');
    expect(unknown).toMatchObject({ calls: 1, calls_priced: 0, cost_usd: null, output: null });
    // Nothing was said of these classes: of no call, or of none but calls that said others.
    expect(known).toMatchObject({ reasoning: null, image_out: null });
  });

  test('by agent and tool, with the short names', async () => {
    const { by, rows } = await get('/api/v1/usage?by=agent,tool&last=1h');
    expect(by).toEqual(['agent_name', 'tool_name']);
    const search = rows.find((row: any) => row.tool_name === 'search');
    expect(search).toMatchObject({ agent_name: 'planner', tool_calls: 1, calls: 0 });
  });

  test('a call that the provider refused is no call, and is an error of its model', async () => {
    const { rows } = await get('/api/v1/usage?by=model&last=1h', 'admin-other');
    expect(rows.find((row: any) => row.model === 'gpt-4o-mini')).toMatchObject({
      calls: 0,
      call_errors: 1,
      tool_errors: 0,
      input_uncached: null,
      cost_usd: null,
    });
  });

  test('a period without work is empty, not an error', async () => {
    const old = await get(
      '/api/v1/usage?by=agent&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z',
    );
    expect(old.rows).toEqual([]);
  });

  test('coverage counts what is known, with the reasons for the rest', async () => {
    const coverage = await get('/api/v1/coverage?last=1h');
    expect(coverage).toMatchObject({ calls: 2, with_usage: 1, priced: 1 });
    expect(Object.values(coverage.reasons).length).toBeGreaterThan(0);
    const codes = [...Object.keys(coverage.reasons), ...Object.keys(coverage.doubts)];
    expect(Object.keys(coverage.meanings).toSorted()).toEqual(codes.toSorted());
    for (const { means } of Object.values<any>(coverage.meanings)) expect(means).not.toBe('');
  });
});

describe('an emitter that contradicts itself', () => {
  const KEY = 'admin-doubtful';
  const CONTRADICTING = 'd'.repeat(32);
  const SILENT = 'c'.repeat(32);
  const agent = (id: number, traceId: string, more: object = {}) =>
    call(spanId(id), {
      traceId,
      kind: 1,
      attributes: attributes({
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'planner',
        ...more,
      }),
    });
  const twice = (id: number, output: number, more: object = {}) =>
    call(spanId(id), {
      traceId: CONTRADICTING,
      parentSpanId: spanId(id - 1),
      attributes: attributes({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 120,
        'gen_ai.usage.output_tokens': output,
        'gen_ai.usage.cost': 7,
        ...more,
      }),
    });

  beforeAll(async () => {
    const sum = { 'gen_ai.usage.input_tokens': 900, 'gen_ai.usage.output_tokens': 9 };
    const inner = twice(13, 31, { 'gen_ai.usage.total_tokens': 500 });
    await send(KEY, request(agent(11, CONTRADICTING, sum), twice(12, 30), inner));
    await send(KEY, request(agent(14, SILENT), agent(15, SILENT)));
    await settled(KEY, CONTRADICTING);
    await settled(KEY, SILENT);
  });

  test('coverage counts each doubt, by record or by trace, and says what it means', async () => {
    const { doubts, meanings } = await get('/api/v1/coverage?last=1h', KEY);
    expect(doubts).toEqual({
      cost_contradicts: 1,
      figures_differ: 1,
      no_call_telemetry: 1,
      parent_sum_differs: 1,
    });
    expect(meanings.no_call_telemetry).toEqual({
      on: 'trace',
      means: expect.stringContaining('no record of any model call'),
      remedy: expect.stringContaining('instrument'),
    });
  });

  test('explain keeps the raw figures beside what was chosen', async () => {
    const { trees, meanings } = await get(`/api/v1/explain/${CONTRADICTING}`, KEY);
    const [sum] = trees;
    const [outer] = sum.children;
    const [inner] = outer.children;
    expect(sum.said).toEqual({ input_tokens: 900, output_tokens: 9 });
    expect(outer.said).toMatchObject({ output_tokens: 30, reported_cost_usd: '7' });
    expect(inner.said).toMatchObject({ output_tokens: 31, total_tokens: 500 });
    expect([outer, inner].filter(({ counted }) => counted)).toHaveLength(1);
    const owner = outer.counted ? outer : inner;
    expect(owner.rule).toMatch(/not taken/);
    expect(owner.doubts).toEqual(expect.arrayContaining(['cost_contradicts', 'figures_differ']));
    for (const doubt of owner.doubts) expect(meanings[doubt].means).not.toBe('');
  });

  test('the view of doubts holds calls and sums, and is of its organisation alone', async () => {
    const query =
      'SELECT doubt, count() FROM doubts WHERE counted = 0 GROUP BY doubt ORDER BY doubt';
    const { rows } = await jsonOf(await sql(query, KEY));
    expect(rows).toEqual([
      ['no_call_telemetry', '2'],
      ['parent_sum_differs', '1'],
    ]);
    const others = await jsonOf(await sql("SELECT count() FROM doubts WHERE org_id = 'doubtful'"));
    expect(others.rows).toEqual([['0']]);
  });
});

describe('one trace', () => {
  test('its rows with role and rule, and its runs', async () => {
    const { rows, runs } = await get(`/api/v1/traces/${TRACE}`);
    expect(rows).toHaveLength(4);
    const owner = rows.find((row: any) => row.span_id === spanId(2));
    expect(owner).toMatchObject({
      role: 'owner',
      counted: true,
      cost_usd: '0.0006',
      agent_name: 'planner',
    });
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ agent_name: 'planner', calls: 2, tool_calls: 1 });
  });

  test('upper-case ids are the same ids', async () => {
    expect((await get(`/api/v1/traces/${TRACE.toUpperCase()}`)).rows).toHaveLength(4);
  });

  test('explained as a tree with sums', async () => {
    const { trees, totals } = await get(`/api/v1/explain/${TRACE}`);
    expect(trees).toHaveLength(1);
    expect(trees[0].children).toHaveLength(3);
    expect(totals).toMatchObject({ calls: 2, input: 120, output: 30, cost_usd: '0.0006' });
  });

  test('the latest trace is the one that freshness tells without a name', async () => {
    expect(await get('/api/v1/freshness')).toMatchObject({ trace_id: TRACE });
  });
});

test('verify finds nothing to complain about', async () => {
  const answer = await get('/api/v1/verify?last=24h');
  expect(answer).toMatchObject({ differences: [], complete: true });
  expect(answer.traces).toBeGreaterThan(0);
});

describe('sql', () => {
  test('answers columns and rows of the public views', async () => {
    const response = await sql('SELECT model, input_uncached FROM calls ORDER BY model');
    expect(response.status).toBe(200);
    const answer = await jsonOf(response);
    expect(answer.columns.map(({ name }: any) => name)).toEqual(['model', 'input_uncached']);
    expect(answer.rows).toEqual([
      ['a-model-of-nobody', null],
      ['gpt-4o', 120],
    ]);
  });

  test.each([
    ['a table behind the views', 'SELECT * FROM genai_facts'],
    ['a system table with secrets', 'SELECT * FROM system.users'],
    ['a write', 'INSERT INTO usage VALUES (1)'],
    ['a drop', 'DROP TABLE ledger'],
    ['a file', "SELECT * FROM file('/etc/passwd', 'RawBLOB')"],
    ['an address', "SELECT * FROM url('http://127.0.0.1/', 'RawBLOB')"],
    ['nonsense', 'SELEC 1'],
    ['two statements', 'SELECT 1; SELECT 2'],
  ])('refuses %s', async (_, query) => {
    const response = await sql(query);
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error.code).toBe('invalid_parameter');
  });

  test.each([[undefined], [''], [7], [['SELECT 1']]])('refuses the query %j', async (query) => {
    expect((await sql(query)).status).toBe(400);
  });
});

describe('an organisation sees only itself', () => {
  test.each([
    ['/api/v1/usage?last=1h', (body: any) => body.rows.map((row: any) => row.calls)],
    ['/api/v1/coverage?last=1h', (body: any) => [body.calls]],
  ])('%s', async (path, calls) => {
    expect(calls(await get(path, 'admin-other'))).toEqual([1]);
  });

  test.each([
    `/api/v1/traces/${TRACE}`,
    `/api/v1/explain/${TRACE}`,
    `/api/v1/freshness?trace_id=${TRACE}`,
  ])('%s is not found', async (path) => {
    const response = await ask(path, 'admin-other');
    expect(response.status).toBe(404);
    expect((await jsonOf(response)).error.code).toBe('not_found');
  });

  test('in SQL, whatever is asked', async () => {
    const query = "SELECT count() FROM calls WHERE org_id = 'acme' OR 1 = 1";
    const { rows } = await jsonOf(await sql(query, 'admin-other'));
    expect(rows.map(([count]: unknown[]) => Number(count))).toEqual([1]);
  });

  test('also where the payload claims another one', async () => {
    const claimed = call(spanId(6), {
      traceId: OTHER_TRACE,
      attributes: attributes({ 'spanledger.org.id': 'acme', 'gen_ai.operation.name': 'chat' }),
    });
    await send('admin-other', request(claimed));
    expect((await ask(`/api/v1/traces/${OTHER_TRACE}`)).status).toBe(404);
  });
});

describe('keys', () => {
  test.each([
    ['POST', '/v1/traces', 'ingest-acme', 200],
    ['POST', '/v1/traces', 'admin-acme', 200],
    ['POST', '/v1/traces', 'read-acme', 403],
    ['POST', '/v1/traces', 'nobody', 401],
    ['POST', '/v1/traces', null, 401],
    ['POST', '/v1/logs', null, 401],
    ['POST', '/v1/metrics', null, 401],
    ['GET', '/api/v1/usage', 'read-acme', 200],
    ['GET', '/api/v1/usage', 'admin-acme', 200],
    ['GET', '/api/v1/usage', 'ingest-acme', 403],
    ['GET', '/api/v1/usage', null, 401],
    ['GET', '/api/v1/coverage', null, 401],
    ['GET', `/api/v1/traces/${TRACE}`, null, 401],
    ['GET', `/api/v1/explain/${TRACE}`, null, 401],
    ['GET', '/api/v1/verify', null, 401],
    ['GET', '/api/v1/freshness', null, 401],
    ['POST', '/api/v1/sql', null, 401],
    ['GET', '/metrics', 'admin-*', 200],
    ['GET', '/metrics', 'admin-acme', 403],
    ['GET', '/metrics', 'read-acme', 403],
    ['GET', '/metrics', null, 401],
    ['GET', '/healthz', null, 200],
    ['GET', '/readyz', null, 200],
  ])('%s %s with %s is %i', async (method, path, key, status) => {
    const init =
      method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {};
    expect((await ask(path, key, { method, ...init })).status).toBe(status);
  });
});

describe('a wrong question is refused by name', () => {
  test.each([
    ['/api/v1/usage?lst=1h', 'unknown "lst"; nearest: last; known: last, from, to, by, limit'],
    ['/api/v1/usage?last=5w', 'last="5w"; allowed: a duration such as 30m'],
    ['/api/v1/usage?last=0m', 'last="0m"'],
    ['/api/v1/usage?last=9999d', 'last="9999d"'],
    ['/api/v1/usage?last=1h&last=2h', 'last="1h,2h"'],
    [
      '/api/v1/usage?by=agent,colour',
      'by="agent,colour"; allowed: different names of service_name',
    ],
    ['/api/v1/usage?by=agent,agent_name', 'by="agent,agent_name"'],
    ['/api/v1/usage?by=__proto__', 'by="__proto__"'],
    ['/api/v1/usage?from=yesterday', 'from="yesterday"; allowed: a time such as'],
    ['/api/v1/usage?from=-5w', 'from="-5w"; allowed: a time such as'],
    ['/api/v1/usage?to=2026-02-30', 'to="2026-02-30"'],
    ['/api/v1/usage?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'from must be before to'],
    ['/api/v1/usage?from=2026-01-02T00:00:00Z&last=1h', 'exclude each other'],
    ['/api/v1/usage?limit=0', 'limit="0"; allowed: 1 to 10000'],
    ['/api/v1/traces/123', 'trace_id="123"; allowed: 32 hex digits'],
    ['/api/v1/coverage?__proto__=1', 'unknown "__proto__"'],
    ['/api/v1/coverage?constructor=1', 'unknown "constructor"'],
  ])('%s', async (path, detail) => {
    const response = await ask(path);
    expect(response.status).toBe(400);
    const { error } = await jsonOf(response);
    expect(error.code).toBe('invalid_parameter');
    expect(error.detail).toContain(detail);
    expect(error.next_step).not.toBe('');
  });

  test.each([
    ['GET', '/api/v1/nothing', 404],
    ['POST', '/api/v1/coverage', 405],
    ['GET', '/api/v1/sql', 405],
  ])('%s %s is %i', async (method, path, status) => {
    const response = await ask(path, 'read-acme', { method });
    expect(response.status).toBe(status);
    expect((await jsonOf(response)).error.message).not.toBe('');
  });

  test('a body that is no JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    const response = await ask('/api/v1/sql', 'read-acme', { method: 'POST', headers, body: '{' });
    expect(response.status).toBe(400);
    expect((await jsonOf(response)).error.detail).toContain('a JSON object');
  });
});

test('every metric of the list is on the page, with help and type, and nothing else is', async () => {
  const text = await (await ask('/metrics', 'admin-*')).text();
  for (const [name, { help, type }] of Object.entries(METRICS)) {
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    expect(text).toMatch(new RegExp(`^${name}(_count)?(\\{[^}]*\\})? [0-9.e+-]+$`, 'm'));
  }
  const names = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  for (const line of names) {
    const name = /^[a-z_]+/.exec(line)?.[0].replace(/_(bucket|sum|count)$/, '') ?? '';
    expect(Object.keys(METRICS)).toContain(name);
  }
});

// Last, because it adds to what the tests above count.
test('explained as the ledger has it, also for a call in two traces', async () => {
  const [client, gateway] = ['a1'.repeat(16), 'b2'.repeat(16)];
  const id = { 'gen_ai.response.id': 'crossing' };
  const model = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o-mini',
  };
  const usage = { 'gen_ai.usage.input_tokens': 40, 'gen_ai.usage.output_tokens': 4 };
  const scoped = (name: string, span: unknown): any => ({
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': name }) },
        scopeSpans: [{ scope: { name }, spans: [span] }],
      },
    ],
  });
  const asked = call(spanId(21), { traceId: client, attributes: attributes({ ...model, ...id }) });
  const served = call(spanId(22), {
    traceId: gateway,
    kind: 2,
    attributes: attributes({ ...model, ...id, ...usage }),
  });
  await send('admin-other', scoped('agent', asked));
  await send('admin-other', scoped('gateway', served));
  await get('/api/v1/verify?last=1h', 'admin-other');
  const shown = ({ span_id, role, tokens }: any): unknown => [span_id, role, tokens];
  for (const trace of [client, gateway]) {
    const { rows } = await get(`/api/v1/traces/${trace}`, 'admin-other');
    const { trees } = await get(`/api/v1/explain/${trace}`, 'admin-other');
    const own = trees.filter((tree: any) => tree.trace_id === trace);
    const stored = rows.map(({ span_id, role, input_uncached, output }: any) => [
      span_id,
      role,
      Object.fromEntries(
        Object.entries({ input_uncached, output }).filter(([, count]) => count !== null),
      ),
    ]);
    expect(stored).toHaveLength(1);
    expect(own.map(shown)).toEqual(stored);
  }
  const { differences } = await get('/api/v1/verify?last=1h', 'admin-other');
  expect(differences).toEqual([]);
});
