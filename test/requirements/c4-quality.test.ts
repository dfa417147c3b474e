// C4: the quality of answers, from content and verdicts over OTLP to the answers of REST, command line and
// SQL, which say the same.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Installation } from '../isolation/installation.ts';
import { tracesOf, type Told } from './model-calls.ts';

const FINE = 'The flight leaves at nine from gate four.';
const messages = (content: string) =>
  JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content }] }]);
const call = (agent: string, more: Record<string, string>): Told => ({
  ...{ agent, input: 10, output: 5, more },
});

const CALLS: readonly Told[] = [
  call('fine', { 'gen_ai.output.messages': messages(FINE) }),
  call('short', { 'gen_ai.output.messages': messages('Yes.') }),
  call('refusing', {
    'llm.output_messages.0.message.content': 'Es tut mir leid, aber ich kann das nicht.',
  }),
  call('failing', { 'gen_ai.completion.0.content': '503 Service Unavailable' }),
  call('silent', { 'gen_ai.output.messages': messages('') }),
  call('prose', { 'ai.response.text': FINE, 'gen_ai.output.type': 'json' }),
  call('explaining', {
    'ai.response.text': 'The word "error" names what went wrong in a program.',
  }),
  call('cut', { 'gen_ai.output.messages': messages(FINE).slice(0, 70) }),
  call('tools', {
    'gen_ai.output.messages': JSON.stringify([
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'search' }] },
    ]),
  }),
  call('own', {
    'spanledger.quality.score': '0.6',
    'spanledger.quality.valid': 'false',
    'spanledger.quality.errors': '["refusal"]',
    'spanledger.quality.warnings': '["too_short"]',
    'spanledger.quality.words': '3',
  }),
  call('kept to itself', {}),
  { ...call('broken', { 'ai.response.text': '' }), failed: true },
];

interface Sums {
  readonly agent_name: string;
  readonly answers: number;
  readonly judged: number;
  readonly [name: string]: unknown;
}

let installation: Installation;
const keys = new Map<string, string>();

beforeAll(async () => {
  installation = await Installation.start(
    { org: 'acme', secret: 'acme-price' },
    { SPANLEDGER_VERDICTS_MS: '50' },
  );
  for (const org of ['acme', 'globex']) {
    const ingest = (await installation.key('ingest', org)).key;
    keys.set(org, (await installation.key('read', org)).key);
    const calls = org === 'acme' ? CALLS : CALLS.slice(0, 2);
    await installation.send('POST', '/v1/traces', ingest, tracesOf(calls));
  }
  const enough = { acme: 10, globex: 2 };
  for (const [org, count] of Object.entries(enough)) {
    await installation.until(
      () => sql(org, 'SELECT count() FROM quality'),
      ({ text }) => text.includes(`"${count}"`),
    );
  }
});
afterAll(() => installation.stop());

const sql = (org: string, query: string) =>
  installation.send('POST', '/api/v1/sql', keys.get(org)!, { query });

async function get<T>(path: string, org = 'acme'): Promise<T> {
  const { status, text } = await installation.send('GET', path, keys.get(org)!);
  expect(status, text).toBe(200);
  return JSON.parse(text) as T;
}

test('C4: each answer has its verdict, and what is not known is none', async () => {
  const { rows } = await get<{ rows: Sums[] }>('/api/v1/quality?by=agent');
  const told = rows.map((row) => [
    ...[row.agent_name, row.judged, row['valid'], row['score'], row['words']],
    ...[Object.keys(row['errors'] as object).join(), Object.keys(row['warnings'] as object).join()],
  ]);
  expect(told.toSorted()).toEqual([
    ['cut', 0, 0, null, null, '', ''],
    ['explaining', 1, 1, 1, 10, '', ''],
    ['failing', 1, 0, 0.6, 3, 'error_pattern', 'too_short'],
    ['fine', 1, 1, 1, 8, '', ''],
    ['kept to itself', 0, 0, null, null, '', ''],
    ['own', 1, 0, 0.6, 3, 'refusal', 'too_short'],
    ['prose', 1, 0, 0.75, 8, 'invalid_json', ''],
    ['refusing', 1, 0, 0.8, 9, 'refusal', ''],
    ['short', 1, 1, 0.8, 1, '', 'too_short'],
    ['silent', 1, 0, 0, 0, 'empty', ''],
    ['tools', 0, 0, null, null, '', ''],
  ]);
});

test('C4: sums count what was not judged, and no failed call', async () => {
  const { rows } = await get<{ rows: Sums[] }>('/api/v1/quality');
  expect(rows).toMatchObject([{ answers: 11, judged: 8, tool_calls: 1, unreadable: 1, valid: 3 }]);
  expect(rows[0]?.['errors']).toEqual({ empty: 1, error_pattern: 1, invalid_json: 1, refusal: 2 });
});

test('C4: poor responses are the same by REST, command line and SQL', async () => {
  const path = '/api/v1/quality/poor?threshold=0.85';
  const { rows } = await get<{ rows: { agent_name: string; score: number; trace_id: string }[] }>(
    path,
  );
  expect(rows.map(({ agent_name }) => agent_name).toSorted()).toEqual(
    ['failing', 'own', 'prose', 'refusing', 'short', 'silent'].toSorted(),
  );
  expect(rows[0]).toMatchObject({ agent_name: 'silent', score: 0, errors: ['empty'] });
  expect(rows[0]).toHaveProperty('cost_usd', '0.000015');
  const line = ['poor-responses', '--threshold', '0.85', '--hours', '48', '--json'];
  const command = JSON.parse((await installation.command(line, keys.get('acme')!)).text) as {
    rows: unknown[];
    quality: Sums;
  };
  expect(command.rows).toEqual(rows);
  expect(command.quality.answers).toBe(11);
  const told = await sql(
    'acme',
    'SELECT trace_id, score FROM quality WHERE score < 0.85 OR NOT valid ORDER BY score, start_time DESC, trace_id',
  );
  expect((JSON.parse(told.text) as { rows: unknown[][] }).rows).toEqual(
    rows.map(({ trace_id, score }) => [trace_id, score]),
  );
});

test('C4: without a score below the threshold an error is still poor', async () => {
  const { rows } = await get<{ rows: { agent_name: string }[] }>(
    '/api/v1/quality/poor?threshold=0',
  );
  expect(rows.map(({ agent_name }) => agent_name).toSorted()).toEqual(
    ['failing', 'own', 'prose', 'refusing', 'silent'].toSorted(),
  );
  const { rows: others } = await get<{ rows: unknown[] }>('/api/v1/quality/poor', 'globex');
  expect(others).toEqual([]);
});
