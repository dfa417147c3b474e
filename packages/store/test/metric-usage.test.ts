// What metrics alone tell, asked of ClickHouse: the same sums as the ledger's own rule over the same
// points, however they arrived, and only of services that told no usage otherwise.

import {
  FACT_COLUMNS,
  METRIC_POINT_COLUMNS,
  encodeRows,
  metricSums,
  type MetricPoint,
  type MetricSum,
} from '@spanledger/ledger';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import type { Store } from '../src/index.ts';
import { fact, HOUR_NS, NOON_NS, NOON_S, SECOND_NS } from './samples.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let store: Store;
let inside: Connection;
beforeAll(async () => {
  server = await startServer();
  ({ store, inside } = await server.open());
});
beforeEach(async () => {
  for (const table of ['genai_metric_points', 'services_with_usage', 'genai_facts']) {
    await inside.command(`TRUNCATE TABLE ${table}`);
  }
});
afterAll(() => server.stop());

const DAY_NS = 24n * HOUR_NS;
const WEEK = { org: 'default', from_s: NOON_S - 7 * 86_400, to_s: NOON_S + 7 * 86_400 };

const point = (change: Partial<MetricPoint> = {}): MetricPoint => ({
  ...{ org_id: 'default', service_name: 'agent', environment: '', scope_name: 'lib' },
  ...{ dialect: 'otel-genai', metric: 'gen_ai.client.token.usage', provider: 'openai' },
  ...{ request_model: 'gpt-4o', response_model: '', quantity: 'input', temporality: 'cumulative' },
  ...{ cache_convention: 'unknown', reasoning_convention: 'included', series: 's' },
  ...{ start_time: NOON_NS - HOUR_NS, time: NOON_NS, value: 100n },
  ...change,
});

let token = 0;
const insert = (points: readonly MetricPoint[]): Promise<void> =>
  store.insertBlock(
    'genai_metric_points',
    encodeRows(METRIC_POINT_COLUMNS, points),
    `points ${++token}`,
  );

const sorted = (sums: readonly MetricSum[]): string[] =>
  sums
    .filter(({ value }) => value > 0n)
    .map(({ quantity, temporality, scope_name, value }) =>
      [scope_name, quantity, temporality, value].join(' '),
    )
    .toSorted();

const anyPoint = fc
  .record({
    series: fc.constantFrom('s', 't'),
    start: fc.constantFrom(1n, 5n),
    time: fc.bigInt({ min: 0n, max: 9n }),
    value: fc.bigInt({ min: 0n, max: 50n }),
    quantity: fc.constantFrom('input', 'output', 'cost'),
    temporality: fc.constantFrom('delta', 'cumulative'),
  })
  .map(({ start, time, series, ...change }) =>
    point({
      ...change,
      series: `${series} ${change.quantity} ${change.temporality}`,
      start_time: NOON_NS - HOUR_NS + start,
      time: NOON_NS + time * 40n * SECOND_NS,
    } as Partial<MetricPoint>),
  );

test('the sums are those of the rule, in whatever blocks the points arrived', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyPoint, { minLength: 1, maxLength: 24 }), async (points) => {
      await inside.command('TRUNCATE TABLE genai_metric_points');
      await insert(points.slice(points.length >> 1));
      await insert(points);
      const found = await store.ask('metric_usage', WEEK);
      expect(sorted(found)).toEqual(sorted(metricSums(points)));
    }),
    { numRuns: 15 },
  );
});

test('a period counts what a series grew by in it', async () => {
  const hours = [0n, 1n, 2n].map((hour) =>
    point({ time: NOON_NS + hour * HOUR_NS, value: 100n + hour * 10n }),
  );
  await insert(hours);
  const second = { ...WEEK, from_s: NOON_S + 3_600, to_s: NOON_S + 7_200 };
  expect((await store.ask('metric_usage', second)).map(({ value }) => value)).toEqual([10n]);
});

describe('a service that told usage in spans or logs', () => {
  const tell = (given: Parameters<typeof fact>[0]) =>
    store.insertBlock(
      'genai_facts',
      encodeRows(FACT_COLUMNS, [fact({ service_name: 'agent', ...given })]),
      `facts ${++token}`,
    );

  test.each([
    ['the same day', {}, 0],
    ['the day before', { start_time: NOON_NS - DAY_NS }, 0],
    ['the day after', { start_time: NOON_NS + DAY_NS }, 0],
    ['two days before', { start_time: NOON_NS - 2n * DAY_NS }, 1],
    ['as a log event', { signal: 'log' as const, event_id: 'e' }, 0],
    ['another service', { service_name: 'other' }, 1],
    ['another organisation', { org_id: 'other' }, 1],
    ['spans without usage', { input_tokens: null }, 1],
    ['zeros, which mean unknown', { input_tokens: 0, output_tokens: 0 }, 1],
  ])('%s', async (_, given, rows) => {
    await insert([point()]);
    await tell({ input_tokens: 7, ...given });
    expect(await store.ask('metric_usage', WEEK)).toHaveLength(rows);
  });
});

test('the view tells tokens and money in columns of their own', async () => {
  await insert([
    point({ value: 7n }),
    point({ quantity: 'cost', series: 'c', value: 1_500_000_000n }),
  ]);
  const rows = await inside.rows(`SELECT quantity, tokens, toString(reported_cost_usd) AS usd,
    usage_reason FROM metric_usage ORDER BY quantity`);
  expect(rows).toEqual([
    { quantity: 'cost', tokens: null, usd: '0.0015', usage_reason: 'metric_only' },
    { quantity: 'input', tokens: '7', usd: null, usage_reason: 'metric_only' },
  ]);
});
