// `spanledger account`: files in, the settled ledger out, as a contract of keys and as a page.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const fixture = (name: string) => path.join(FIXTURES, `${name}.json`);

const TOKENS = [
  'cache_read',
  'cache_write',
  'input_total',
  'input_uncached',
  'output_total',
  'reasoning',
];
const KEYS = {
  calls:
    'agent cost_reason cost_usd counted dialect kind operation provider request_model response_model role rule signal span_id status tokens trace_id usage_reason',
  tools: 'agent duration_ms name span_id status',
  agents: 'calls cost_usd name parent span_id status tokens',
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spanledger-account-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function accountOf(...files: string[]) {
  const { code, out, err } = await run(['account', '--json', ...files]);
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out);
}

describe('as JSON', () => {
  it('has exactly the keys of the contract', async () => {
    for (const name of await readdir(FIXTURES)) {
      const account = await accountOf(path.join(FIXTURES, name));
      expect(Object.keys(account).sort()).toEqual([
        'agents',
        'calls',
        'coverage',
        'tools',
        'totals',
      ]);
      for (const [list, keys] of Object.entries(KEYS)) {
        for (const entry of account[list]) {
          expect(Object.keys(entry).sort().join(' ')).toBe(keys);
          if (entry.tokens) expect(Object.keys(entry.tokens).sort()).toEqual(TOKENS);
        }
      }
      expect(Object.keys(account.totals).sort()).toEqual([...TOKENS, 'calls', 'cost_usd'].sort());
      expect(Object.keys(account.coverage).sort()).toEqual([
        'calls',
        'priced',
        'reasons',
        'with_usage',
      ]);
    }
  });

  it.each([
    ['otel-openai-chat-tool', { calls: 1, input_total: 120, cache_read: null, output_total: 30 }],
    [
      'ai5-generateText-anthropic-tools',
      { calls: 2, input_total: 280, cache_read: 160, output_total: 60 },
    ],
    ['langfuse', { calls: 2, input_total: 240, cache_read: 160, output_total: 60, reasoning: 20 }],
    ['oi-openai-chat-stream-no-usage', { calls: 1, input_total: null, output_total: null }],
  ])('counts each provider call of %s once', async (name, totals) => {
    expect((await accountOf(fixture(name))).totals).toMatchObject(totals);
  });

  it('adds files up, and a file given twice changes nothing', async () => {
    const both = [fixture('langfuse'), fixture('otel-openai-chat-tool')];
    expect((await accountOf(...both)).totals.calls).toBe(3);
    expect(await accountOf(...both, ...both)).toEqual(await accountOf(...both));
  });

  it('reads a list of requests and JSON lines like the requests themselves', async () => {
    const request = JSON.parse(await readFile(fixture('langfuse'), 'utf8'));
    const list = path.join(folder, 'list.json');
    const lines = path.join(folder, 'lines.jsonl');
    await writeFile(list, JSON.stringify([{ path: '/v1/traces', body: request }]));
    await writeFile(lines, `${JSON.stringify(request)}\n${JSON.stringify(request)}\n`);
    const expected = await accountOf(fixture('langfuse'));
    expect(await accountOf(list)).toEqual(expected);
    expect(await accountOf(lines)).toEqual(expected);
  });
});

describe('as a page', () => {
  it.each([80, 140])('at %i columns', async (columns) => {
    const { code, out } = await run(['account', fixture('langfuse')], {
      columns,
      env: { NO_COLOR: '1' },
    });
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(`golden/account-langfuse-${columns}.txt`);
    const widths = out.split('\n').map((line) => [...line].length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });

  it('shows what only metrics tell in a section of its own', async () => {
    const point = (type: string, asInt: string) => ({
      ...{ startTimeUnixNano: '1', timeUnixNano: '2', asInt },
      attributes: [
        { key: 'type', value: { stringValue: type } },
        { key: 'model', value: { stringValue: 'gemini-x' } },
      ],
    });
    const sum = {
      aggregationTemporality: 2,
      dataPoints: [point('input', '120'), point('output', '30')],
    };
    const metrics = [{ name: 'gemini_cli.token.usage', sum }];
    const file = path.join(folder, 'metrics.json');
    await writeFile(file, JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }));
    const { out } = await run(['account', file], { env: { NO_COLOR: '1' } });
    expect(out).toContain('From metrics only: sums, no calls, not in the totals');
    expect(out).toMatch(/gemini-x +120 +– +(– +)?30/);
    expect(out).toMatch(/Total +0 calls/);
  });

  it('shows what is not known as a dash, with the reason', async () => {
    const { out } = await run(['account', fixture('oi-openai-chat-stream-no-usage')]);
    expect(out).toMatch(/unknown/);
    expect(out).toContain('– in (– cached, – written) · – out (– reasoning) · –');
    expect(out).toMatch(/0 of 1 calls with usage/);
  });
});

