// F9: waste in money, from calls over OTLP to the answers of REST and command line, with the evidence.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Installation } from '../isolation/installation.ts';
import { tracesOf, type Told } from './model-calls.ts';

const messages = (role: string, content: string) =>
  JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
const FINE = messages('assistant', 'The flight leaves at nine from gate four.');
const asked = (content: string) => ({ 'gen_ai.input.messages': messages('user', content) });

/** A dollar for a million tokens: each of these costs two cents, 0.01 in and 0.01 out. */
const call = (
  agent: string,
  more: Record<string, string | number>,
  told: Partial<Told> = {},
): Told => ({
  ...{ agent, input: 10_000, output: 10_000 },
  more: { 'gen_ai.output.messages': FINE, ...more },
  ...told,
});

const CALLS: readonly Told[] = [
  call('twice', asked('Weather?'), { ago_min: 9 }),
  call('twice', asked('Weather?'), { ago_min: 8 }),
  call('twice', asked('Weather?'), { ago_min: 7 }),
  call('other', asked('Weather in Oslo?')),
  call('refusing', {
    'gen_ai.output.messages': messages('assistant', "I'm sorry, but I can't help with that."),
  }),
  call('silent', { 'gen_ai.output.messages': messages('assistant', '') }),
  call('prose', { 'gen_ai.output.type': 'json' }),
  call('cut', { 'gen_ai.response.finish_reasons': 'length' }),
  call('cold', { 'gen_ai.usage.cache_read.input_tokens': 0 }, { conversation: 'c', ago_min: 5 }),
  call('cold', { 'gen_ai.usage.cache_read.input_tokens': 0 }, { conversation: 'c', ago_min: 4 }),
  call('warm', { 'gen_ai.usage.cache_read.input_tokens': 0 }, { conversation: 'w', ago_min: 5 }),
  call(
    'warm',
    { 'gen_ai.usage.cache_read.input_tokens': 9_000 },
    { conversation: 'w', ago_min: 4 },
  ),
  call('slow', { 'gen_ai.usage.cache_read.input_tokens': 0 }, { conversation: 's', ago_min: 30 }),
  call('slow', { 'gen_ai.usage.cache_read.input_tokens': 0 }, { conversation: 's', ago_min: 3 }),
];

interface Row {
  readonly rule: string;
  readonly agent_name: string;
  readonly calls: number;
  readonly cost_usd: string | null;
  readonly evidence: readonly { readonly trace_id: string; readonly span_id: string }[];
}

let installation: Installation;
let key: string;

beforeAll(async () => {
  installation = await Installation.start(
    { org: 'acme', secret: 'acme-price' },
    { SPANLEDGER_VERDICTS_MS: '50' },
  );
  key = (await installation.key('read', 'acme')).key;
  const ingest = (await installation.key('ingest', 'acme')).key;
  await installation.send('POST', '/v1/traces', ingest, tracesOf(CALLS));
  const query = 'SELECT count() FROM quality';
  await installation.until(
    () => installation.send('POST', '/api/v1/sql', key, { query }),
    ({ text }) => text.includes(`"${CALLS.length}"`),
  );
});
afterAll(() => installation.stop());

test('F9: each rule finds its calls, with their cost and evidence; a call counts once in all', async () => {
  const { text } = await installation.send('GET', '/api/v1/waste', key);
  const answer = JSON.parse(text) as { total: unknown; rows: Row[] };
  const told = answer.rows.map((row) => [row.rule, row.agent_name, row.calls, row.cost_usd]);
  expect(told.toSorted()).toEqual([
    ['cache_miss', 'cold', 1, '0.02'],
    ['empty', 'silent', 1, '0.02'],
    ['invalid_json', 'prose', 1, '0.02'],
    ['refusal', 'refusing', 1, '0.02'],
    ['repeated', 'twice', 2, '0.04'],
    ['truncated', 'cut', 1, '0.02'],
  ]);
  expect(answer.total).toEqual({ calls: 7, unpriced: 0, cost_usd: '0.14' });
  const repeated = answer.rows.find(({ rule }) => rule === 'repeated');
  expect(repeated?.evidence).toHaveLength(2);
  const [trace] = repeated?.evidence ?? [];
  const sql = `SELECT agent_name FROM calls WHERE span_id = '${trace?.span_id}'`;
  const shown = await installation.send('POST', '/api/v1/sql', key, { query: sql });
  expect((JSON.parse(shown.text) as { rows: unknown }).rows).toEqual([['twice']]);
  const line = await installation.command(['waste', '--last', '24h', '--json'], key);
  expect(JSON.parse(line.text)).toEqual(answer);
});

test('F9: another organisation has none of it', async () => {
  const other = (await installation.key('read', 'globex')).key;
  const { text } = await installation.send('GET', '/api/v1/waste', other);
  expect(JSON.parse(text)).toEqual({
    ...{ total: { calls: 0, unpriced: 0, cost_usd: null }, rows: [] },
  });
  expect((await installation.command(['waste'], other)).text).toContain('No rule found waste');
});
