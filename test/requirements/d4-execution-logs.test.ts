// C1, C2, C3, C7, D1, D2, D4, F13: executions from a program with the instrumentation, one that was killed
// and OTLP, to the answers of REST, command line and SQL, which say the same.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS, EXIT_CODES, openTerminal, runCommand } from '@spanledger/cli';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readConfig, startExporter, type Exporter } from '@spanledger/exporter';
import { KILLED, PROGRAM, run, silentRun, timedRun } from './execution-world.ts';

const LIMIT_MS = 120_000;
const NOW_NS = BigInt(Date.now()) * 1_000_000n;
const SECOND_NS = 1_000_000_000n;
const HOUR_NS = 3_600n * SECOND_NS;

let folder: string;
let service: Exporter;

async function ask(path: string, method = 'GET'): Promise<{ status: number; body: any }> {
  const response = await fetch(service.url + path, { method });
  return { status: response.status, body: await response.json() };
}

async function get(path: string): Promise<any> {
  const { status, body } = await ask(path);
  expect({ path, status, error: body.error }).toEqual({ path, status: 200, error: undefined });
  return body;
}

async function post(path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  expect((await fetch(service.url + path, init)).status).toBe(200);
}

async function command(...line: readonly string[]): Promise<string> {
  const out: string[] = [];
  const terminal = openTerminal({ write: (text) => out.push(text) }, { write: () => true }, {});
  const exit = await runCommand([...line, '--url', service.url], terminal, {});
  expect({ line, code: EXIT_CODES[exit].code, out: EXIT_CODES[exit].code ? out : [] }).toEqual({
    ...{ line, code: 0, out: [] },
  });
  return out.join('');
}

const commandJson = async (...line: readonly string[]): Promise<any> =>
  JSON.parse(await command(...line, '--json'));

async function sql(query: string): Promise<any[]> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify({ query }) };
  const response = await fetch(`${service.url}/api/v1/sql`, init);
  const { rows, error } = (await response.json()) as any;
  expect(error).toBeUndefined();
  return rows;
}

