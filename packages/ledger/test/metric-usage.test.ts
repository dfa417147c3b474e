// What metrics alone tell: increments of series, resets, repetition, and one telling of each sum.

import { readdirSync, readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { account } from '../src/account.ts';
import { Block, readMetricPoints } from '../src/block.ts';
import type { MetricPoint } from '../src/metric-point.ts';
import { metricSums, metricUsage } from '../src/metric-usage.ts';
import { decodeMetrics } from '../src/metrics.ts';
import { parseRequests } from '../src/requests.ts';

const point = (change: Partial<MetricPoint> = {}): MetricPoint => ({
  org_id: 'acme',
  service_name: 'agent',
  environment: '',
  scope_name: 'lib',
  dialect: 'otel-genai',
  metric: 'gen_ai.client.token.usage',
  provider: 'openai',
  request_model: 'gpt-4o',
  response_model: '',
  quantity: 'input',
  cache_convention: 'unknown',
  reasoning_convention: 'included',
  temporality: 'cumulative',
  series: 's',
  start_time: 1n,
  time: 2n,
  value: 100n,
  ...change,
});

const run = (values: readonly number[], change: Partial<MetricPoint> = {}): MetricPoint[] =>
  values.map((value, i) => point({ time: BigInt(i + 2), value: BigInt(value), ...change }));

const sumOf = (points: readonly MetricPoint[]): bigint =>
  metricSums(points).reduce((sum, { value }) => sum + value, 0n);

describe('a cumulative series counts what it grew by', () => {
  test.each([
    ['the last value, not the sum of exports', run([100, 250, 250]), 250n],
    ['after a fall it was reset', run([100, 250, 40, 60]), 310n],
    ['a reset to nothing', run([100, 0, 0, 30]), 130n],
    ['a new start is a new run', [...run([100, 250]), ...run([70], { start_time: 9n })], 320n],
    ['two processes at once', [...run([5, 9]), ...run([3, 4], { start_time: 9n })], 13n],
    ['another series', [...run([100]), ...run([70], { series: 't' })], 170n],
    ['a delta series counts each point', run([100, 250, 40], { temporality: 'delta' }), 390n],
  ])('%s', (_, points, sum) => {
    expect(sumOf(points)).toBe(sum);
  });
});

const anyPoints = fc.array(
  fc
    .record({
      series: fc.constantFrom('s', 't'),
      start_time: fc.constantFrom(1n, 5n),
      time: fc.bigInt({ min: 5n, max: 12n }),
      value: fc.bigInt({ min: 0n, max: 50n }),
      temporality: fc.constantFrom('delta', 'cumulative'),
    })
    .map((change) =>
      point({ ...change, series: `${change.series} ${change.temporality}` } as MetricPoint),
    ),
  { maxLength: 20 },
);

test('neither order nor repetition nor splitting changes a sum', () => {
  const sorted = (points: readonly MetricPoint[]) =>
    metricSums(points).sort((a, b) => (a.temporality < b.temporality ? -1 : 1));
  fc.assert(
    fc.property(anyPoints, fc.infiniteStream(fc.nat()), (points, random) => {
      const mixed = points
        .flatMap((one) => [one, { ...one }])
        .map((one) => ({ one, at: random.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ one }) => one);
      expect(sorted(mixed)).toEqual(sorted(points));
    }),
  );
});

test('exports that are left out change no sum of a series that only grows', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 12 }), fc.nat(), (steps, skip) => {
      let value = 0;
      const points = run(steps.map((step) => (value += step)));
      const some = points.filter((_, i) => i === points.length - 1 || ((skip >> i) & 1) === 0);
      expect(sumOf(some)).toBe(BigInt(value));
    }),
  );
});

describe('one telling of each sum', () => {
  const told = (
    scope_name: string,
    input: number,
    output: number,
    change: Partial<MetricPoint> = {},
  ) =>
    (['input', 'output'] as const).map((quantity) =>
      point({
        ...{ scope_name, quantity, value: BigInt(quantity === 'input' ? input : output) },
        series: `${scope_name} ${quantity} ${JSON.stringify(change)}`,
        ...change,
      }),
    );
  const usageOf = (points: readonly MetricPoint[]) =>
    metricUsage(metricSums(points)).map((row) => [
      ...[row.scope_name, row.model, row.input_total, row.output_total],
    ]);

  test.each<[string, MetricPoint[], unknown[]]>([
    ['the largest', [...told('a', 100, 30), ...told('b', 240, 60)], [['b', 'gpt-4o', 240, 60]]],
    ['of equal ones either', [...told('b', 9, 3), ...told('a', 9, 3)], [['a', 'gpt-4o', 9, 3]]],
    [
      'model by model',
      [...told('a', 9, 3), ...told('b', 8, 2, { request_model: 'claude-x' })],
      [
        ['b', 'claude-x', 8, 2],
        ['a', 'gpt-4o', 9, 3],
      ],
    ],
    [
      'a model by any of its names is one',
      [
        ...told('a', 9, 3, { response_model: 'gpt-4o-2024-08-06' }),
        ...told('b', 8, 2, { request_model: 'openai/gpt-4o' }),
        ...told('c', 7, 2, { request_model: '', response_model: 'gpt-4o-2024-08-06' }),
      ],
      [['a', 'gpt-4o-2024-08-06', 9, 3]],
    ],
    [
      'a name of an account’s own, told together with the model',
      [
        ...told('a', 9, 3, { request_model: 'our-deployment', response_model: 'gpt-4o' }),
        ...told('b', 8, 2, { request_model: 'our-deployment' }),
      ],
      [['a', 'gpt-4o', 9, 3]],
    ],
    [
      'a telling without models may tell of every one',
      [...told('a', 9, 3), ...told('b', 30, 8, { request_model: '' })],
      [['b', '', 30, 8]],
    ],
    [
      'two families of one scope, two exporters of one family',
      [
        ...told('a', 9, 3),
        ...told('a', 9, 2, { dialect: 'other' }),
        ...told('a', 9, 3, { temporality: 'delta' }),
      ],
      [['a', 'gpt-4o', 9, 3]],
    ],
    ['zeros say nothing', told('a', 0, 0), []],
  ])('%s', (_, points, rows) => {
    expect(usageOf(points)).toEqual(rows);
  });

  test('another service, another organisation', () => {
    const rows = usageOf([
      ...told('a', 9, 3),
      ...told('a', 9, 3, { service_name: 'other' }),
      ...told('a', 9, 3, { org_id: 'other' }),
    ]);
    expect(rows).toHaveLength(3);
  });
});

