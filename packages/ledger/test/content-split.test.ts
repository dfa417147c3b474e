// Content leaves the attributes and nothing else changes: put back by its places it is what was sent,
// in order and byte by byte, and no figure depends on whether it was kept.

import { readdirSync, readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Block } from '../src/block.ts';
import { decodeTraces } from '../src/decode.ts';
import { CONTENT, contentName } from '../src/dialects/content-names.ts';
import type { DecodeLimits } from '../src/limits.ts';
import { decodeLogs } from '../src/logs.ts';
import { anyTraces } from './arbitrary-request.ts';
import { rowsOf, type Row } from './native-rows.ts';
import { json, type LogRecord, protobuf, type Span, traces, type Traces } from './otlp-writer.ts';

const SENDER = { org_id: 'acme' };

type Pairs = [key: string, value: string][];

function blockOf(request: Traces, limits: Partial<DecodeLimits> = {}): Block {
  const block = new Block(limits);
  decodeTraces(protobuf(traces(request)), block, SENDER);
  return block;
}

const keyOf = (row: Row): string =>
  JSON.stringify([row['TraceId'], row['SpanId'], row['EventId'] ?? '', String(row['Version'])]);

/** What was taken from the record (event 0) or one of its events, with the places. */
function takenFrom(content: Row | undefined, event: number): [place: number, ...Pairs[0]][] {
  if (content === undefined) return [];
  const list = (name: string) => content[`Content.${name}`] as never[];
  return list('Event').flatMap((of, i) =>
    of === event ? [[list('Position')[i]!, list('Key')[i]!, list('Value')[i]!]] : [],
  );
}

function putBack(kept: Pairs, taken: [place: number, ...Pairs[0]][]): Pairs {
  const whole: Pairs = [];
  const places = new Map(taken.map(([place, key, value]) => [place, [key, value] as Pairs[0]]));
  const rest = kept.values();
  for (let place = 0; place < kept.length + taken.length; place++) {
    whole.push(places.get(place) ?? rest.next().value!);
  }
  return whole;
}

/** The rows of spans as they were sent. */
function wholeRows(block: Block): Row[] {
  const byKey = new Map(rowsOf(block.parts('genai_content')).map((row) => [keyOf(row), row]));
  return rowsOf(block.parts('otel_traces')).map((row) => {
    const content = byKey.get(keyOf(row));
    return {
      ...row,
      SpanAttributes: putBack(row['SpanAttributes'] as Pairs, takenFrom(content, 0)),
      'Events.Attributes': (row['Events.Attributes'] as Pairs[]).map((kept, event) =>
        putBack(kept, takenFrom(content, event + 1)),
      ),
    };
  });
}

/** The same request under names that mean nothing to anybody, so that nothing is taken out. */
const MEANINGLESS = '~';
const renamed = <Pair extends { key: string }>(pairs: Pair[] | undefined) =>
  pairs === undefined ? {} : { attributes: pairs.map((p) => ({ ...p, key: MEANINGLESS + p.key })) };

function withoutMeaning(request: Traces): Traces {
  const ofSpan = ({ attributes, events, ...rest }: Span): Span => ({
    ...rest,
    ...renamed(attributes),
    ...(events && { events: events.map((event) => ({ ...event, ...renamed(event.attributes) })) }),
  });
  return {
    resourceSpans: (request.resourceSpans ?? []).map((entry) => ({
      ...entry,
      ...(entry.scopeSpans && {
        scopeSpans: entry.scopeSpans.map((scope) => ({
          ...scope,
          ...(scope.spans && { spans: scope.spans.map(ofSpan) }),
        })),
      }),
    })),
  };
}

const plainNames = (pairs: unknown): Pairs =>
  (pairs as Pairs).map(([key, value]) => [key.slice(MEANINGLESS.length), value]);

test('attributes and content together are the attributes that were sent', () => {
  fc.assert(
    fc.property(anyTraces, (request) => {
      const plain = blockOf(withoutMeaning(request));
      expect(plain.parts('genai_content')).toEqual([]);
      const sent = rowsOf(plain.parts('otel_traces')).map((row) => ({
        ...row,
        Version: expect.anything() as unknown,
        SpanAttributes: plainNames(row['SpanAttributes']),
        'Events.Attributes': (row['Events.Attributes'] as Pairs[]).map(plainNames),
      }));
      expect(wholeRows(blockOf(request))).toEqual(sent);
    }),
    { numRuns: 300 },
  );
});

