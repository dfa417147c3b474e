// Prices from the outside: of a model without any service, and the whole way from a call without a
// price to its cost, with a real service that reads the file again.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { minus, plus } from '../src/amount.ts';
import { snippetOf } from '../src/price-snippet.ts';
import { run, type Seen } from './run.ts';

const MAIN = path.join(import.meta.dirname, '../dist/main.js');
const LIMIT_MS = 60_000;
const NOBODY = 'http://127.0.0.1:9';

let folder = '';
const file = (): string => path.join(folder, 'prices.yaml');
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'spanledger-prices-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a model, without a service', () => {
  const ask = (...args: string[]): Promise<Seen> =>
    run(['prices', ...args], { columns: 100, env: { SPANLEDGER_URL: NOBODY, NO_COLOR: '1' } });

  it('is priced by the book of this machine, which says so', async () => {
    const { code, out, err } = await ask('o3', '--provider', 'openai', '--at', '2025-06-09');
    expect(code).toBe(0);
    expect(err).toMatch(/cannot reach .*; this is the book of this machine/);
    expect(out).toMatch(/^Price {6}openai\/o3 · genai-prices-/m);
    expect(out).toMatch(/^ +openai\/o3@2025-06-10 +2025-06-10 +– +2\.00 +0\.50 +8\.00$/m);
    expect(out).toMatch(/^● +openai\/o3 +– +2025-06-10 +10\.00 +0\.50 +40\.00$/m);
  });

  it('shows its sizes of input, and fits a narrow terminal', async () => {
    const seen = await run(['prices', 'claude-sonnet-4-5', '--provider', 'anthropic'], {
      columns: 80,
      env: { SPANLEDGER_URL: NOBODY, NO_COLOR: '1' },
    });
    expect(seen.out).toMatch(/above 200,000 input t\S* +6\.00 +0\.60 +7\.50 +12\.00 +22\.50/);
    const widths = seen.out.split('\n').map((line) => [...line].length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });

  it('by a file of one’s own asks no service', async () => {
    await writeFile(file(), 'discounts: [{ org: acme, provider: openai, percent: 25 }]');
    const { out, err } = await ask(
      'gpt-4o',
      '--provider',
      'openai',
      '--org',
      'acme',
      '--file',
      file(),
    );
    expect(err).toBe('');
    expect(out).toMatch(/● +openai\/gpt-4o \(discount 25%\) +1\.875 +0\.9375 +7\.50/);
    expect(out).toMatch(/^ +openai\/gpt-4o +2\.50 +1\.25 +10\.00$/m);
  });

  it('without a price says why and what to do, and ends with 1', async () => {
    const { code, out } = await ask('deepseek-r1:8b');
    expect(code).toBe(1);
    expect(out).toContain('No price   local_model');
    expect(out).toContain('Next       add a row under "prices" in the price file');
    const { out: json } = await ask('gpt-4o', '--provider', 'openai', '--tier', 'flex', '--json');
    expect(JSON.parse(json)).toMatchObject({
      price: null,
      reason: 'tier_not_priced',
      history: [{ price_id: 'openai/gpt-4o', usd_per_million: { output: '10' } }],
    });
  });

  it('by a file that is wrong ends with the line of the mistake', async () => {
    await writeFile(file(), 'prices:\n  - { model: m, input: FILL_IN }\n');
    const { code, err } = await ask('m', '--file', file());
    expect(code).toBe(6);
    expect(err).toContain(`${file()}: line 2: prices[0].input: write dollars per million tokens`);
    const missing = await ask('m', '--file', path.join(folder, 'none.yaml'));
    expect(missing.code).toBe(6);
    expect(missing.err).toContain('there is no such file');
  });
});

