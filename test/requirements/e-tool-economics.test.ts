// What tools add to requests, from OTLP and from what is told by hand, through the service to its answers
// by REST, on the command line and in SQL.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openTerminal, runCommand } from '@spanledger/cli';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Service } from '../service.ts';

const LIMIT_MS = 120_000;
const NOW_MS = Date.now();
const NS_PER_MS = 1_000_000n;
const TRACE = 'e1'.repeat(16);
const KEPT_TRACE = 'e2'.repeat(16);

let service: Service;
beforeAll(async () => {
  service = await Service.start({ environment: { SPANLEDGER_TICK_MS: '50' } });
  await send(WORLD);
  await service.until(async () => {
    const rows = await service.sql<{ calls: number }>('SELECT count() AS calls FROM calls');
    return Number(rows[0]?.calls) >= 7;
  });
}, LIMIT_MS);
afterAll(() => service.stop());

type Value = string | number | readonly string[];
type Attributes = Readonly<Record<string, Value>>;

/** A span of our instrumentation that began so many seconds after the first and took half a second. */
function span(trace: string, id: number, parent: number, at_s: number, attributes: Attributes) {
  const start = BigInt(NOW_MS - 600_000 + at_s * 1000) * NS_PER_MS;
  const digits = (number: number) => number.toString(16).padStart(16, '0');
  return {
    traceId: trace,
    spanId: digits(id),
    parentSpanId: parent === 0 ? '' : digits(parent),
    name: 'span',
    kind: 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 500n * NS_PER_MS),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: written(value) })),
  };
}

function written(value: Value): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
}

const TOOLS = JSON.stringify([
  { type: 'function', function: { name: 'search', parameters: { type: 'object' } } },
  { type: 'function', function: { name: 'mail', parameters: { type: 'object' } } },
]);
/** As OpenAI's own tokenizer counts that text. */
const TOOLS_TOKENS = 36;
const SET: Attributes = {
  'spanledger.tools.count': 2,
  'spanledger.tools.size': 400,
  'spanledger.tools.hash': '0123456789abcdef',
  'spanledger.tools.names': ['search', 'mail'],
};
const call = (agent: string, action: string, input: number, more: Attributes): Attributes => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o',
  'gen_ai.agent.name': agent,
  'spanledger.action_type': action,
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': 10,
  ...more,
});
const run = (agent: string): Attributes => ({
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.agent.name': agent,
});
const tool = (name: string, bytes: number): Attributes => ({
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': name,
  'gen_ai.agent.name': 'host',
  'spanledger.action_type': 'generate',
  'spanledger.tool.result.size': bytes,
  'spanledger.mcp.server': 'files',
});

const WORLD = [
  span(TRACE, 1, 0, 0, run('host')),
  span(TRACE, 2, 1, 1, call('host', 'generate', 500, { ...SET, ...asked('search') })),
  span(TRACE, 3, 1, 2, tool('search', 4_000)),
  span(TRACE, 4, 1, 3, call('host', 'generate', 1_600, SET)),
  span(TRACE, 5, 1, 4, call('host', 'generate', 1_700, SET)),
  span(TRACE, 6, 0, 5, run('editor')),
  span(TRACE, 7, 6, 6, call('editor', 'analyze', 200, {})),
  // It told no usage: of its input nothing is known that tools could be a share of.
  span(TRACE, 8, 0, 7, {
    ...call('mute', 'generate', 0, SET),
    ...{ 'gen_ai.usage.input_tokens': '', 'gen_ai.usage.output_tokens': '' },
  }),
  span(KEPT_TRACE, 1, 0, 7, run('producer')),
  span(
    ...[KEPT_TRACE, 2, 1, 8],
    call('producer', 'stream', 300, {
      ...{ ...SET, 'spanledger.tools.hash': 'fedcba9876543210' },
      'spanledger.tools.size': TOOLS.length,
      'gen_ai.tool.definitions': TOOLS,
    }),
  ),
  span(
    ...[KEPT_TRACE, 3, 1, 9],
    call('producer', 'test', 100, {
      ...{ ...SET, 'spanledger.tools.hash': 'fedcba9876543210' },
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'spanledger.tools.size': TOOLS.length,
      'gen_ai.tool.definitions': TOOLS,
    }),
  ),
];

