// Metric requests: points that tell tokens are rows, all others are counted, and both encodings of a
// request give the same rows.

import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { Block, readMetricPoints } from '../src/block.ts';
import { SpanledgerError } from '../src/errors.ts';
import type { DecodeLimits } from '../src/limits.ts';
import { decodeMetrics } from '../src/metrics.ts';
import { type Data, type DataPoint, type Metric, type Metrics, metrics } from './metric-writer.ts';
import { bytes, json, type Pair, protobuf, snakeCase } from './otlp-writer.ts';

const SENDER = { org_id: 'acme' };
const CAPTURE = new URL('fixtures/otlp/claude-code-2.1.329.json', import.meta.url);

function decode(body: Parameters<typeof decodeMetrics>[0], limits: Partial<DecodeLimits> = {}) {
  const block = new Block(limits);
  const receipt = decodeMetrics(body, block, SENDER);
  return { receipt, points: readMetricPoints(block) };
}

const pair = (key: string, value: string): Pair => ({ key, value: { stringValue: value } });

const request = (...list: Metric[]): Metrics => ({
  resourceMetrics: [
    {
      resource: { attributes: [pair('service.name', 'agent')] },
      scopeMetrics: [{ scope: { name: 'lib', version: '1' }, metrics: list }],
    },
  ],
});

const POINT: DataPoint = {
  startTimeUnixNano: '1700000000000000000',
  timeUnixNano: '1700000001000000000',
  sum: 120,
  attributes: [
    pair('gen_ai.token.type', 'input'),
    pair('gen_ai.provider.name', 'OpenAI'),
    pair('gen_ai.request.model', 'gpt-4o'),
    pair('gen_ai.response.model', 'gpt-4o-2024-08-06'),
  ],
};

/** A point without a value. */
const { sum: _, ...BARE } = POINT;

const usage = (change: DataPoint = {}, data: Data = {}): Metric => ({
  name: 'gen_ai.client.token.usage',
  histogram: { aggregationTemporality: 2, dataPoints: [{ ...POINT, ...change }], ...data },
});

test('a point of a token metric says what it counts and of what', () => {
  const { receipt, points } = decode(json(request(usage())));
  expect(receipt).toMatchObject({ accepted: 1, not_used: 0 });
  expect(points).toEqual([
    {
      org_id: 'acme',
      service_name: 'agent',
      environment: '',
      scope_name: 'lib',
      dialect: 'otel-genai',
      metric: 'gen_ai.client.token.usage',
      provider: 'openai',
      request_model: 'gpt-4o',
      response_model: 'gpt-4o-2024-08-06',
      quantity: 'input',
      cache_convention: 'unknown',
      reasoning_convention: 'included',
      temporality: 'cumulative',
      series: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      start_time: 1_700_000_000_000_000_000n,
      time: 1_700_000_001_000_000_000n,
      value: 120n,
    },
  ]);
});

test('protobuf and JSON in both spellings give the same points', () => {
  const all = request(
    usage(),
    { ...usage(), gauge: { dataPoints: [{ asInt: '1' }] } },
    {
      name: 'gen_ai.client.token.usage',
      exponentialHistogram: {
        aggregationTemporality: 1,
        dataPoints: [POINT, { ...POINT, flags: 1 }],
      },
    },
    {
      name: 'claude_code.cost.usage',
      sum: { aggregationTemporality: 1, dataPoints: [{ ...BARE, asDouble: 0.000669 }] },
    },
    {
      name: 'gemini_cli.token.usage',
      sum: {
        aggregationTemporality: 1,
        dataPoints: [{ ...BARE, asInt: '7', attributes: [pair('type', 'thought')] }],
      },
    },
  );
  const wire = decode(protobuf(metrics(all)));
  expect(wire.points.map(({ quantity, value }) => [quantity, value])).toEqual([
    ['input', 120n],
    ['input', 120n],
    ['input', 120n],
    ['cost', 669_000_000n],
    ['reasoning', 7n],
  ]);
  expect(wire.receipt).toMatchObject({ accepted: 7, not_used: 2 });
  for (const body of [json(all), json(snakeCase(all))]) expect(decode(body)).toEqual(wire);
});

