// Content through ClickHouse and back: the views tell a span and a log record as they were sent, in
// order and byte by byte, and look no further than the trace that is asked for.

import { Block, decodeLogs, decodeTraces, type Body, type DecodeLimits } from '@spanledger/ledger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import type { Store } from '../src/index.ts';
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

const SLACK_BYTES = 64;

function bodyOf(value: unknown): Body {
  const text = Buffer.from(JSON.stringify(value));
  const bytes = new Uint8Array(text.length + SLACK_BYTES);
  bytes.set(text);
  return { bytes, length: text.length, encoding: 'json' };
}

type Pairs = readonly (readonly [string, string])[];

interface SentSpan {
  readonly trace: string;
  readonly name?: string;
  readonly org?: string;
  readonly attributes: Pairs;
  readonly events?: readonly Pairs[];
  readonly limits?: Partial<DecodeLimits>;
}

const listed = (pairs: Pairs) =>
  pairs.map(([key, stringValue]) => ({ key, value: { stringValue } }));

async function send(sent: SentSpan): Promise<void> {
  const { trace, name = 'span', org = 'acme', attributes, events = [], limits = {} } = sent;
  const block = new Block(limits);
  const span = {
    traceId: traceId(trace),
    spanId: hex(trace + name, 16),
    name,
    startTimeUnixNano: String(NOON_NS),
    endTimeUnixNano: String(NOON_NS + 5n),
    attributes: listed(attributes),
    events: events.map((pairs) => ({ name: 'e', attributes: listed(pairs) })),
  };
  const body = bodyOf({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  decodeTraces(body, block, { org_id: org });
  for (const table of ['otel_traces', 'genai_content'] as const) {
    await store.insertBlock(
      table,
      block.parts(table),
      `${trace} ${name} ${org} ${attributes.length}`,
    );
  }
}

/** Attributes of a trace's spans and of their events, as the view tells them. */
const told = async (trace: string, where = '') =>
  (
    await inside.rows(
      `SELECT mapKeys(SpanAttributes) AS keys, mapValues(SpanAttributes) AS values,
         arrayMap(m -> arrayZip(mapKeys(m), mapValues(m)), Events.Attributes) AS events
       FROM spans_with_content WHERE TraceId = {trace:String} ${where} ORDER BY SpanName`,
      { trace: traceId(trace) },
    )
  ).map((row) => ({
    attributes: (row['keys'] as string[]).map((key, i) => [key, (row['values'] as string[])[i]]),
    events: (row['events'] as string[][][]).map((pairs) =>
      pairs.map((pair) => Object.values(pair)),
    ),
  }));

const CHAT: Pairs[number] = ['gen_ai.operation.name', 'chat'];
const LONG = 'ä\n"\\\u0000😀 '.repeat(3_000);

test.each<[string, Pairs, readonly Pairs[]]>([
  ['nothing', [], []],
  ['no content', [CHAT, ['k', 'v']], [[['k', 'v']]]],
  ['content first', [['gen_ai.input.messages', '[1]'], CHAT], []],
  ['content last', [CHAT, ['gen_ai.output.messages', '']], []],
  ['content alone', [['gen_ai.prompt', LONG]], []],
  [
    'one key again and again',
    [
      ['k', '1'],
      ['gen_ai.prompt', 'a'],
      ['k', '2'],
      ['gen_ai.prompt', 'b'],
      ['k', ''],
    ],
    [],
  ],
  ['a long text of an unknown name', [CHAT, ['own', LONG], ['own', LONG], ['x', 'y']], []],
  [
    'events',
    [CHAT, ['gen_ai.prompt', 'p']],
    [
      [['k', 'v']],
      [],
      [
        ['content', 'c'],
        ['k', 'v'],
        ['content', LONG],
      ],
      [['content', '']],
    ],
  ],
  ['content in events only', [CHAT], [[['content', 'c']]]],
])('as sent: %s', async (trace, attributes, events) => {
  await send({ trace, attributes, events });
  expect(await told(trace)).toEqual([{ attributes, events }]);
});

test('a span that came in two versions is told with the content of its own', async () => {
  const trace = 'two versions';
  const versions = [
    [CHAT, ['gen_ai.prompt', 'first']],
    [CHAT, ['gen_ai.prompt', 'second'], ['k', 'v']],
    [CHAT],
  ] as const satisfies Pairs[];
  for (const attributes of versions) await send({ trace, attributes });
  const [one] = await told(trace);
  expect(versions.map((attributes) => attributes.map((pair) => [...pair]))).toContainEqual(
    one!.attributes,
  );
  await inside.command('OPTIMIZE TABLE otel_traces FINAL');
  await inside.command('OPTIMIZE TABLE genai_content FINAL');
  expect(await told(trace)).toEqual([one]);
});

test('a span that was sent again is told once', async () => {
  const attributes: Pairs = [CHAT, ['gen_ai.prompt', 'again']];
  const sent = { trace: 'again', attributes };
  await send(sent);
  await send({ ...sent, limits: { dictionary_entries_kept: 1 } });
  expect(await told('again')).toHaveLength(1);
});

test('two organisations with the same ids keep their own content', async () => {
  for (const org of ['acme', 'globex']) {
    await send({ trace: 'shared', org, attributes: [['gen_ai.prompt', `of ${org}`]] });
  }
  for (const org of ['acme', 'globex']) {
    const spans = await told('shared', `AND OrgId = '${org}'`);
    expect(spans).toEqual([{ attributes: [['gen_ai.prompt', `of ${org}`]], events: [] }]);
  }
});

test('what was cut off is told as far as it was kept, beside its size', async () => {
  const attributes: Pairs = [CHAT, ['gen_ai.prompt', 'ääää']];
  await send({ trace: 'cut', attributes, limits: { content_value_bytes: 5 } });
  expect((await told('cut'))[0]!.attributes).toEqual([CHAT, ['gen_ai.prompt', 'ää']]);
  const [row] = await inside.rows(
    'SELECT Content.Bytes AS bytes FROM genai_content WHERE TraceId = {trace:String}',
    { trace: traceId('cut') },
  );
  expect(row).toEqual({ bytes: [8] });
});

test('a log record is told as sent', async () => {
  const block = new Block();
  const pairs: Pairs = [CHAT, ['gen_ai.input.messages', '[1]'], ['k', 'v']];
  const record = {
    timeUnixNano: String(NOON_NS),
    eventName: 'gen_ai.client.inference.operation.details',
    body: { kvlistValue: { values: listed([['content', LONG]]) } },
    attributes: listed(pairs),
  };
  const body = bodyOf({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  decodeLogs(body, block, { org_id: 'acme' });
  for (const table of ['otel_logs', 'genai_content'] as const) {
    await store.insertBlock(table, block.parts(table), 'log');
  }
  const [row] = await inside.rows(`SELECT Body, mapKeys(LogAttributes) AS keys,
    mapValues(LogAttributes) AS values FROM logs_with_content`);
  expect(row).toEqual({
    Body: JSON.stringify({ content: LONG }),
    keys: pairs.map(([key]) => key),
    values: pairs.map(([, value]) => value),
  });
});

test('a trace panel that is given the view finds the time of a trace, and its spans in it', async () => {
  const trace = 'panel';
  await send({ trace, attributes: [CHAT, ['gen_ai.prompt', 'p']] });
  const rows = await inside.rows(
    `WITH
       (SELECT min(Start) FROM spans_with_content_trace_id_ts WHERE TraceId = {trace:String}) AS first,
       (SELECT max(End) + 1 FROM spans_with_content_trace_id_ts WHERE TraceId = {trace:String}) AS last
     SELECT SpanName, arrayMap(key -> map('key', key, 'value', SpanAttributes[key]),
       mapKeys(SpanAttributes)) AS tags
     FROM spans_with_content
     WHERE TraceId = {trace:String} AND Timestamp >= first AND Timestamp <= last`,
    { trace: traceId(trace) },
  );
  expect(rows).toEqual([
    {
      SpanName: 'span',
      tags: [
        { key: CHAT[0], value: CHAT[1] },
        { key: 'gen_ai.prompt', value: 'p' },
      ],
    },
  ]);
});

test('reading one trace reads the granules of that trace alone', async () => {
  await inside.command(`INSERT INTO genai_content
    (OrgId, Timestamp, ServiceName, TraceId, SpanId, Content.Event, Content.Position, Content.Key,
     Content.Bytes, Content.Value)
    SELECT 'acme', fromUnixTimestamp64Nano(${NOON_NS}), 'svc', hex(sipHash128(number)), 's',
      [0], [0], ['gen_ai.prompt'], [4], ['text'] FROM numbers(50000)`);
  const plan = await inside.rows(
    `EXPLAIN indexes = 1 SELECT SpanAttributes FROM spans_with_content
     WHERE OrgId = 'acme' AND TraceId = {trace:String}`,
    { trace: traceId('shared') },
  );
  const lines = plan.map((row) => String(row['explain']));
  const ofContent = lines.slice(lines.findIndex((line) => /ReadFrom.*genai_content/.test(line)));
  const [, granules] = /Granules: (\d+)/.exec(ofContent.join('\n')) ?? [];
  expect(Number(granules)).toBeLessThan(10);
});