test('facts, and what stays of spans, do not depend on how much content is kept', () => {
  fc.assert(
    fc.property(anyTraces, fc.integer({ min: 0, max: 200 }), (request, content_value_bytes) => {
      const kept = blockOf(request);
      const less = blockOf(request, { content_value_bytes });
      for (const table of ['genai_facts', 'otel_traces'] as const) {
        expect(less.parts(table)).toEqual(kept.parts(table));
      }
    }),
    { numRuns: 100 },
  );
});

test('what is cut off ends with a whole character, and says how long it was', () => {
  fc.assert(
    fc.property(anyTraces, fc.integer({ min: 1, max: 200 }), (request, content_value_bytes) => {
      const whole = rowsOf(blockOf(request).parts('genai_content'));
      const cut = rowsOf(blockOf(request, { content_value_bytes }).parts('genai_content'));
      expect(cut).toHaveLength(whole.length);
      for (const [row, content] of cut.entries()) {
        const texts = whole[row]!['Content.Value'] as string[];
        expect(content['Content.Bytes']).toEqual(texts.map((text) => Buffer.byteLength(text)));
        for (const [i, text] of (content['Content.Value'] as string[]).entries()) {
          expect(texts[i]!.startsWith(text)).toBe(true);
          const missing = Buffer.byteLength(texts[i]!) - Buffer.byteLength(text);
          if (missing > 0) expect(Buffer.byteLength(text)).toBeGreaterThan(content_value_bytes - 4);
          expect(Buffer.byteLength(text)).toBeLessThanOrEqual(content_value_bytes);
        }
      }
    }),
    { numRuns: 100 },
  );
});

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

const span = (change: Span): Traces => ({
  resourceSpans: [
    {
      resource: { attributes: [text('service.name', 'agent')] },
      scopeSpans: [
        {
          scope: { name: 'scope' },
          spans: [
            {
              traceId: '0af7651916cd43dd8448eb211c80319c',
              spanId: 'b7ad6b7169203331',
              startTimeUnixNano: '1700000000000000000',
              endTimeUnixNano: '1700000000000000009',
              ...change,
            },
          ],
        },
      ],
    },
  ],
});

test('a row of content has the key of its span, and the conversation of its fact', () => {
  const attributes = [
    text('gen_ai.operation.name', 'chat'),
    text('gen_ai.conversation.id', 'c1'),
    text('gen_ai.input.messages', '[1]'),
    text('k', 'v'),
    text('gen_ai.input.messages', '[2]'),
  ];
  const events = [
    { name: 'a', attributes: [text('k', 'v')] },
    { name: 'b', attributes: [text('k', 'v'), text('content', 'hi')] },
  ];
  const block = blockOf(span({ attributes, events }));
  const [row] = rowsOf(block.parts('otel_traces'));
  expect(rowsOf(block.parts('genai_content'))).toEqual([
    {
      OrgId: 'acme',
      Timestamp: 1_700_000_000_000_000_000n,
      ServiceName: 'agent',
      Conversation: 'c1',
      TraceId: '0af7651916cd43dd8448eb211c80319c',
      SpanId: 'b7ad6b7169203331',
      EventId: '',
      Version: row!['Version'],
      'Content.Event': [0, 0, 2],
      'Content.Position': [2, 4, 1],
      'Content.Key': ['gen_ai.input.messages', 'gen_ai.input.messages', 'content'],
      'Content.Bytes': [3, 3, 2],
      'Content.Value': ['[1]', '[2]', 'hi'],
      Body: '',
      BodyBytes: 0,
    },
  ]);
});

const CHAT = text('gen_ai.operation.name', 'chat');

describe('what is taken out of a span', () => {
  test.each([
    ['of a call, a word that others use too', [CHAT, text('input', 'x')], ['input']],
    ['of any other span, not that word', [text('input', 'x')], []],
    [
      'of any other span, a name that is nobody else’s',
      [text('input.value', 'x')],
      ['input.value'],
    ],
    ['of a call, a long text', [CHAT, text('own', 'x'.repeat(4_096))], ['own']],
    ['of a call, no short one', [CHAT, text('own', 'x'.repeat(4_095))], []],
    ['of any other span, no long text', [text('db.statement', 'x'.repeat(9_000))], []],
    [
      'of a call, nothing of its error',
      [CHAT, text('exception.stacktrace', 'x'.repeat(9_000))],
      [],
    ],
  ])('%s', (_, attributes, taken) => {
    const rows = rowsOf(blockOf(span({ attributes })).parts('genai_content'));
    expect(rows.flatMap((row) => row['Content.Key'])).toEqual(taken);
  });
});