describe('what to add to the file', () => {
  const unpriced = (provider: string, model: string, cost_reason: string, service_tier = '') => ({
    ...{ provider, model, cost_reason, service_tier, calls: 1, input: 1, output: 1 },
    ...{ last_trace_id: '', price_id_now: null },
  });
  const rows = [
    unpriced('our: "gate"way', 'gpt-4o', 'unknown_provider'),
    unpriced('', 'Qwen/Qwen2.5-7B', 'no_provider'),
    unpriced('aws.bedrock', 'arn:aws:bedrock:x:1:application-inference-profile/a', 'alias_needed'),
    unpriced('azure.ai.openai', 'team-a', 'unknown_model'),
    unpriced('ollama', 'llama3.2:1b', 'local_model'),
    unpriced('openai', '007', 'unknown_model'),
    unpriced('openai', 'true', 'missing_cache_price'),
    unpriced('perplexity', '@x, y', 'missing_request_price'),
    unpriced('openai', 'gpt-4o', 'tier_not_priced', 'flex'),
    unpriced('openai', 'gpt-4o-mini', 'tier_not_priced', 'flex'),
    unpriced('openai', '', 'no_model'),
  ];

  it('is refused while something is left to fill in, and read when nothing is', async () => {
    const snippet = snippetOf(rows);
    await writeFile(file(), snippet);
    const refused = await run(['prices', 'gpt-4o', '--file', file()]);
    expect(refused.code).toBe(6);
    expect(refused.err).toMatch(/prices\[0\]\.input: write dollars .* and \d+ more/);
    await writeFile(file(), snippetOf(rows.slice(0, 3)));
    const named = await run(['prices', 'gpt-4o', '--file', file()]);
    expect(named.err).toContain('providers[0].is: write what it is in place of FILL_IN');
    const filled = snippet.replaceAll(
      /(percent|per_request|input|output|cache_\w+): FILL_IN/g,
      '$1: 1',
    );
    await writeFile(file(), filled.replaceAll('FILL_IN', 'openai'));
    const { code, out } = await run([
      'prices',
      'llama3.2:1b',
      '--provider',
      'ollama',
      '--file',
      file(),
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out).price).toMatchObject({
      price_id: 'own/ollama/llama3.2:1b',
      usd_per_million: { input_uncached: '1' },
    });
  });

  it('is one entry for one thing', () => {
    expect(snippetOf(rows).match(/tier: flex/g)).toHaveLength(1);
    expect(snippetOf([{ ...rows[0]!, price_id_now: 'openai/gpt-4o' }])).toBe('');
  });
});

it('sums of money are exact', () => {
  expect(plus('0.1', '0.2')).toBe('0.3');
  expect(plus('99999999.999999999999', '0.000000000001')).toBe('100000000');
  expect(plus(null, null)).toBeNull();
  expect(minus('0.000001', '0.3')).toBe('-0.299999');
  expect(minus(null, '5')).toBe('-5');
});