function asked(name: string): Attributes {
  return { 'spanledger.tool_calls.count': 1, 'spanledger.tool_calls.names': [name] };
}

async function send(spans: readonly unknown[]): Promise<void> {
  const scopeSpans = [{ scope: { name: '@spanledger/instrumentation', version: '0.1.0' }, spans }];
  const { status } = await post('/v1/traces', { resourceSpans: [{ scopeSpans }] });
  expect(status).toBe(200);
}

async function post(path: string, body: unknown) {
  const response = await fetch(service.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Row };
}

type Row = Readonly<Record<string, unknown>>;
interface Report {
  readonly totals: Row;
  readonly groups: readonly Row[];
  readonly tools: readonly Row[];
  readonly servers: readonly Row[];
}

async function command(...args: string[]): Promise<unknown> {
  const said: string[] = [];
  const stream = { write: (text: string) => said.push(text) };
  const env = { SPANLEDGER_URL: service.url };
  await runCommand([...args, '--json'], openTerminal(stream, stream, env), env);
  return JSON.parse(said.join(''));
}

const PERIOD = {
  from: new Date(NOW_MS - 3_600_000).toISOString(),
  to: new Date(NOW_MS + 3_600_000).toISOString(),
};
const report = () => service.get<Report>(`/api/v1/tools?${new URLSearchParams(PERIOD)}`);
const requests = async () => {
  const path = `/api/v1/tool-requests?${new URLSearchParams(PERIOD)}`;
  return (await service.get<{ requests: Row[] }>(path)).requests;
};

test('E1 each request with its tools, definitions and results sent back', async () => {
  const rows = await requests();
  const host = rows.filter(({ agent_name }) => agent_name === 'host').reverse();
  expect(host).toMatchObject([
    {
      ...{ has_tools: true, action: 'generate', tools_used: ['search'], input_tokens: 500 },
      ...{ definition_tokens: 100, definition_basis: 'bytes', results_sent: 0 },
      ...{ result_tokens: null, success: true },
    },
    { definition_tokens: 100, results_sent: 1, result_tokens: 1_000, result_basis: 'bytes' },
    { definition_tokens: 100, results_sent: 1, result_tokens: 1_000, result_basis: 'bytes' },
  ]);
  expect(rows.find(({ agent_name }) => agent_name === 'editor')).toMatchObject({
    ...{ has_tools: false, definition_tokens: null, result_tokens: null, action: 'analyze' },
  });
  const producer = rows.filter(({ agent_name }) => agent_name === 'producer').reverse();
  expect(producer).toMatchObject([
    { definition_tokens: TOOLS_TOKENS, definition_basis: 'tokenizer' },
    { definition_tokens: TOOLS_TOKENS, definition_basis: 'other_tokenizer' },
  ]);
  const told = await command('tools', '--by', 'request', '--from', PERIOD.from, '--to', PERIOD.to);
  expect(told).toEqual({ requests: rows });
});

test('E1 E4 by agent and action, as a part of the input and never more', async () => {
  const { totals, groups } = await report();
  expect(groups.find(({ agent_name }) => agent_name === 'host')).toMatchObject({
    ...{ action: 'generate', requests: 3, requests_with_tools: 3, tool_share: 1 },
    ...{ input_tokens: 3_800, definition_tokens: 300, result_tokens: 2_000, tool_runs: 1 },
    ...{ result_tokens_again: 1_000, overhead_share: 2_300 / 3_800 },
  });
  expect(groups.find(({ agent_name }) => agent_name === 'mute')).toMatchObject({
    ...{ requests: 1, input_tokens: null, definition_tokens: 100, overhead_share: null },
    definition_cost_usd: null,
  });
  expect(totals).toMatchObject({
    ...{ requests: 7, requests_with_tools: 6, tool_share: 6 / 7, input_tokens: 4_400 },
    ...{ definition_tokens: 400 + 2 * TOOLS_TOKENS, definition_basis: 'bytes' },
    overhead_share: (300 + 2 * TOOLS_TOKENS + 2_000) / 4_400,
  });
  const [sums] = await service.sql<Row>(
    `SELECT sum(input_uncached) AS input, toString(sum(cost_usd)) AS cost FROM usage`,
  );
  expect(sums).toEqual({ input: totals['input_tokens'], cost: totals['cost_usd'] });
  expect(await command('tools', '--from', PERIOD.from, '--to', PERIOD.to)).toEqual(await report());
});

