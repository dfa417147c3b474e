// Requests to make an agent, from a program and over REST, through the service to its answers by REST,
// on the command line and in SQL.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openTerminal, runCommand } from '@spanledger/cli';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Service } from '../service.ts';

const LIMIT_MS = 120_000;
/** Longer than a request takes on a busy machine. */
const ABANDONED_MS = 20_000;
const DAY_MS = 86_400_000;

let service: Service;
beforeAll(async () => {
  const environment = {
    SPANLEDGER_TICK_MS: '50',
    SPANLEDGER_ABANDONED_MS: String(ABANDONED_MS),
  };
  service = await Service.start({ environment });
  await run(
    `import { flush, generationLog, recordUsage } from '@spanledger/instrumentation';
     const dying = generationLog.start({ id: 'dying', user_id: 'cyd', prompt: 'x' });
     dying.run(() => recordUsage({ model: 'gpt-4o', inputTokens: 30, outputTokens: 3 }));
     await flush();
     console.log('told');
     setInterval(() => {}, 1000);`,
    true,
  );
}, LIMIT_MS);
afterAll(() => service.stop());

/** Runs a program with the instrumentation; `kill` ends it when it has printed. */
async function run(program: string, kill = false): Promise<void> {
  const preload = ['--import', '@spanledger/instrumentation/register'];
  const child = spawn(process.execPath, [...preload, '--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    env: {
      PATH: process.env['PATH'],
      OTEL_EXPORTER_OTLP_ENDPOINT: service.url,
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (kill) child.stdout.once('data', () => child.kill('SIGKILL'));
  else child.stdout.resume();
  await once(child, 'close');
}

interface Told {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function post(path: string, body: unknown): Promise<Told> {
  const response = await fetch(service.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Told['body'] };
}

/** The first and the last event of a generation of dee's, half a second apart; every fourth fails. */
function eventsOf(index: number, now_ms: number): readonly unknown[] {
  const id = `many-${index}`;
  const start_ns = BigInt(now_ms - DAY_MS + index * 1000) * 1_000_000n;
  const event = (name: string, time_ns: bigint, more: Readonly<Record<string, string>>) => {
    const all = { 'spanledger.execution.id': id, 'user.id': 'dee', ...more };
    return {
      timeUnixNano: String(time_ns),
      traceId: String(index).padStart(32, 'a'),
      spanId: String(index).padStart(16, 'a'),
      eventName: `spanledger.execution.${name}`,
      attributes: Object.entries(all).map(([key, value]) => ({
        key,
        value: { stringValue: value },
      })),
    };
  };
  const failed = index % 4 === 0;
  return [
    event('start', start_ns, { 'spanledger.generation.id': id, 'spanledger.status': 'running' }),
    event('end', start_ns + 500_000_000n, {
      'spanledger.status': failed ? 'failed' : 'success',
      ...(failed ? { 'error.type': 'NoSchema' } : {}),
      'spanledger.generation.retry_count': String(index % 2),
      'spanledger.duration_ms': '500',
    }),
  ];
}

type Generation = Readonly<Record<string, unknown>>;

const generation = (id: string) => service.get<Generation>(`/api/v1/generations/${id}`);

async function command(...args: string[]): Promise<unknown> {
  const said: string[] = [];
  const stream = { write: (text: string) => said.push(text) };
  const env = { SPANLEDGER_URL: service.url };
  await runCommand([...args, '--json'], openTerminal(stream, stream, env), env);
  return JSON.parse(said.join(''));
}

/** Once settled: asks until the field has the value, and says what it is then. */
async function settled(id: string, field: string, value: unknown): Promise<Generation> {
  let found: Generation = {};
  await service.until(async () => {
    const response = await fetch(`${service.url}/api/v1/generations/${id}`);
    found = (await response.json()) as Generation;
    return found[field] === value;
  });
  return found;
}

const PROGRAM = `
import { generationLog, recordUsage, withAgent } from '@spanledger/instrumentation';
const made = generationLog.start({ id: 'made', user_id: 'ada', prompt: 'an agent that reads mail',
  is_update: true, existing_agent_id: 'a-7', model: 'gpt-4o' });
await made.run(async () => {
  recordUsage({ model: 'gpt-4o', inputTokens: 900, outputTokens: 200, cacheReadTokens: 100 });
  withAgent('planner', () => recordUsage({ model: 'gpt-4o', inputTokens: 50, outputTokens: 5 }));
});
recordUsage({ model: 'gpt-4o', inputTokens: 7000, outputTokens: 1 });
generationLog.complete('made', { generated_agent_schema: { name: 'mail' }, identified_skills: ['imap'],
  retry_count: 2, validation_errors: [{ path: 'name' }] });
`;

test('B1 a record has all its fields', { timeout: LIMIT_MS }, async () => {
  await run(PROGRAM);
  const found = await settled('made', 'total_tokens', 1155);
  expect(found).toMatchObject({
    ...{ id: 'made', user_id: 'ada', prompt: 'an agent that reads mail' },
    ...{ existing_agent_id: 'a-7', is_update: true, model: 'gpt-4o', status: 'completed' },
    ...{ generated_agent_schema: { name: 'mail' }, identified_skills: ['imap'] },
    ...{ total_tokens: 1155, input_tokens: 950, output_tokens: 205, calls: 2 },
    ...{ retry_count: 2, validation_errors: [{ path: 'name' }], validation_error_count: 1 },
    ...{ success: true, error_message: '' },
  });
  expect(found['input_token_details']).toMatchObject({ input_uncached: 850, cache_read: 100 });
  expect(found['completion_token_details']).toMatchObject({ output: 205 });
  expect(found['generation_time_ms']).toBeGreaterThan(0);
  const [created, completed] = [String(found['created_at']), String(found['completed_at'])];
  expect(Date.parse(completed)).toBeGreaterThanOrEqual(Date.parse(created));
  const [row] = await service.sql<Generation>(
    `SELECT status, calls, input_uncached + cache_read AS input, g.output AS output,
       toString(cost_usd) AS cost FROM generations AS g WHERE generation_id = 'made'`,
  );
  expect(row).toEqual({
    ...{ status: 'completed', calls: 2, input: 950, output: 205, cost: found['cost_usd'] },
  });
  expect(await command('generations', 'made')).toEqual(found);
});

test('B2 told over REST it is the same record', { timeout: LIMIT_MS }, async () => {
  const begun = { id: 'rest', user_id: 'bob', prompt: 'an agent', is_update: false };
  expect(await post('/api/v1/generations', begun)).toMatchObject({ status: 200 });
  expect((await post('/api/v1/generations', begun)).body).toMatchObject({ repeated: true });
  expect(await generation('rest')).toMatchObject({
    ...{ status: 'running', success: null, completed_at: null, prompt: 'an agent', calls: 0 },
    ...{ total_tokens: null, cost_usd: null, is_update: false },
  });
  const call = { call_id: 'c-1', execution_id: 'rest', model: 'gpt-4o', input_tokens: 40 };
  for (let times = 0; times < 2; times++) {
    expect(await post('/api/v1/usage', { ...call, output_tokens: 2 })).toMatchObject({
      status: 200,
    });
  }
  expect(await settled('rest', 'total_tokens', 42)).toMatchObject({ calls: 1 });
  const result = { retry_count: 1, generated_agent_schema: { name: 'x' } };
  expect((await post('/api/v1/generations/rest/complete', result)).body['repeated']).toBe(false);
  const late = { error: { type: 'TooLate', message: 'late' } };
  expect((await post('/api/v1/generations/rest/fail', late)).body['repeated']).toBe(true);
  expect(await settled('rest', 'status', 'completed')).toMatchObject({
    ...{ success: true, retry_count: 1, generated_agent_schema: { name: 'x' }, total_tokens: 42 },
  });
  await post('/api/v1/generations', { id: 'bad', user_id: 'bob' });
  await post('/api/v1/generations/bad/fail', { error: { type: 'NoSchema', message: 'no schema' } });
  expect(await settled('bad', 'status', 'failed')).toMatchObject({
    ...{ success: false, error_type: 'NoSchema', error_message: 'no schema' },
  });
  expect((await post('/api/v1/generations/nobody/complete', {})).status).toBe(404);
});

test(
  'B2 over REST its span and its events carry what a program sends',
  { timeout: LIMIT_MS },
  async () => {
    await run(`import { generationLog } from '@spanledger/instrumentation';
    generationLog.start({ id: 'same-sdk', user_id: 'eve', prompt: 'an agent', is_update: true,
      existing_agent_id: 'a-1', model: 'gpt-4o' });
    generationLog.complete('same-sdk', { generated_agent_schema: { name: 'x' },
      identified_skills: ['s'], retry_count: 3, validation_errors: ['e'] });`);
    await post('/api/v1/generations', {
      ...{ id: 'same-rest', user_id: 'eve', prompt: 'an agent', is_update: true },
      ...{ existing_agent_id: 'a-1', model: 'gpt-4o' },
    });
    await post('/api/v1/generations/same-rest/complete', {
      ...{ generated_agent_schema: { name: 'x' }, identified_skills: ['s'] },
      ...{ retry_count: 3, validation_errors: ['e'] },
    });
    const written = async (id: string): Promise<unknown> => {
      const where = (map: string) => `${map}['spanledger.execution.id'] = '${id}'`;
      const told = (map: string) => `arraySort(arrayMap(key -> (key, if(
      key IN ('spanledger.execution.id', 'spanledger.generation.id', 'spanledger.duration_ms'), '',
      ${map}[key])), mapKeys(${map})))`;
      return service.sql(`SELECT * FROM (SELECT SpanName AS name, SpanKind AS kind, ${told('SpanAttributes')} AS said
        FROM spans_with_content WHERE ${where('SpanAttributes')}
      UNION ALL SELECT EventName, SeverityText, ${told('LogAttributes')}
        FROM logs_with_content WHERE ${where('LogAttributes')})
        ORDER BY name`);
    };
    await settled('same-sdk', 'status', 'completed');
    await settled('same-rest', 'status', 'completed');
    const sdk = await written('same-sdk');
    expect(sdk).toHaveLength(3);
    expect(await written('same-rest')).toEqual(sdk);
  },
);

test(
  'B3 by user, newest first, and how it went by user and by day',
  { timeout: LIMIT_MS },
  async () => {
    const now = Date.now();
    const events = Array.from({ length: 60 }, (_, index) => eventsOf(index, now)).flat();
    const scope = { name: '@spanledger/instrumentation', version: '0.1.0' };
    const told = { resourceLogs: [{ scopeLogs: [{ scope, logRecords: events }] }] };
    expect((await post('/v1/logs', told)).status).toBe(200);
    const first = await service.get<{ generations: Generation[]; next_cursor: string }>(
      '/api/v1/generations?user_id=dee',
    );
    expect(first.generations.map(({ id }) => id)).toEqual(
      Array.from({ length: 50 }, (_, index) => `many-${59 - index}`),
    );
    const rest = await service.get<{ generations: Generation[] }>(
      `/api/v1/generations?user_id=dee&cursor=${first.next_cursor}`,
    );
    expect(rest.generations.map(({ id }) => id)).toEqual(
      Array.from({ length: 10 }, (_, index) => `many-${9 - index}`),
    );
    expect(await command('generations', '--user', 'dee')).toEqual(first);
    const { users } = await service.get<{ users: Generation[] }>('/api/v1/generations-by-user');
    expect(users.find(({ user_id }) => user_id === 'dee')).toMatchObject({
      ...{ generations: 60, successful: 45, failed: 15, total_tokens: null },
    });
    expect(users.find(({ user_id }) => user_id === 'bob')).toMatchObject({
      ...{ generations: 2, successful: 1, failed: 1, total_tokens: 42 },
    });
    expect(await command('generations', '--by', 'user')).toEqual({ users });
    const { days } = await service.get<{ days: Generation[] }>(
      '/api/v1/generations-by-day?user_id=dee',
    );
    const sum = (field: string) => days.reduce((all, day) => all + Number(day[field]), 0);
    expect([sum('requests'), sum('successful'), sum('failed')]).toEqual([60, 45, 15]);
    expect(days[0]).toMatchObject({ average_time_ms: 500 });
    if (days.length === 1)
      expect(days[0]).toMatchObject({ average_retries: 0.5, success_rate: 0.75 });
    const [row] = await service.sql<Generation>(
      `SELECT count() AS generations, countIf(status = 'completed') AS successful FROM generations
     WHERE user_id = 'dee'`,
    );
    expect(row).toEqual({ generations: 60, successful: 45 });
  },
);

test('B2 a killed process leaves a record that says so', { timeout: LIMIT_MS }, async () => {
  expect(await settled('dying', 'status', 'abandoned')).toMatchObject({
    ...{ success: false, completed_at: null, generation_time_ms: null, prompt: 'x' },
  });
  expect(await settled('dying', 'total_tokens', 33)).toMatchObject({ calls: 1 });
});