describe('what an input holds', () => {
  const rowOf = (
    figures: Partial<Record<MetricPoint['quantity'], number>>,
    change: Partial<MetricPoint>,
  ) =>
    metricUsage(
      metricSums(
        Object.entries(figures).map(([quantity, value]) =>
          point({ ...change, quantity, series: quantity, value: BigInt(value) } as MetricPoint),
        ),
      ),
    )[0];

  test.each([
    ['without the cache', { input: 40, cache_read: 80, cache_write: 20 }, 'excluded', 140],
    ['with it', { input: 120, cache_read: 80 }, 'included', 120],
    ['more cache than input', { input: 40, cache_read: 80 }, 'unknown', 120],
    ['not known, and it may hold it', { input: 120, cache_read: 80 }, 'unknown', 120],
  ] as const)('%s', (_, figures, cache_convention, input_total) => {
    expect(rowOf(figures, { cache_convention })).toMatchObject({ input_total, output_total: null });
  });

  test('reasoning beside the output; cost as it was reported; a class that is not named is null', () => {
    const row = rowOf({ output: 20, reasoning: 10, cost: 7 }, { reasoning_convention: 'excluded' });
    expect(row).toMatchObject({
      ...{
        input_total: null,
        cache_read: null,
        cache_write: null,
        usage_reason: 'metric_only',
        doubts: [],
      },
      ...{ output_total: 30, reasoning: 10, reported_cost_usd: 7n },
    });
  });
});

/** As if nothing but the metrics had come. */
test('the metrics of real captures tell no more than was billed, or doubt it', () => {
  const folder = new URL('fixtures/otlp/python/', import.meta.url);
  let told = 0;
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.truth.json'))) {
    const { billed } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
      billed: { input: number; output: number; cached: number };
    };
    const file = name.replace('.truth', '');
    const block = new Block();
    for (const { signal, body } of parseRequests(readFileSync(new URL(file, folder)), file)) {
      if (signal === 'metrics') decodeMetrics(body, block, { org_id: 'default' });
    }
    const rows = metricUsage(metricSums(readMetricPoints(block)));
    if (rows.length === 0) continue;
    told++;
    const input = rows.reduce((sum, row) => sum + (row.input_total ?? 0), 0);
    const output = rows.reduce((sum, row) => sum + (row.output_total ?? 0), 0);
    if (rows.some(({ doubts }) => doubts.includes('stream_output_maybe_plus_start'))) continue;
    const figures = { file, input, output };
    expect(figures).toEqual({
      file,
      input: Math.min(input, billed.input),
      output: Math.min(output, billed.output),
    });
  }
  expect(told).toBeGreaterThan(20);
});

describe('the account of a capture', () => {
  const CLAUDE = new URL('fixtures/otlp/claude-code-2.1.329.json', import.meta.url);
  const requests = parseRequests(readFileSync(CLAUDE), 'claude-code.json');

  test('with its spans or logs, metrics are not used', () => {
    expect(account(requests)).not.toHaveProperty('metric_only');
    const logs = requests.filter(({ signal }) => signal !== 'traces');
    expect(account(logs)).toMatchObject({ totals: { calls: 1, input_total: 140 } });
    expect(account(logs)).not.toHaveProperty('metric_only');
  });

  test('with its metrics alone, their sums stand beside totals of nothing', () => {
    const metrics = requests.filter(({ signal }) => signal === 'metrics');
    for (const sent of [metrics, [...metrics, ...metrics]]) {
      expect(account(sent)).toMatchObject({
        calls: [],
        totals: { calls: 0, input_total: 0, cost_usd: '0' },
        metric_only: [
          {
            ...{ service: 'claude-code', scope: 'com.anthropic.claude_code' },
            ...{ provider: 'anthropic', model: 'claude-sonnet-4-5', usage_reason: 'metric_only' },
            tokens: {
              ...{ input_total: 140, input_uncached: 40, cache_read: 80, cache_write: 20 },
              ...{ output_total: 30, reasoning: null },
            },
            reported_cost_usd: '0.000669',
          },
        ],
      });
    }
  });
});