test('F8 what each definition costs, never-used ones first, and by MCP server', async () => {
  const { tools, servers } = await report();
  expect(tools.map(({ tool_name, never_used }) => [tool_name, never_used])).toEqual([
    ['mail', true],
    ['search', false],
  ]);
  const [mail, search] = tools;
  expect(mail).toMatchObject({ offered: 6, requested: 0, runs: 0, success_rate: null });
  expect(mail?.['definition_tokens']).toBe(2 * 18);
  expect(mail?.['definition_cost_usd']).toMatch(/^0\.0000\d+$/);
  expect(search).toMatchObject({
    ...{ offered: 6, requested: 1, runs: 1, errors: 0, success_rate: 1, mcp_server: 'files' },
    ...{ result_tokens_each: 1_000, result_tokens: 2_000, result_tokens_again: 1_000 },
  });
  expect(servers).toMatchObject([{ mcp_server: 'files', tools: 1, runs: 1, never_used: 0 }]);
});

test('E3 a request is counted before it is made, results by their own history', async () => {
  for (let index = 1; index <= 10; index++) {
    await send([span('e3'.repeat(16), 10 + index, 0, 20 + index, tool('lookup', index * 40))]);
  }
  await service.until(async () => {
    const rows = await service.sql<{ runs: number }>(
      `SELECT count() AS runs FROM tools WHERE tool_name = 'lookup'`,
    );
    return Number(rows[0]?.runs) === 10;
  });
  const message = { role: 'user', content: 'hello world' };
  const asking = { model: 'gpt-4o', messages: [message], tools: [{ name: 'lookup' }] };
  const { body } = await post('/api/v1/count-tokens', asking);
  expect(body).toMatchObject({
    ...{ tokenizer: 'o200k_base', basis: 'tokenizer', tool_result_tokens: 60 },
    ...{ tool_result_tokens_p90: 100 },
    tool_results: [{ tool_name: 'lookup', observations: 10, median_tokens: 60, p90_tokens: 100 }],
  });
  expect(body['input_tokens']).toBe(
    Number(body['message_tokens']) + Number(body['tool_definition_tokens']),
  );
  const unknown = { ...asking, tools: [{ name: 'lookup' }, { name: 'unheard' }] };
  expect((await post('/api/v1/count-tokens', unknown)).body).toMatchObject({
    tool_result_tokens: null,
  });
});

test('E3 a long run of one letter is counted in bounded time', async () => {
  const content = 'a'.repeat(500_000);
  const asking = { model: 'gpt-4o', messages: [{ role: 'user', content }] };
  const { status, body } = await post('/api/v1/count-tokens', asking);
  expect([status, body['basis']]).toEqual([200, 'bytes']);
  const shorter = { ...asking, messages: [{ role: 'user', content: content.slice(0, 200_000) }] };
  expect((await post('/api/v1/count-tokens', shorter)).body['basis']).toBe('tokenizer');
}, 20_000);

