// The last resort and the unknown: what only metrics tell is answered apart from all calls, and a span
// that no dialect claims is stored, marked and counted.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { attributes, call, recently_ns, request, spanId, TRACE } from './otlp.ts';
import { Service } from './service.ts';

let service: Service;
beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.stop());

const start = String(recently_ns());
const end = String(recently_ns() + 1_000_000_000n);

function metrics(...values: readonly number[]): unknown {
  const dataPoints = ['input', 'output'].flatMap((type, i) => ({
    ...{ startTimeUnixNano: start, timeUnixNano: end, sum: values[i] },
    attributes: attributes({
      'gen_ai.token.type': type,
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
    }),
  }));
  const histogram = { aggregationTemporality: 2, dataPoints };
  const scopeMetrics = [
    { scope: { name: 'lib' }, metrics: [{ name: 'gen_ai.client.token.usage', histogram }] },
  ];
  const resource = { attributes: attributes({ 'service.name': 'support' }) };
  return { resourceMetrics: [{ resource, scopeMetrics }] };
}

interface Usage {
  readonly by: readonly string[];
  readonly rows: readonly unknown[];
  readonly metric_only: readonly Record<string, unknown>[];
}
const usage = (): Promise<Usage> => service.get<Usage>('/api/v1/usage?by=model&last=1h');

test('metrics of a service without usage are answered apart, and the receipt is honest', async () => {
  const answer = await service.postJson('/v1/metrics', metrics(240, 60));
  expect([answer.status, await answer.json()]).toEqual([200, {}]);
  expect((await service.postJson('/v1/metrics', metrics(240, 60))).status).toBe(200);
  expect(await usage()).toEqual({
    by: ['model'],
    rows: [],
    metric_only: [
      {
        ...{ service_name: 'support', scope_name: 'lib', provider: 'openai', model: 'gpt-4o' },
        ...{ input_total: 240, cache_read: null, cache_write: null, output_total: 60 },
        ...{ reasoning: null, reported_cost_usd: null, usage_reason: 'metric_only', doubts: [] },
      },
    ],
  });
  const page = await (await fetch(`${service.url}/metrics`)).text();
  expect(page).toContain('spanledger_accepted_records_total{signal="metrics"} 2');
  expect(page).toContain('spanledger_not_used_records_total{signal="metrics"} 0');
});

test('once a span of the service tells usage, its metrics are not used', async () => {
  expect((await service.postJson('/v1/traces', request(call(spanId(1))))).status).toBe(200);
  expect((await usage()).metric_only).toEqual([]);
});

test('a span that no dialect claims is stored, marked and counted', async () => {
  const strange = call(spanId(7), { attributes: attributes({ 'gen_ai.brand.new': 'x' }) });
  const ordinary = call(spanId(8), { attributes: attributes({ 'http.method': 'GET' }) });
  expect((await service.postJson('/v1/traces', request(strange, ordinary))).status).toBe(200);
  const marked = await service.sql(`SELECT SpanId, dialect FROM otel_traces AS t
    JOIN genai_facts AS f ON f.span_id = t.SpanId WHERE TraceId = '${TRACE}'
      AND SpanId IN ('${spanId(7)}', '${spanId(8)}') ORDER BY SpanId`);
  expect(marked).toEqual([
    { SpanId: spanId(7), dialect: 'unclaimed' },
    { SpanId: spanId(8), dialect: 'plumbing' },
  ]);
  const coverage = await service.get<Record<string, unknown>>('/api/v1/coverage?last=1h');
  expect(coverage).toMatchObject({ unclaimed_spans: { tests: 1 } });
  const page = await (await fetch(`${service.url}/metrics`)).text();
  expect(page).toContain('spanledger_spans_total{dialect="unclaimed"} 1');
  expect(page).toContain('spanledger_spans_total{dialect="plumbing"} 1');
});