test('with nothing kept there is no row, and what was not kept is counted', () => {
  const block = new Block({ content_value_bytes: 0 });
  const attributes = [CHAT, text('gen_ai.input.messages', '[1]'), text('k', 'v')];
  const receipt = decodeTraces(protobuf(traces(span({ attributes }))), block, SENDER);
  expect(block.parts('genai_content')).toEqual([]);
  expect(receipt.adjusted.get('content_value_bytes')).toBe(1);
  expect(rowsOf(block.parts('otel_traces'))[0]!['SpanAttributes']).toEqual([
    ['gen_ai.operation.name', 'chat'],
    ['k', 'v'],
  ]);
});

describe('log records', () => {
  const decoded = (record: LogRecord, limits: Partial<DecodeLimits> = {}) => {
    const block = new Block(limits);
    const logRecords = [{ timeUnixNano: '1700000000000000000', ...record }];
    const scope = { name: 'opentelemetry.instrumentation.openai_v2' };
    decodeLogs(json({ resourceLogs: [{ scopeLogs: [{ scope, logRecords }] }] }), block, SENDER);
    const [row] = rowsOf(block.parts('otel_logs'));
    const [content] = rowsOf(block.parts('genai_content'));
    return { row, content };
  };
  const DETAILS = 'gen_ai.client.inference.operation.details';

  test('the body of a message is content, and so are its attributes', () => {
    const attributes = [CHAT, text('gen_ai.input.messages', '[1]')];
    const { row, content } = decoded({
      eventName: DETAILS,
      body: { kvlistValue: { values: [text('content', 'hi')] } },
      attributes,
    });
    expect(row).toMatchObject({ Body: '', LogAttributes: [['gen_ai.operation.name', 'chat']] });
    expect(content).toMatchObject({
      EventId: row!['EventId'],
      Version: row!['Version'],
      Body: '{"content":"hi"}',
      BodyBytes: 16,
      'Content.Position': [1],
      'Content.Value': ['[1]'],
    });
  });

  test('nothing kept: neither body nor attributes, and the row is there', () => {
    const { row, content } = decoded(
      { eventName: DETAILS, body: { stringValue: 'hi' }, attributes: [CHAT] },
      { content_value_bytes: 0 },
    );
    expect(row).toMatchObject({ Body: '', EventName: DETAILS });
    expect(content).toBeUndefined();
  });
});

describe('names', () => {
  test.each([
    ...[
      'gen_ai.prompt.12.tool_calls.0.arguments',
      'gen_ai.prompt',
      'llm.input_messages.0.message.role',
    ],
    ...[
      'llm.openai.messages',
      'mastra.model_step.input',
      'haystack.component.output',
      'genkit:input',
    ],
  ])('%s is content', (name) => expect(contentName(name)).toBe(CONTENT.always));

  test.each([
    ...[
      'gen_ai.prompt.name',
      'gen_ai.usage.input_tokens',
      'llm.token_count.prompt',
      'llm.usage.input',
    ],
    ...[
      'llm.cost.prompt',
      'gen_ai.tool.name',
      'llm.model_name',
      'mastra.metadata.runId',
      '',
      'ai.model.id',
    ],
  ])('%s is none', (name) => expect(contentName(name)).toBe(CONTENT.by_size));
});

test('no capture keeps a text of more than 1,500 bytes among the attributes of its calls', () => {
  const folder = new URL('fixtures/otlp/', import.meta.url);
  const long = new Set<string>();
  for (const name of readdirSync(folder).filter((file) => /(?<!truth)\.json$/.test(file))) {
    const capture: unknown = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
    const requests = Array.isArray(capture)
      ? (capture as { path: string; body: unknown }[])
          .filter(({ path }) => path === '/v1/traces')
          .map(({ body }) => body)
      : [capture];
    const block = new Block();
    for (const request of requests) decodeTraces(json(request), block, SENDER);
    for (const row of rowsOf(block.parts('otel_traces'))) {
      for (const [key, value] of row['SpanAttributes'] as Pairs) {
        if (value.length > 1_500) long.add(key);
      }
    }
  }
  expect([...long]).toEqual([]);
});