describe('from a call without a price to its cost', () => {
  let up: ChildProcess;
  let url = '';
  const ask = (...args: string[]): Promise<Seen> =>
    run(args, { columns: 100, env: { SPANLEDGER_URL: url, NO_COLOR: '1' } });

  beforeAll(async () => {
    await writeFile(file(), 'currencies: [{ code: EUR, per_usd: 0.5, date: 2026-11-01 }]\n');
    up = spawn(process.execPath, [MAIN, 'up', '--port', '0', '--data', folder, '--json'], {
      env: {
        PATH: process.env['PATH'],
        SPANLEDGER_LOG_LEVEL: 'error',
        SPANLEDGER_PRICES: file(),
        SPANLEDGER_PRICES_RELOAD_MS: '20',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve, reject) => {
      up.stdout?.once('data', (part: Buffer) => resolve(part.toString()));
      up.once('close', (code) => reject(new Error(`up ended with ${code}`)));
    });
    ({ url } = JSON.parse(line.split('\n')[0] ?? ''));
    const sent = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request()),
    });
    expect(sent.status).toBe(200);
    await vi.waitFor(
      async () => {
        const { out } = await ask('report', '--json');
        expect(JSON.parse(out).coverage.calls).toBe(2);
      },
      { timeout: LIMIT_MS },
    );
  }, LIMIT_MS);
  afterAll(async () => {
    up.removeAllListeners('close');
    const ended = new Promise((resolve) => up.once('close', resolve));
    up.kill('SIGTERM');
    await ended;
  }, LIMIT_MS);

  it('report names the check; the check names the model, the reason and what to paste', async () => {
    const report = await ask('report');
    expect(report.out).toContain('cost: 1 × unknown_provider');
    expect(report.out).toMatch(
      /^Prices {5}"npx spanledger prices check --last 30m" says what to add$/m,
    );
    const { code, out } = await ask('prices', 'check', '--last', '1h');
    expect(code).toBe(1);
    expect(out).toContain('1 call without a price in the last 1h');
    expect(out).toMatch(/refund-writer +our-cluster +1 +1,000 +200 +unknown_provider/);
    expect(out).toContain('  - { name: our-cluster, is: FILL_IN }');
    const { out: list } = await ask('prices');
    expect(list).toMatch(/gpt-4o +openai +1 +2\.50 +1\.25 +– +10\.00 +openai\/gpt-4o/);
    expect(list).toMatch(/refund-writer +our-cluster +1( +–){4} +unknown_provider/);
  });

  it('a changed file changes nothing that is stored; recost shows it, does it, and is done', async () => {
    const row = 'prices: [{ model: refund-writer, input: 1, output: 5, source: our cluster }]\n';
    await writeFile(file(), `currencies: [{ code: EUR, per_usd: 0.5, date: 2026-11-01 }]\n${row}`);
    await vi.waitFor(async () => {
      const { out } = await ask('prices', 'check');
      expect(out).toContain('unknown_provider; today own/refund-writer');
    });
    const dry = await ask('recost', '--last', '1h', '--dry-run');
    expect(dry.out).toMatch(
      /refund-writer +our-cluster +1 +1 +0 → 1 +– +\$0\.002000 +\+\$0\.002000/,
    );
    expect(dry.out).toMatch(
      /1 call would change in 2 traces · \$0\.005500 → \$0\.007500 · \+\$0\.002000/,
    );
    expect(dry.out).toContain('Nothing was written');
    expect((await ask('prices', 'check')).code).toBe(1);
    const done = await ask('recost', '--last', '1h', '--json');
    expect(JSON.parse(done.out)).toMatchObject({
      dry_run: false,
      traces: 2,
      models: [
        {
          model: 'refund-writer',
          changed: 1,
          before_usd: null,
          after_usd: '0.002',
          difference_usd: '0.002',
        },
        { model: 'gpt-4o', changed: 0, before_usd: '0.0055', difference_usd: '0' },
      ],
    });
    const again = await ask('recost', '--last', '1h');
    expect(again.out).toContain('0 calls changed in 2 traces');
    const checked = await ask('prices', 'check');
    expect([checked.code, checked.out]).toEqual([
      0,
      'Every call with tokens has a price in the last 30d.\n',
    ]);
  });

  it('a report in another currency names its rate and day', async () => {
    const { out } = await ask('report', '--by', 'model', '--currency', 'EUR');
    expect(out).toMatch(/cost EUR$/m);
    expect(out).toMatch(/gpt-4o .* 0\.002750$/m);
    expect(out).toContain(
      'Rate       1 USD = 0.5 EUR, fixed on 2026-11-01 · what is stored is dollars',
    );
    const { out: json } = await ask('report', '--by', 'model', '--currency', 'EUR', '--json');
    expect(JSON.parse(json)).toMatchObject({
      currency: { code: 'EUR', per_usd: '0.5', date: '2026-11-01' },
      rows: [
        { cost_usd: '0.0055', cost: '0.00275' },
        { cost_usd: '0.002', cost: '0.001' },
      ],
    });
    const { code, err } = await ask('report', '--currency', 'CHF');
    expect(code).toBe(2);
    expect(err).toContain('currency=CHF; configured: EUR');
  });

  it('recost asks for a period', async () => {
    for (const args of [[], ['--last', '1h', '--from', '2026-01-01']]) {
      const { code, err } = await ask('recost', ...args);
      expect([code, err]).toEqual([2, expect.stringContaining('[invalid_period]')]);
    }
  });
});

/** One call that the list prices, and one of a provider that it does not know. */
function request(): unknown {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const whole = (key: string, intValue: string) => ({ key, value: { intValue } });
  const start = BigInt(Date.now() - 60_000) * 1_000_000n;
  const call = (id: string, provider: string, model: string) => ({
    traceId: id.repeat(32),
    spanId: id.repeat(16),
    name: `chat ${model}`,
    kind: 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 1_000_000n),
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', provider),
      text('gen_ai.request.model', model),
      whole('gen_ai.usage.input_tokens', model === 'gpt-4o' ? '1400' : '1000'),
      whole('gen_ai.usage.output_tokens', '200'),
    ],
  });
  const spans = [call('a', 'openai', 'gpt-4o'), call('b', 'our-cluster', 'refund-writer')];
  return { resourceSpans: [{ scopeSpans: [{ scope: { name: 'tests' }, spans }] }] };
}
