// Goal: limits hold from outside. Method: the service with small limits on a real ClickHouse; what is
// beyond them gets its answer and its counter, and everything else goes on.

import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { call, recently_ns, request, spanId, TRACE } from './otlp.ts';
import { Service } from './service.ts';
import { until } from './until.ts';

let service: Service | null = null;

afterEach(async () => {
  await service?.stop();
  service = null;
});

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

async function metric(target: Service, name: string, key = ''): Promise<number> {
  const headers = key === '' ? {} : bearer(key);
  const page = await (await fetch(`${target.url}/metrics`, { headers })).text();
  const line = page.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? NaN);
}

test('a rate is of one organisation: 429 says when to come again, and others are taken', async () => {
  service = await Service.start({
    SPANLEDGER_KEYS: ['flood', 'small']
      .map((org) => `ingest:${org}:${hashOf(org)}`)
      .concat(`admin:*:${hashOf('operator')}`)
      .join(','),
    SPANLEDGER_RATE_REQUESTS_PER_S: '1',
    SPANLEDGER_RATE_BYTES_PER_S: '1000',
    SPANLEDGER_RATE_BURST_S: '60',
  });
  const send = (org: string, number: number, note: string): Promise<Response> => {
    const span = call(spanId(number), { name: note });
    return (service as Service).postJson('/v1/traces', request(span), bearer(org));
  };
  expect((await send('flood', 1, 'x'.repeat(90_000))).status, 'the burst and more').toBe(200);
  const refused = await send('flood', 2, 'chat');
  expect(refused.status).toBe(429);
  const seconds = Number(refused.headers.get('retry-after'));
  expect(seconds, 'some 30,000 bytes are owed at 1,000 a second').toBeGreaterThan(20);
  expect(seconds).toBeLessThanOrEqual(32);
  expect(await refused.json()).toMatchObject({ code: 8 });
  expect((await send('small', 3, 'chat')).status).toBe(200);
  expect(await metric(service, 'spanledger_rate_limited_total{rate="bytes"}', 'operator')).toBe(1);
});

test('a trace beyond what an answer may hold is left and named, and stops no other', async () => {
  service = await Service.start({ SPANLEDGER_CLICKHOUSE_ANSWER_BYTES_MAX: '1048576' });
  const target = service;
  const small = Array.from({ length: 20 }, (_, at) =>
    call(spanId(at + 1), { traceId: traceId(at) }),
  );
  // Hours before the others, or it would be part of what they are settled with.
  const start_ns = recently_ns(6 * 3_600_000);
  const times = {
    startTimeUnixNano: String(start_ns),
    endTimeUnixNano: String(start_ns + 1_000_000_000n),
  };
  const large = Array.from({ length: 4_000 }, (_, at) => call(spanId(at + 1_000), times));
  expect((await target.postJson('/v1/traces', request(...small.slice(0, 10)))).status).toBe(200);
  expect((await target.postJson('/v1/traces', request(...large))).status).toBe(200);
  expect((await target.postJson('/v1/traces', request(...small.slice(10)))).status).toBe(200);
  const calls = "SELECT countIf(counted) FROM ledger FINAL WHERE trace_id != '" + TRACE + "'";
  await until(async () => (await target.figure(calls)) === '20');
  await until(async () => (await metric(target, 'spanledger_unsettled_traces_total')) > 0);
  expect(await target.figure('SELECT count() FROM genai_facts FINAL')).toBe('4020');
  expect((await fetch(`${target.url}/readyz`)).status).toBe(200);
});

function traceId(number: number): string {
  return (number + 1).toString(16).padStart(32, 'a');
}

test('questions at once are bounded, and an organisation has its share of them', async () => {
  service = await Service.start({ SPANLEDGER_QUESTIONS_MAX: '2' });
  const target = service;
  const asked = await Promise.all(
    Array.from({ length: 40 }, () => fetch(`${target.url}/api/v1/usage?last=1h`)),
  );
  const refused = asked.filter(({ status }) => status === 503);
  expect(refused.length + asked.filter(({ status }) => status === 200).length).toBe(40);
  expect(refused.length).toBeGreaterThan(0);
  for (const one of refused) expect(one.headers.get('retry-after')).toBe('1');
  const all = await metric(target, 'spanledger_busy_total{limit="questions"}');
  const own = await metric(target, 'spanledger_busy_total{limit="questions_of_organisation"}');
  expect(all + own).toBe(refused.length);
});