const byId = (rows: readonly any[], id: string): any =>
  rows.find(({ execution_id }) => execution_id === id);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spanledger-executions-'));
  service = await startExporter(
    readConfig({
      SPANLEDGER_PORT: '0',
      SPANLEDGER_LOG_LEVEL: 'silent',
      SPANLEDGER_DATA_DIR: join(folder, 'data'),
      SPANLEDGER_TICK_MS: '50',
    }),
  );
  await post('/v1/traces', timedRun(NOW_NS - 60n * SECOND_NS));
  await post('/v1/logs', silentRun(NOW_NS - HOUR_NS));
  await Promise.all([run(PROGRAM, service.url), run(KILLED, service.url, true)]);
  await vi.waitFor(
    async () => {
      const { executions } = await get('/execution-logs/executions');
      const settled = executions.filter((one: any) => one.llm_call_count > 0);
      expect([executions.length, settled.length]).toEqual([8, 4]);
      const { total_llm_calls } = await get('/execution-logs/analytics/summary');
      expect(total_llm_calls).toBe(6);
    },
    { timeout: LIMIT_MS, interval: 100 },
  );
}, LIMIT_MS);
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('D4 the executions of an organisation', () => {
  test.each([
    ['', ['d-1', 'd-2', 'x-1', 'x-17', 'x-2', 'x-4', 'x-4711', 'x-5']],
    ['report_id=r-7', ['x-1', 'x-2']],
    ['report_id=r-7&agent_type=writer', ['x-2']],
    ['agent_type=planner&execution_step=plan&action_type=generate', ['x-1']],
    ['execution_step=observe', []],
    ['external_platform=slack&status=completed', ['x-1', 'x-2']],
    ['status=failed', ['x-17', 'x-4711']],
    ['status=skipped', ['x-4']],
    ['status=started', ['d-1']],
    ['status=abandoned', ['d-2']],
    ['start_date=-10m', ['d-1', 'x-1', 'x-17', 'x-2', 'x-4', 'x-4711', 'x-5']],
    ['end_date=-10m', ['d-2']],
    ['end_date=2020-01-01', []],
  ])('%s', async (filters, ids) => {
    const { executions } = await get(`/execution-logs/executions?${filters}`);
    expect(executions.map((one: any) => one.execution_id).toSorted()).toEqual(ids);
  });

  test('D4 page by page, by offset and by cursor, each once and in the same order', async () => {
    const whole = (await get('/execution-logs/executions?limit=500')).executions;
    const byOffset: any[] = [];
    for (let offset = 0; offset < 8; offset += 3) {
      const path = `/execution-logs/executions?limit=3&offset=${offset}`;
      byOffset.push(...(await get(path)).executions);
    }
    const byCursor: any[] = [];
    let next = '';
    do {
      const page = await get(`/execution-logs/executions?limit=3${next}`);
      byCursor.push(...page.executions);
      next = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (next !== '');
    const ids = (rows: any[]) => rows.map((one) => one.execution_id);
    expect(ids(byOffset)).toEqual(ids(whole));
    expect(ids(byCursor)).toEqual(ids(whole));
  });

  test.each([
    ['limit=501', 'limit="501"; allowed: 1 to 500'],
    ['limit=0', 'limit="0"'],
    ['offset=10001', 'offset="10001"'],
    ['agenttype=planner', 'nearest: agent_type'],
    ['status=failed&status=skipped', 'status='],
    ['cursor=e30', 'cursor'],
    ['start_date=yesterday', 'start_date="yesterday"'],
    ['include_llm_calls=maybe', 'allowed: true, false'],
    ['start_date=-1h&end_date=-2h', 'from must be before to'],
  ])('D4 refuses %s by name', async (filters, detail) => {
    const { status, body } = await ask(`/execution-logs/executions?${filters}`);
    expect([status, body.error.code]).toEqual([400, 'invalid_parameter']);
    expect(body.error.detail).toContain(detail);
  });

  test('D4 with their model calls when they are asked for', async () => {
    const { executions } = await get('/execution-logs/executions?include_llm_calls=true');
    const calls = executions.map((one: any) => [one.execution_id, one.llm_calls.length]);
    expect(Object.fromEntries(calls)).toEqual({
      ...{ 'd-1': 1, 'd-2': 0, 'x-1': 1, 'x-2': 1, 'x-4': 0, 'x-5': 3, 'x-17': 0, 'x-4711': 0 },
    });
  });

  test('D1 an execution in the words of its users', async () => {
    const one = await get('/execution-logs/executions/x-1');
    expect(one).toMatchObject({
      ...{ execution_id: 'x-1', agent_type: 'planner', execution_step: 'plan' },
      ...{ action_type: 'generate', status: 'success', report_id: 'r-7', completion_id: null },
      ...{ external_platform: 'slack', external_user_id: 'U1', user_id: 'ada' },
      ...{ conversation_id: 'c-1', metadata: { team: 'red', page: '3' } },
      ...{ input_data: { goal: 'a trip' }, output_data: null, error_message: null },
      ...{ input_tokens: 1000, output_tokens: 100, total_tokens: 1100, cost_usd: '0.0035' },
    });
    const took_ms = Date.parse(one.end_time) - Date.parse(one.start_time);
    expect(Math.abs(took_ms - one.duration_ms)).toBeLessThan(1.01);
  });

  test('D2 model calls by every filter', async () => {
    const count = async (filters: string) =>
      (await get(`/execution-logs/llm-calls?${filters}`)).llm_calls.length;
    expect(await count('')).toBe(6);
    expect(await count('model_id=gpt-4o-mini')).toBe(1);
    expect(await count('provider=openai&execution_log_id=x-5')).toBe(3);
    expect(await count('call_type=inference_stream')).toBe(1);
    expect(await count('report_id=r-7&status=completed')).toBe(2);
    expect(await count('status=failed')).toBe(0);
    const [call] = (await get('/execution-logs/llm-calls?call_type=inference_stream')).llm_calls;
    expect(call).toMatchObject({
      ...{ provider: 'openai', model_id: 'gpt-4o', execution_log_id: 'x-5', is_streaming: true },
      ...{ input_tokens: 100, output_tokens: 10, total_tokens: 110, duration_ms: 3000 },
      // 100 tokens at 2.50 and 10 at 10.00 dollars per million.
      ...{ input_cost_usd: '0.00025', output_cost_usd: '0.0001', total_cost_usd: '0.00035' },
    });
  });

  test('D4 the summary of 30 days', async () => {
    const { date_range, duration, ...rest } = await get('/execution-logs/analytics/summary');
    expect(Date.parse(date_range.end) - Date.parse(date_range.start)).toBeGreaterThanOrEqual(
      30 * 86_400_000,
    );
    expect(rest).toEqual({
      total_executions: 8,
      status_counts: { success: 3, failed: 2, skipped: 1, running: 1, abandoned: 1 },
      agent_type_counts: {
        ...{ breaker: 2, dying: 1, gossip: 1, planner: 1, silent: 1, timed: 1, writer: 1 },
      },
      success_rate: 0.5,
      total_llm_calls: 6,
      provider_counts: { openai: 6 },
      model_counts: { 'gpt-4o': 5, 'gpt-4o-mini': 1 },
      tokens: { input: 2310, output: 235, total: 2545 },
      total_cost_usd: '0.0080545',
      cost_by_provider: { openai: '0.0080545' },
      cost_by_model: { 'gpt-4o': '0.00805', 'gpt-4o-mini': '0.0000045' },
    });
    expect(duration.max_ms).toBe(10_000);
    expect(duration.min_ms).toBeLessThan(duration.avg_ms);
  });
});

describe('C1 statuses, also of what runs and of what died (F13)', () => {
  test('C1 a run is seen while it goes on, with its stage and the cost so far', async () => {
    const { executions } = await get('/api/v1/executions?agent=dying');
    expect(executions).toMatchObject([
      {
        ...{ execution_id: 'd-1', status: 'running', stage: 'llm_call', end_time: null },
        ...{ duration_ms: null, llm_call_count: 1, input_tokens: 1000, cost_usd: '0.0035' },
      },
    ]);
    expect(await command('tail', '--once')).toContain('d-1');
    const live = await fetch(`${service.url}/api/v1/executions/live?once=true`);
    expect(live.headers.get('content-type')).toBe('text/event-stream');
    expect((await live.text()).match(/"execution_id":"[^"]*"/g)).toEqual(['"execution_id":"d-1"']);
  });

  test('F13 one that gave no sign of life is abandoned, by REST, command and SQL', async () => {
    const { status, end_time } = await get('/api/v1/executions/d-2');
    expect([status, end_time]).toEqual(['abandoned', null]);
    expect(byId((await commandJson('executions')).executions, 'd-2').status).toBe('abandoned');
    const open = await sql(`SELECT execution_id FROM run_events GROUP BY execution_id
      HAVING countIf(event IN ('end', 'span')) = 0 ORDER BY execution_id`);
    expect(open.flat()).toEqual(['d-1', 'd-2']);
  });
});

test('C2 a timeline of stages and log lines with the time between', async () => {
  const { timeline } = await get('/api/v1/executions/x-1/timeline');
  expect(timeline.map((one: any) => [one.event, one.stage, one.message])).toEqual([
    ['start', '', ''],
    ['stage', 'pre_process', ''],
    ['log', '', 'two rows'],
    ['stage', 'llm_call', ''],
    ['end', '', ''],
  ]);
  expect(timeline[2].fields).toEqual({ rows: '2' });
  for (const { gap_ms, at_ms } of timeline) expect(gap_ms).toBeLessThanOrEqual(at_ms);
  for (const { event, duration_ms } of timeline) {
    if (event === 'stage') expect(duration_ms).toBeGreaterThan(0);
  }
  expect((await commandJson('timeline', 'x-1')).timeline).toEqual(timeline);
});

test('C3 the call chain as a tree, with what was handed over', async () => {
  const { chain } = await get('/api/v1/executions/x-2/chain');
  expect(chain).toMatchObject([
    {
      ...{ execution_id: 'x-1', depth: 0, sequence: 0, handed_over: { goal: 'a trip' } },
      children: [
        {
          ...{ execution_id: 'x-2', parent_execution_id: 'x-1', depth: 1, sequence: 0 },
          ...{ handed_over: 'three days in Rome', handed_over_characters: 18, children: [] },
        },
      ],
    },
  ]);
  expect((await commandJson('chain', 'x-2')).chain).toEqual(chain);
  expect(
    await sql(`SELECT execution_id, parent_execution_id, depth, sequence FROM runs
      WHERE execution_id IN ('x-1', 'x-2') ORDER BY depth`),
  ).toEqual([
    ['x-1', '', 0, 0],
    ['x-2', 'x-1', 1, 0],
  ]);
});

describe('C7 failure and speed', () => {
  test('C7 what failed, with its error and the stage where it broke', async () => {
    const one = await get('/api/v1/executions/x-17');
    expect(one).toMatchObject({
      ...{ status: 'failed', error_type: 'RangeError', broke_in: 'llm_parse' },
      error_message: 'no column "a17" in row 17',
    });
    expect(one.traceback).toMatch(/RangeError: no column.*\n\s+at /);
    const { executions } = await commandJson('failed');
    expect(executions.map((row: any) => row.execution_id).toSorted()).toEqual(['x-17', 'x-4711']);
    expect(await command('failed')).toContain('no column "a17" in row 17');
  });

  test('C7 alike errors are one group, whatever their numbers and ids', async () => {
    const { errors } = await get('/api/v1/errors');
    expect(errors).toMatchObject([
      {
        ...{ kind: 'agent', error_type: 'RangeError', errors: 2, traces: 2 },
        ...{ fingerprint: 'no column <text> in row <n>', agents: ['breaker'] },
      },
    ]);
    expect((await commandJson('errors')).errors).toEqual(errors);
  });

  test('C7 overhead is the time outside of the union of its model calls', async () => {
    const one = await get('/api/v1/executions/x-5');
    expect([one.duration_ms, one.model_ms, one.overhead_ms]).toEqual([10_000, 6_000, 4_000]);
    const { executions } = await commandJson('slow', '--over', '5');
    expect(executions).toMatchObject([{ execution_id: 'x-5', overhead_ms: 4_000 }]);
  });

  test('C7 the model interactions of an execution', async () => {
    const { llm_calls } = await commandJson('interactions', 'x-5');
    expect(llm_calls.map((one: any) => [one.duration_ms, one.call_type])).toEqual([
      [3_000, 'inference'],
      [3_000, 'inference_stream'],
      [1_000, 'inference'],
    ]);
  });
});

test('C8 tracking-stats and view-execution by name and flags', async () => {
  const stats = await commandJson('tracking-stats', '--hours', '48', '--scope', 'breaker');
  expect(stats.total).toMatchObject({ executions: 2, status_counts: { failed: 2 } });
  const text = await command('view-execution', 'x-17');
  for (const part of ['x-17', 'breaker', 'failed', 'Broke in llm_parse']) {
    expect(text).toContain(part);
  }
  for (const name of ['tracking-stats', 'view-execution']) {
    expect(COMMANDS.find((one) => one.name === name)?.example).toContain(`spanledger ${name}`);
  }
});

test('F6 REST, command line and SQL tell one number', async () => {
  const { executions } = await get('/execution-logs/executions?limit=500');
  const listed = (await commandJson('executions', '--limit', '500')).executions;
  const money = (rows: any[]): number =>
    rows.reduce((sum, { cost_usd }) => sum + Math.round(Number(cost_usd ?? 0) * 1e12), 0);
  const [[cost]] = (await sql('SELECT toString(sum(cost_usd)) FROM calls')) as [[string]];
  const { total_cost_usd } = await get('/execution-logs/analytics/summary');
  expect(money(executions)).toBe(Math.round(Number(cost) * 1e12));
  expect(money(listed)).toBe(money(executions));
  expect(Number(total_cost_usd)).toBe(Number(cost));
});

test('D4 a deleted execution is gone, with its cost', { timeout: LIMIT_MS }, async () => {
  expect((await ask('/execution-logs/executions/nobody', 'DELETE')).status).toBe(404);
  const { status, body } = await ask('/execution-logs/executions/x-5', 'DELETE');
  expect([status, body.deletion.kind, body.deletion.subject]).toEqual([200, 'execution', 'x-5']);
  await vi.waitFor(
    async () => {
      expect((await ask('/execution-logs/executions/x-5')).status).toBe(404);
      const { total_executions, total_cost_usd } = await get('/execution-logs/analytics/summary');
      expect([total_executions, total_cost_usd]).toEqual([7, '0.0070045']);
    },
    { timeout: LIMIT_MS, interval: 100 },
  );
});
