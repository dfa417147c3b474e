// Goal: what was acknowledged is counted once, whatever is sent again, restarted or stopped.
// Method: the whole service on a real ClickHouse; the numbers are read from the tables.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { call, recently_ns, request, spanId } from './otlp.ts';
import { Service } from './service.ts';
import { until } from './until.ts';

let service: Service;

beforeEach(async () => {
  service = await Service.start({
    SPANLEDGER_INSERT_ATTEMPTS_MAX: '1',
    SPANLEDGER_BLOCK_DAYS_MAX: '4',
  });
});
afterEach(() => service.stop());

interface Numbers {
  readonly calls: string;
  readonly input: string;
  readonly output: string;
  readonly cost: string;
}

/** Sums of ledger and roll-up; they must always agree. */
async function numbers(): Promise<Numbers> {
  const [ledger] = await service.sql<Numbers>(`
    SELECT toString(count()) AS calls, toString(sum(input_uncached)) AS input,
      toString(sum(output)) AS output, toString(sum(cost_usd)) AS cost FROM calls`);
  const [usage] = await service.sql<Numbers>(`
    SELECT toString(sum(calls)) AS calls, toString(sum(input_uncached)) AS input,
      toString(sum(output)) AS output, toString(sum(cost_usd)) AS cost FROM usage`);
  if (ledger === undefined || usage === undefined) throw new Error('no sums');
  expect(usage).toEqual(ledger);
  return ledger;
}

function send(...ids: readonly number[]): Promise<Response> {
  return service.postJson('/v1/traces', request(...ids.map((id) => call(spanId(id)))));
}

test('the same request five times at once, in other bodies and after a restart is one call', async () => {
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => send(1, 2)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  await service.stopExporter();
  const once = await numbers();
  expect(once).toMatchObject({ calls: '2', input: '240', output: '60' });
  await service.startExporter();
  expect((await send(1, 2)).status).toBe(200);
  expect((await send(2, 1)).status).toBe(200);
  expect((await send(2)).status).toBe(200);
  await service.stopExporter();
  expect(await numbers()).toEqual(once);
});

test('ClickHouse away: 503 with retry-after; back again, what is resent arrives once', async () => {
  expect((await send(1)).status).toBe(200);
  await service.clickhouse.stop();
  const refused = await send(2, 3);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const ready = await fetch(`${service.url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    ready: false,
    reasons: ['ClickHouse does not answer'],
  });
  expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
  await service.startClickHouse();
  expect((await send(2, 3)).status).toBe(200);
  expect((await send(2, 3)).status).toBe(200);
  await service.stopExporter();
  expect(await numbers()).toMatchObject({ calls: '3', input: '360' });
});

test('a service that starts before its ClickHouse is not ready, then is', async () => {
  await service.stopExporter();
  await service.clickhouse.stop();
  await service.startExporter();
  expect((await send(1)).status).toBe(503);
  await service.startClickHouse();
  await until(async () => (await fetch(`${service.url}/readyz`)).status === 200);
  expect((await send(1)).status).toBe(200);
});

test('more days than a block takes: 200 when all parts are stored; a fault between them, once', async () => {
  const days = Array.from({ length: 10 }, (_, day) => recently_ns(day * 3 * 86_400_000));
  const spans = days.map((start, day) =>
    call(spanId(day + 1), {
      traceId: `${day}`.padStart(32, 'f'),
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(start + 1_000_000_000n),
    }),
  );
  const body = request(...spans);
  const stored = 'SELECT uniqExact(SpanId) FROM otel_traces';
  // The parts go in order of time: the first is stored, the second is refused.
  await service.sql(`ALTER TABLE otel_traces ADD CONSTRAINT fault
    CHECK toUnixTimestamp64Nano(Timestamp) != ${days[4]}`);
  const refused = await service.postJson('/v1/traces', body);
  expect([refused.status, await service.figure(stored)]).toEqual([503, '4']);
  await service.sql('ALTER TABLE otel_traces DROP CONSTRAINT fault');
  const taken = await service.postJson('/v1/traces', body);
  expect([taken.status, await service.figure(stored)]).toEqual([200, '10']);
  expect(await taken.json()).toEqual({});
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toContain('spanledger_split_requests_total 2');
  await service.stopExporter();
  expect(await numbers()).toMatchObject({ calls: '10', input: '1200', output: '300' });
});

test('a stop in the middle of a load loses nothing that was acknowledged', async () => {
  const acknowledged: number[] = [];
  const senders = Array.from({ length: 8 }, async (_, sender) => {
    for (let request = 0; request < 40; request++) {
      const id = 1 + sender * 100 + request;
      const status = await send(id).then(
        (response) => response.status,
        () => 0,
      );
      if (status === 200) acknowledged.push(id);
      else return expect([0, 503]).toContain(status);
    }
  });
  await until(() => acknowledged.length >= 50);
  await service.stopExporter();
  await Promise.all(senders);
  expect(acknowledged.length).toBeGreaterThanOrEqual(50);
  const stored = await service.sql<{ span_id: string }>('SELECT span_id FROM calls');
  const ids = new Set(stored.map(({ span_id }) => span_id));
  expect(acknowledged.filter((id) => !ids.has(spanId(id)))).toEqual([]);
  await numbers();
});

test('facts that no memory knows of are found by the sweep at the next start', async () => {
  await service.stopExporter();
  await service.sql(`
    INSERT INTO genai_facts (org_id, trace_id, span_id, version, signal, start_time, duration_ns,
      dialect, kind, operation, provider, request_model, response_model, input_tokens, output_tokens)
    SELECT 'default', repeat('a', 32), repeat('b', 16), 1, 'span', now64(9), 1, 'otel', 'llm', 'chat',
      'openai', 'gpt-4o', 'gpt-4o', 120, 30`);
  expect(await service.figure('SELECT count() FROM calls')).toBe('0');
  await service.startExporter();
  const swept = 'spanledger_jobs_total{job="sweep",outcome="done"} 1';
  await until(async () => (await (await fetch(`${service.url}/metrics`)).text()).includes(swept));
  await service.stopExporter();
  expect(await numbers()).toMatchObject({ calls: '1', input: '120', output: '30' });
});
