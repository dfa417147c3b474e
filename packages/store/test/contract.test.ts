// The columns that blocks and rows bring are the columns of the tables, name by name and type by
// type; and a decoded request goes through them into ClickHouse and back.

import {
  Block,
  CONTENT_COLUMNS,
  EXECUTION_COLUMNS,
  FACT_COLUMNS,
  LEDGER_COLUMNS,
  LOG_COLUMNS,
  METRIC_POINT_COLUMNS,
  TOKEN_CLASSES,
  TRACE_COLUMNS,
  decodeLogs,
  decodeTraces,
  type Body,
} from '@spanledger/ledger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import { DIMENSIONS, PUBLIC_VIEWS, type Store } from '../src/index.ts';
import { VERDICT_COLUMNS } from '../src/quality/verdict-table.ts';
import { MEASURE_NAMES } from '../src/usage/usage-columns.ts';
import { NOON_NS, hex, traceId } from './samples.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let store: Store;
let inside: Connection;
beforeAll(async () => {
  server = await startServer();
  ({ store, inside } = await server.open());
});
afterAll(() => server.stop());

async function columnsOf(table: string): Promise<{ name: string; type: string }[]> {
  const rows = await inside.rows(
    `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}`,
    { table },
  );
  return rows.map((row) => ({ name: String(row['name']), type: String(row['type']) }));
}

/** Beside what blocks and rows bring, each table has these of its own. */
test.each([
  ['otel_traces', TRACE_COLUMNS, ['Hour', 'IngestedAt']],
  ['otel_logs', LOG_COLUMNS, ['Hour', 'IngestedAt']],
  ['genai_content', CONTENT_COLUMNS, ['Hour', 'IngestedAt']],
  ['genai_metric_points', METRIC_POINT_COLUMNS, ['ingested_at']],
  ['genai_facts', FACT_COLUMNS, ['hour', 'ingested_at', 'seeks_others', 'is_sum']],
  [
    'ledger',
    LEDGER_COLUMNS,
    ['hour', 'minute', 'fingerprint', 'settled_at', 'is_deleted', 'written_at'],
  ],
  ['executions', EXECUTION_COLUMNS, ['hour', 'fingerprint', 'settled_at', 'is_deleted']],
  ['answer_verdicts', VERDICT_COLUMNS, ['hour']],
])('%s', async (table, columns, own) => {
  const found = await columnsOf(table);
  const brought = found.filter(({ name }) => !own.includes(name));
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  expect(brought.sort(byName)).toEqual(
    columns.map(({ name, type }) => ({ name, type: String(type) })).sort(byName),
  );
  expect(found.filter(({ name }) => own.includes(name))).toHaveLength(own.length);
});

test.each(['usage_minute', 'usage_hour', 'usage_day'])('%s', async (table) => {
  const names = (await columnsOf(table)).map(({ name }) => name);
  expect(names.toSorted()).toEqual(
    ['org_id', 'time', 'version', ...DIMENSIONS, ...MEASURE_NAMES].toSorted(),
  );
});

test.each(PUBLIC_VIEWS)(
  'the view %s has the organisation, and nothing of how it is kept',
  async (view) => {
    const names = (await columnsOf(view)).map(({ name }) => name);
    expect(names).toContain('org_id');
    for (const inner of ['version', 'settled_at', 'is_deleted', 'fingerprint', 'written_at']) {
      expect(names).not.toContain(inner);
    }
  },
);

test('the views of runs and calls tell tokens in the same classes', async () => {
  for (const view of ['calls', 'runs', 'usage']) {
    const names = (await columnsOf(view)).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...TOKEN_CLASSES]));
  }
});

function bodyOf(value: unknown): Body {
  const text = Buffer.from(JSON.stringify(value));
  const bytes = new Uint8Array(text.length + 64);
  bytes.set(text);
  return { bytes, length: text.length, encoding: 'json' };
}

const attribute = (key: string, value: string | number): unknown => ({
  key,
  value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
});

test('a decoded trace request is in the tables as it was sent', async () => {
  const block = new Block();
  const body = bodyOf({
    resourceSpans: [
      {
        resource: { attributes: [attribute('service.name', 'svc')] },
        scopeSpans: [
          {
            scope: { name: 'lib', version: '1' },
            spans: [
              {
                traceId: traceId('sent'),
                spanId: hex('sent', 16),
                name: 'chat gpt-x',
                kind: 3,
                startTimeUnixNano: String(NOON_NS),
                endTimeUnixNano: String(NOON_NS + 5n),
                attributes: [
                  attribute('gen_ai.operation.name', 'chat'),
                  attribute('gen_ai.request.model', 'gpt-x'),
                  attribute('gen_ai.usage.input_tokens', 12),
                ],
                status: { code: 2, message: 'no' },
                events: [
                  { timeUnixNano: String(NOON_NS), name: 'e', attributes: [attribute('k', 'v')] },
                ],
                links: [{ traceId: traceId('linked'), spanId: hex('linked', 16) }],
              },
            ],
          },
        ],
      },
    ],
  });
  const receipt = decodeTraces(body, block, { org_id: 'default' });
  expect(receipt.accepted).toBe(1);
  for (const table of ['otel_traces', 'genai_facts'] as const) {
    await store.insertBlock(table, block.parts(table), 'sent');
  }
  const [span] = await inside.rows(`SELECT *, toUnixTimestamp64Nano(Timestamp) AS time_ns,
    toUnixTimestamp(Hour) AS hour FROM otel_traces`);
  expect(span).toMatchObject({
    OrgId: 'default',
    TraceId: traceId('sent'),
    SpanName: 'chat gpt-x',
    SpanKind: 'Client',
    ServiceName: 'svc',
    ScopeName: 'lib',
    Duration: '5',
    StatusCode: 'Error',
    StatusMessage: 'no',
    'Events.Name': ['e'],
    'Events.Attributes': [{ k: 'v' }],
    'Links.TraceId': [traceId('linked')],
    time_ns: String(NOON_NS),
    hour: Number(NOON_NS / 1_000_000_000n),
  });
  const lookup = await inside.rows('SELECT OrgId, TraceId FROM otel_traces_trace_id_ts');
  expect(lookup).toEqual([{ OrgId: 'default', TraceId: traceId('sent') }]);
  const facts = await store.ask('trace_facts', { org: 'default', trace: traceId('sent') });
  expect(facts).toMatchObject([{ kind: 'llm', input_tokens: 12, start_time: NOON_NS }]);
  expect(facts[0]!.version).toBeGreaterThan(0n);
});

test('a decoded log request is in its table', async () => {
  const block = new Block();
  const record = {
    timeUnixNano: String(NOON_NS),
    eventName: 'gen_ai.client.inference.operation.details',
    body: { stringValue: 'said' },
    attributes: [
      attribute('gen_ai.operation.name', 'chat'),
      attribute('gen_ai.request.model', 'gpt-x'),
      attribute('gen_ai.usage.input_tokens', 12),
    ],
  };
  const body = bodyOf({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  decodeLogs(body, block, { org_id: 'default' });
  for (const table of ['otel_logs', 'genai_content'] as const) {
    await store.insertBlock(table, block.parts(table), 'sent');
  }
  const { eventName } = record;
  const read = (table: string) => inside.rows(`SELECT EventName, Body FROM ${table}`);
  expect(await read('otel_logs')).toEqual([{ EventName: eventName, Body: '' }]);
  expect(await read('logs_with_content')).toEqual([{ EventName: eventName, Body: 'said' }]);
});