describe('a point that cannot be added is counted and not used', () => {
  test.each([
    ['a fraction of nothing', usage({ sum: 'NaN' })],
    ['infinite', usage({ sum: 'Infinity' })],
    ['negative', usage({ sum: -1 })],
    ['beyond 2^53', usage({ sum: 2 ** 53 })],
    ['without a value', usage({}, { dataPoints: [BARE] })],
    ['flagged as not recorded', usage({ flags: 1 })],
    ['without a time', usage({ timeUnixNano: '0' })],
    ['of no temporality', usage({}, { aggregationTemporality: 0 })],
    ['of a total', usage({ attributes: [pair('gen_ai.token.type', 'total')] })],
    ['of an inherited name', usage({ attributes: [pair('gen_ai.token.type', 'constructor')] })],
    ['of another metric', { ...usage(), name: 'gen_ai.client.operation.duration' }],
    ['of a gauge', { name: 'gen_ai.client.token.usage', gauge: { dataPoints: [{ asInt: '3' }] } }],
    ['of a summary', { name: 'gen_ai.client.token.usage', summary: { dataPoints: [POINT] } }],
  ] satisfies [string, Metric][])('%s', (_, metric) => {
    for (const body of [json(request(metric)), protobuf(metrics(request(metric)))]) {
      const { receipt, points } = decode(body);
      expect(receipt).toMatchObject({ accepted: 1, not_used: 1 });
      expect(points).toEqual([]);
    }
  });
});

test('a series is of its resource, scope, metric and attributes, in any order', () => {
  const seriesOf = (metric: Metric): string => decode(json(request(metric))).points[0]!.series;
  const reversed = usage({ attributes: [...POINT.attributes!].reverse() });
  expect(seriesOf(reversed)).toBe(seriesOf(usage()));
  expect(seriesOf(usage({ timeUnixNano: '1700000002000000000' }))).toBe(seriesOf(usage()));
  const other = usage({ attributes: [...POINT.attributes!, pair('server.address', 'x')] });
  expect(seriesOf(other)).not.toBe(seriesOf(usage()));
});

test('points beyond the limit and times beyond 2106 are refused and counted', () => {
  const three = usage({}, { dataPoints: [POINT, POINT, POINT] });
  const { receipt } = decode(json(request(three)), { metric_points_per_request: 2 });
  expect(receipt).toMatchObject({ accepted: 2 });
  expect(receipt.refused).toEqual(new Map([['metric_points_per_request', 1]]));
  const late = decode(json(request(usage({ timeUnixNano: String(2n ** 63n) })))).receipt;
  expect([late.accepted, late.refused]).toEqual([0, new Map([['time_out_of_range', 1]])]);
});

test('real metrics of a coding agent', () => {
  const list = JSON.parse(readFileSync(CAPTURE, 'utf8')) as { path: string; body: unknown }[];
  const { receipt, points } = decode(json(list.find(({ path }) => path === '/v1/metrics')!.body));
  expect(receipt).toMatchObject({ accepted: 7, not_used: 2 });
  expect(points.map(({ quantity, value }) => [quantity, value])).toEqual([
    ['cost', 669_000_000n],
    ['input', 40n],
    ['output', 30n],
    ['cache_read', 80n],
    ['cache_write', 20n],
  ]);
});

test('malformed bytes throw and leave the block as it was', () => {
  const whole = metrics(request(usage()));
  const block = new Block();
  decodeMetrics(protobuf(whole), block, SENDER);
  for (let length = 1; length < whole.length; length += 5) {
    const cut = [...whole, ...bytes(1, whole.slice(3, length)).slice(0, -1)];
    expect(() => decodeMetrics(protobuf(cut), block, SENDER)).toThrow(SpanledgerError);
    expect(block.points).toBe(1);
  }
  expect(() => decode(json('{'))).toThrow(SpanledgerError);
});
