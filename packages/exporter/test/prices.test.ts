// Goal: prices of one's own reach the ledger, a changed file changes no stored row, recosting does,
// exactly and once; nobody recosts without the role or for another organisation.
// Method: the service with a price file and keys of two organisations, over HTTP.

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../src/settings/config.ts';
import { startExporter } from '../src/exporter.ts';
import { attributes, call, recently_ns, request, spanId, TRACE } from './otlp.ts';
import { Service } from './service.ts';

const OWN_MODEL = 'refund-writer-7b';
const LATER_TRACE = 'd'.repeat(32);
const LIMIT_MS = 60_000;
let service: Service;
let folder: string;
let file: string;

const keyOf = (role: string, org: string): string =>
  `${role}:${org}:${createHash('sha256').update(`${role}-${org}`).digest('hex')}`;

const FIRST = `
discounts: [{ org: acme, provider: openai, percent: 10 }]
currencies: [{ code: EUR, per_usd: 0.9, date: 2026-11-01 }]
`;
const SECOND = `${FIRST}
prices: [{ org: acme, model: ${OWN_MODEL}, input: 1, output: 3, source: our cluster }]
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spanledger-prices-'));
  file = join(folder, 'prices.yaml');
  await writeFile(file, FIRST);
  service = await Service.start({
    SPANLEDGER_PRICES: file,
    SPANLEDGER_PRICES_RELOAD_MS: '20',
    SPANLEDGER_KEYS: [
      keyOf('admin', 'acme'),
      keyOf('read', 'acme'),
      keyOf('admin', 'other'),
      keyOf('admin', '*'),
    ].join(),
  });
  const own = attributes({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'our-cluster',
    'gen_ai.request.model': OWN_MODEL,
    'gen_ai.usage.input_tokens': 1_000,
    'gen_ai.usage.output_tokens': 200,
  });
  const hour_ago = recently_ns(4_000_000);
  const later = {
    traceId: LATER_TRACE,
    startTimeUnixNano: String(recently_ns()),
    endTimeUnixNano: String(recently_ns() + 1_000n),
  };
  // The last two are of one trace that reaches over the hour, so that it is met twice.
  const spans = request(
    call(spanId(1)),
    call(spanId(2), { attributes: own }),
    call(spanId(3), { ...later, attributes: own }),
    call(spanId(4), {
      ...later,
      startTimeUnixNano: String(hour_ago),
      endTimeUnixNano: String(hour_ago + 1_000n),
      attributes: own,
    }),
  );
  for (const org of ['acme', 'other']) {
    expect((await post('/v1/traces', `admin-${org}`, spans)).status).toBe(200);
    for (const trace of [TRACE, LATER_TRACE]) {
      await vi.waitFor(
        async () => {
          const { freshness_ms } = await get(`/api/v1/freshness?trace_id=${trace}`, `admin-${org}`);
          expect(freshness_ms).not.toBeNull();
        },
        { timeout: LIMIT_MS },
      );
    }
  }
}, LIMIT_MS);

afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

function get(path: string, key = 'read-acme'): Promise<any> {
  return service.get(path, { authorization: `Bearer ${key}` });
}

function post(path: string, key: string, body: unknown): Promise<Response> {
  return service.postJson(path, body, { authorization: `Bearer ${key}` });
}

async function recost(body: object, key = 'admin-acme'): Promise<any> {
  const models = new Map<string, any>();
  let traces = 0;
  for (let after: unknown = null; ;) {
    const response = await post('/api/v1/recost', key, { last: '3h', ...body, after });
    const answer: any = await response.json();
    expect(response.status, JSON.stringify(answer)).toBe(200);
    traces += answer.traces;
    for (const one of answer.models) {
      const known = models.get(one.model);
      const sum = (name: string) => (known?.[name] ?? 0) + Number(one[name] ?? 0);
      const cost = (name: string) =>
        (known?.[name] ?? 0) + Math.round(Number(one[`${name}_usd`] ?? 0) * 1e9);
      models.set(one.model, {
        calls: sum('calls'),
        changed: sum('changed'),
        priced_after: sum('priced_after'),
        before: cost('before'),
        after: cost('after'),
      });
    }
    if (answer.next === null) return { traces, models: Object.fromEntries(models) };
    after = answer.next;
  }
}

async function costs(org: string): Promise<unknown> {
  const { rows } = await get('/api/v1/usage?by=model&last=3h', `admin-${org}`);
  return Object.fromEntries(rows.map((row: any) => [row.model, row.cost_usd]));
}

test('a discount holds for its organisation, and is named on the row', async () => {
  expect(await costs('acme')).toEqual({ 'gpt-4o': '0.00054', [OWN_MODEL]: null });
  expect(await costs('other')).toEqual({ 'gpt-4o': '0.0006', [OWN_MODEL]: null });
  const { rows } = await get(`/api/v1/traces/${TRACE}`);
  expect(rows.find((row: any) => row.request_model === 'gpt-4o')).toMatchObject({
    price_id: 'openai/gpt-4o (discount 10%)',
    price_book: expect.stringMatching(/\+own-[0-9a-f]{12}$/),
  });
});

test('what has no price is told with its reason, tokens and one of its traces', async () => {
  const { rows } = await get('/api/v1/unpriced?last=3h');
  expect(rows).toEqual([
    expect.objectContaining({
      provider: 'our-cluster',
      model: OWN_MODEL,
      cost_reason: 'unknown_provider',
      calls: 3,
      input: 3_000,
      output: 600,
      last_trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      price_id_now: null,
    }),
  ]);
});

test('a price is told with its source and history; the time and the tier are asked for', async () => {
  const found = await get('/api/v1/prices?model=o3&provider=openai&at=2025-06-09T00:00:00Z');
  expect(found.price).toMatchObject({
    price_id: 'openai/o3 (discount 10%)',
    usd_per_million: { input_uncached: '9', output: '36' },
    until: '2025-06-10',
  });
  expect(found.history.map((row: any) => [row.price_id, row.holds])).toEqual([
    ['openai/o3@2025-06-10', false],
    ['openai/o3', true],
  ]);
  const flex = await get('/api/v1/prices?model=o3&provider=openai&tier=flex');
  expect(flex).toMatchObject({ price: null, reason: 'tier_not_priced' });
  expect(flex.remedy).toContain('"tiers"');
});

test('another currency stands beside the dollars, with its rate and day', async () => {
  const { rows, currency } = await get('/api/v1/usage?by=model&last=3h&currency=eur');
  expect(currency).toEqual({ code: 'EUR', per_usd: '0.9', date: '2026-11-01' });
  expect(rows[0]).toMatchObject({ model: 'gpt-4o', cost_usd: '0.00054', cost: '0.000486' });
  const refused = await fetch(`${service.url}/api/v1/usage?currency=USD`, {
    headers: { authorization: 'Bearer read-acme' },
  });
  expect(await refused.json()).toMatchObject({
    error: { code: 'invalid_parameter', detail: 'currency=USD; configured: EUR' },
  });
});

describe('a changed file', () => {
  test('is used from then on and changes no stored row; a wrong one is not used', async () => {
    const { price_book } = await get('/api/v1/unpriced');
    await writeFile(file, `${SECOND}oops: 1\n`);
    await vi.waitFor(async () => {
      expect(await metric('spanledger_price_file_refused')).toBe(1);
    });
    expect((await get('/api/v1/unpriced')).price_book).toBe(price_book);
    await writeFile(file, SECOND);
    await vi.waitFor(async () => {
      expect((await get('/api/v1/unpriced')).price_book).not.toBe(price_book);
    });
    expect(await metric('spanledger_price_file_refused')).toBe(0);
    expect(await costs('acme')).toEqual({ 'gpt-4o': '0.00054', [OWN_MODEL]: null });
    const { rows } = await get('/api/v1/unpriced?last=3h');
    expect(rows[0].price_id_now).toBe(`own/acme/${OWN_MODEL}`);
    expect(await get('/api/v1/verify?last=3h')).toMatchObject({
      differences: [],
      rows_of_other_books: expect.toSatisfy((rows: number) => rows >= 4),
    });
  });

  test('recosting says before what it does, does it, and does nothing twice', async () => {
    const told = {
      traces: 2,
      models: {
        [OWN_MODEL]: { calls: 3, changed: 3, priced_after: 3, before: 0, after: 4_800_000 },
        'gpt-4o': {
          calls: 1,
          changed: 0,
          priced_after: 1,
          before: 540_000,
          after: 540_000,
        },
      },
    };
    expect(await recost({ dry_run: true })).toEqual(told);
    expect(await costs('acme')).toMatchObject({ [OWN_MODEL]: null });
    expect(await recost({ dry_run: false })).toEqual(told);
    expect(await costs('acme')).toEqual({ 'gpt-4o': '0.00054', [OWN_MODEL]: '0.0048' });
    const again = await recost({ dry_run: false });
    expect(Object.values(again.models).map((one: any) => one.changed)).toEqual([0, 0]);
    expect((await get('/api/v1/unpriced?last=3h')).rows).toEqual([]);
    expect(await get('/api/v1/verify?last=3h')).toMatchObject({
      differences: [],
      rows_of_other_books: 0,
    });
    const { rows } = await get(`/api/v1/traces/${LATER_TRACE}`);
    expect(new Set(rows.map((row: any) => row.price_book)).size).toBe(1);
  });

  test('of one model leaves the traces without it alone', async () => {
    expect(await recost({ dry_run: true, model: 'no-such-model' })).toEqual({
      traces: 0,
      models: {},
    });
    expect((await recost({ dry_run: true, model: 'gpt-4o' })).traces).toBe(1);
  });

  test('touches no other organisation', async () => {
    expect(await costs('other')).toEqual({ 'gpt-4o': '0.0006', [OWN_MODEL]: null });
  });
});

describe('recosting is refused', () => {
  test.each([
    ['read-acme', {}, 403, 'needed: admin'],
    ['admin-other', { org: 'acme' }, 403, 'another organisation'],
    ['admin-acme', { dry_run: 'yes' }, 400, 'dry_run="yes"; allowed: true, false'],
    ['admin-acme', { after: { hour_s: -1, trace_id: '' } }, 400, 'after'],
    ['admin-acme', { last: '3h', from: '2026-01-01T00:00:00Z' }, 400, 'exclude each other'],
  ])('%s %j', async (key, body, status, said) => {
    const response = await post('/api/v1/recost', key, { dry_run: true, ...body });
    expect(response.status).toBe(status);
    expect(JSON.stringify(await response.json()).replaceAll('\\"', '"')).toContain(said);
  });

  test('and prices of another organisation are not told', async () => {
    const response = await fetch(`${service.url}/api/v1/prices?model=gpt-4o&org=other`, {
      headers: { authorization: 'Bearer read-acme' },
    });
    expect(response.status).toBe(403);
  });
});

test('a file that is wrong or not there stops the start, by name and line', async () => {
  const start = (path: string) =>
    startExporter(readConfig({ SPANLEDGER_LOG_LEVEL: 'silent', SPANLEDGER_PRICES: path }));
  const wrong = join(folder, 'wrong.yaml');
  await writeFile(wrong, 'prices:\n  - { model: m, inptu: 1 }\n');
  await expect(start(wrong)).rejects.toThrow(`${wrong}: line 2: prices[0].inptu: no such field`);
  await expect(start(join(folder, 'none.yaml'))).rejects.toThrow(
    'none.yaml: cannot be read, ENOENT',
  );
});

async function metric(name: string): Promise<number> {
  const headers = { authorization: 'Bearer admin-*' };
  const text = await (await fetch(`${service.url}/metrics`, { headers })).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}