async function program(text: string): Promise<string> {
  const preload = ['--import', '@spanledger/instrumentation/register'];
  const child = spawn(process.execPath, [...preload, '--input-type=module', '--eval', text], {
    cwd: import.meta.dirname,
    env: {
      PATH: process.env['PATH'],
      OTEL_EXPORTER_OTLP_ENDPOINT: service.url,
      SPANLEDGER_URL: service.url,
      OTEL_SERVICE_NAME: 'by-sdk',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (said += part));
  await once(child, 'close');
  return said;
}

test('E3 a program asks the service for the history of its tools', async () => {
  const said = await program(`import { countTokens } from '@spanledger/instrumentation';
    const tools = [{ type: 'function', function: { name: 'lookup' } }];
    const count = await countTokens({ model: 'gpt-4o', messages: [], tools });
    const unknown = await countTokens({ model: 'gpt-4o', tools: [{ name: 'unheard' }] });
    console.log(JSON.stringify([count.tool_result_tokens, unknown.tool_result_tokens]));`);
  expect(JSON.parse(said)).toEqual([60, null]);
}, 60_000);

test('E2 told by hand, from a program and over REST: the same attributes, once each', async () => {
  await program(`import { recordUsage } from '@spanledger/instrumentation';
    recordUsage({ agent: 'hand', action: 'generate', model: 'gpt-4o', inputTokens: 100,
      outputTokens: 20, cacheReadTokens: 5, metadata: { show: 'news' }, context: { user_id: 'ada' } });`);
  const told = {
    ...{ call_id: 'hand-1', agent: 'hand', action: 'generate', model: 'gpt-4o' },
    ...{ input_tokens: 100, output_tokens: 20, cache_read_tokens: 5 },
    ...{ metadata: { show: 'news' }, user_id: 'ada', service_name: 'by-rest' },
  };
  for (let times = 0; times < 3; times++) {
    expect((await post('/api/v1/usage', told)).status).toBe(200);
  }
  await service.until(async () => {
    const rows = await service.sql<{ calls: number }>(
      `SELECT count() AS calls FROM calls WHERE agent_name = 'hand'`,
    );
    return Number(rows[0]?.calls) >= 2;
  });
  const rows = await service.sql<Row>(
    `SELECT ServiceName AS service, SpanName AS name, SpanKind AS kind, StatusCode AS status,
       CAST(arraySort(mapKeys(SpanAttributes)), 'Array(String)') AS names,
       arrayMap(key -> SpanAttributes[key], names) AS attributes
     FROM otel_traces FINAL WHERE SpanAttributes['gen_ai.agent.name'] = 'hand'
     ORDER BY ServiceName`,
  );
  expect(rows.map(({ service: from }) => from)).toEqual(['by-rest', 'by-sdk']);
  const [rest, sdk] = rows;
  expect({ ...rest, service: '' }).toEqual({ ...sdk, service: '' });
  const calls = await service.sql<Row>(
    `SELECT service_name, provider, input_uncached, cache_read, user_id, dialect, cost_usd > 0 AS priced
     FROM calls WHERE agent_name = 'hand' ORDER BY service_name`,
  );
  const same = {
    ...{ provider: 'openai', input_uncached: 95, cache_read: 5, user_id: 'ada' },
    ...{ dialect: 'otel-genai', priced: 1 },
  };
  expect(calls).toEqual([
    { service_name: 'by-rest', ...same },
    { service_name: 'by-sdk', ...same },
  ]);
}, 60_000);

test('E2 told again hours later it is one call, which ended last, in every sum', async () => {
  const told = { call_id: 'late-1', agent: 'late', action: 'generate', model: 'gpt-4o' };
  for (const hours of [0, 5, 2]) {
    const ended_at = new Date(NOW_MS - hours * 3_600_000).toISOString();
    const tokens = { input_tokens: 100 + hours, output_tokens: 20 };
    expect((await post('/api/v1/usage', { ...told, ...tokens, ended_at })).status).toBe(200);
    await service.until(async () => {
      const rows = await service.sql<{ calls: number }>(
        `SELECT sum(calls) AS calls FROM usage WHERE agent_name = 'late'`,
      );
      return Number(rows[0]?.calls) === 1;
    });
  }
  const [sums] = await service.sql<Row>(
    `SELECT toUInt32(sum(calls)) AS calls, toUInt32(sum(input_uncached)) AS input FROM usage
     WHERE agent_name = 'late'`,
  );
  expect(sums).toEqual({ calls: 1, input: 100 });
  const path = `/api/v1/tools?${new URLSearchParams({ last: '24h' })}`;
  const { groups } = await service.get<Report>(path);
  expect(groups.find(({ agent_name }) => agent_name === 'late')).toMatchObject({
    ...{ requests: 1, input_tokens: 100 },
  });
}, 60_000);