describe('bad input', () => {
  it('names a file that is missing', async () => {
    const seen = await run(['account', fixture('langfuse'), path.join(folder, 'none.json')]);
    expect(seen).toMatchObject({ code: 6, out: '' });
    expect(seen.err).toMatch(/cannot read .*none\.json: there is no such file/);
  });

  it.each([
    ['broken.json', '{"resourceSpans": [', 'malformed_json'],
    ['broken.pb', '\u000a\u00ff\u0001', 'malformed_protobuf'],
  ])('says of %s what is wrong', async (name, content, code) => {
    const file = path.join(folder, name);
    await writeFile(file, content, 'latin1');
    const seen = await run(['account', file, '--json']);
    expect(seen).toMatchObject({ code: 6, out: '' });
    expect(JSON.parse(seen.err).error).toMatchObject({ code });
  });

  it.each([
    ['empty.json', ''],
    ['list.json', '[]'],
    ['other.json', '{"a":1}'],
    ['elsewhere.json', '[{"path":"/v1/foo","body":{}}]'],
  ])('ends with 6 where %s holds nothing of OTLP', async (name, content) => {
    const file = path.join(folder, name);
    await writeFile(file, content);
    const seen = await run(['account', file, '--json']);
    expect(seen).toMatchObject({ code: 6, out: '' });
    expect(seen.err).toContain(name);
  });

  it.each([
    ['a line that ends early', '{"resourceSpans":[\n'],
    ['a line that the decoder cannot read', '{"resourceSpans":[}}\n'],
  ])('names file and line of %s', async (_, line) => {
    const file = path.join(folder, 'lines.jsonl');
    await writeFile(file, `{"resourceSpans":[]}\n\n${line}{"resourceSpans":[]}\n`);
    const seen = await run(['account', file]);
    expect(seen).toMatchObject({ code: 6, out: '' });
    expect(seen.err).toMatch(/lines\.jsonl line 3\b/);
  });
});

describe('what is refused', () => {
  const span = (spanId: string) => ({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId,
    name: 'chat',
  });
  const request = (...ids: string[]) =>
    JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: ids.map(span) }] }] });

  async function lost(content: string) {
    const file = path.join(folder, 'lossy.jsonl');
    await writeFile(file, content);
    const { code, out, err } = await run(['account', file, '--json']);
    expect(code, err).toBe(0);
    return { account: JSON.parse(out), err: err.replaceAll(`${folder}/`, '') };
  }

  it('is counted by reason, and said with file and line', async () => {
    const { account, err } = await lost(`${request('b7ad6b7169203331')}\n${request('b7', 'c8')}\n`);
    expect(account.refused).toEqual({ spans: { invalid_span_id: 2 } });
    expect(err).toBe('warning lossy.jsonl line 2: 2 spans refused: invalid_span_id\n');
  });

  it('is also an entry that is no request', async () => {
    const { account, err } = await lost(`${request('b7ad6b7169203331')}\n{"a":1}\n`);
    expect(account.refused).toEqual({ entries: { not_otlp: 1 } });
    expect(err).toContain('lossy.jsonl line 2: not used: not an OTLP request');
  });

  it('is also a last line that is still being written; the lines before it are accounted', async () => {
    const whole = JSON.stringify(JSON.parse(await readFile(fixture('langfuse'), 'utf8')));
    const { account, err } = await lost(`${whole}\n${whole.slice(0, 300)}`);
    expect(account.totals).toEqual((await accountOf(fixture('langfuse'))).totals);
    expect(account.refused).toEqual({ entries: { cut_off: 1 } });
    expect(err).toContain('lossy.jsonl line 2: not used: the last line is cut off');
  });
});
