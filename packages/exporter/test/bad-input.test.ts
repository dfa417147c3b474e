// Goal: whatever is sent, there is one exact answer, nothing is lost beside it, and the service
// keeps serving. Method: a table of bad requests over HTTP; a good one after each.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  attributes,
  call,
  message,
  protobufRequest,
  recently_ns,
  request,
  spanId,
  TRACE,
} from './otlp.ts';
import { Service } from './service.ts';
import { until } from './until.ts';

let service: Service;
let serial = 0;

beforeAll(async () => {
  service = await Service.start({ SPANLEDGER_BODY_DECOMPRESSED_BYTES_MAX: String(1024 * 1024) });
});
afterAll(() => service.stop());

async function keepsServing(): Promise<void> {
  const id = spanId(1_000_000 + serial++);
  const response = await service.postJson('/v1/traces', request(call(id)));
  expect(response.status).toBe(200);
  expect(await service.figure(`SELECT count() FROM otel_traces WHERE SpanId = '${id}'`)).toBe('1');
}

/** What was stored for a span, raw and as a fact. */
async function stored(id: string): Promise<Record<string, unknown>> {
  const [row] = await service.sql<Record<string, unknown>>(`
    SELECT r.*, f.* FROM (SELECT * FROM otel_traces FINAL WHERE SpanId = '${id}') AS r
    LEFT JOIN (SELECT * FROM genai_facts FINAL WHERE span_id = '${id}') AS f ON f.span_id = r.SpanId`);
  if (row === undefined) throw new Error(`span ${id} is not stored`);
  return row;
}

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
const TRACE_BYTES = Buffer.from(TRACE, 'hex');
const SPAN_BYTES = Buffer.from(spanId(77), 'hex');
const BOMB = gzipSync(new Uint8Array(20 * 1024 * 1024));
const GOOD = JSON.stringify(request(call(spanId(1))));

describe('refused as a whole', () => {
  test.each<[string, string | Uint8Array, Record<string, string>, number, number, string]>([
    [
      'protobuf that is noise',
      Buffer.from([0xff, 0xff, 0xff]),
      { 'content-type': PROTOBUF },
      400,
      3,
      'protobuf',
    ],
    [
      'protobuf cut off',
      protobufRequest([TRACE_BYTES, SPAN_BYTES]).subarray(0, -5),
      { 'content-type': PROTOBUF },
      400,
      3,
      'protobuf',
    ],
    ['protobuf that is JSON', GOOD, { 'content-type': PROTOBUF }, 400, 3, 'protobuf'],
    ['JSON cut off', GOOD.slice(0, -3), { 'content-type': JSON_TYPE }, 400, 3, 'JSON'],
    ['JSON that is a list', '[]', { 'content-type': JSON_TYPE }, 400, 3, 'JSON'],
    ['JSON that is nothing', '', { 'content-type': JSON_TYPE }, 400, 3, 'JSON'],
    ['JSON nested without end', '['.repeat(100_000), { 'content-type': JSON_TYPE }, 400, 3, 'JSON'],
    ['text', GOOD, { 'content-type': 'text/plain' }, 415, 3, 'text/plain'],
    ['no content-type', Buffer.from(GOOD), {}, 415, 3, 'none'],
    [
      'an unknown encoding',
      GOOD,
      { 'content-type': JSON_TYPE, 'content-encoding': 'br' },
      415,
      3,
      'br',
    ],
    [
      'gzip that ends early',
      gzipSync(GOOD).subarray(0, -9),
      { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' },
      400,
      3,
      'gzip',
    ],
    [
      'gzip that is none',
      GOOD,
      { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' },
      400,
      3,
      'gzip',
    ],
    [
      'a zip bomb',
      BOMB,
      { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' },
      413,
      8,
      '1048576 bytes',
    ],
    [
      'a body over the limit',
      new Uint8Array(21 * 1024 * 1024),
      { 'content-type': PROTOBUF },
      413,
      8,
      '20971520 bytes',
    ],
  ])('%s', async (_, body, headers, status, code, words) => {
    const before = await service.figure('SELECT count() FROM otel_traces');
    const response = await service.post('/v1/traces', body, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe(null);
    if (headers['content-type'] === PROTOBUF) {
      expect(response.headers.get('content-type')).toBe(PROTOBUF);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect([...bytes.subarray(0, 3)]).toEqual([0x08, code, 0x12]);
      expect(bytes.toString()).toContain(words);
    } else {
      expect(response.headers.get('content-type')).toBe(JSON_TYPE);
      expect(await response.json()).toEqual({ code, message: expect.stringContaining(words) });
    }
    expect(await service.figure('SELECT count() FROM otel_traces')).toBe(before);
    await keepsServing();
  });

  test.each([
    ['GET', '/v1/traces', 405],
    ['PUT', '/v1/logs', 405],
    ['POST', '/v1/profiles', 404],
    ['GET', '/nothing', 404],
    ['POST', '/v1/traces/', 404],
  ])('%s %s is %i', async (method, path, status) => {
    const response = await fetch(service.url + path, { method });
    expect(response.status).toBe(status);
    if (status === 405) expect(response.headers.get('allow')).toBe('POST');
    await keepsServing();
  });
});

describe('one bad span is refused and counted, its neighbours are stored', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['no trace id', { traceId: undefined }, 'missing_trace_id'],
    ['an empty trace id', { traceId: '' }, 'missing_trace_id'],
    ['no span id', { spanId: undefined }, 'missing_span_id'],
    ['a short trace id', { traceId: '0af7' }, 'invalid_trace_id'],
    ['a long trace id', { traceId: `${TRACE}00` }, 'invalid_trace_id'],
    ['a short span id', { spanId: '0af7' }, 'invalid_span_id'],
    ['a trace id of zeros', { traceId: '0'.repeat(32) }, 'zero_trace_id'],
    ['a span id of zeros', { spanId: '0'.repeat(16) }, 'zero_span_id'],
    ['a start beyond 2106', { startTimeUnixNano: '9223372036854775807' }, 'time_out_of_range'],
  ])('%s', async (_, changes, reason) => {
    const good = spanId(2_000 + serial++);
    const response = await service.postJson(
      '/v1/traces',
      request(call(spanId(1), changes), call(good)),
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: `${reason}: 1` },
    });
    await stored(good);
    await keepsServing();
  });

  test('in protobuf the answer is a partial success with count and reason', async () => {
    const body = protobufRequest([TRACE_BYTES, Buffer.from([1, 2, 3])]);
    const response = await service.postProtobuf('/v1/traces', body);
    expect(response.status).toBe(200);
    const answer = Buffer.from(await response.arrayBuffer());
    expect(answer).toEqual(message([1, message([1, 1], [2, 'invalid_span_id: 1'])]));
  });
});

describe('strange but accepted', () => {
  async function accepted(
    id: string,
    changes: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const response = await service.postJson('/v1/traces', request(call(id, changes)));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({});
    await keepsServing();
    return stored(id);
  }

  function withUsage(usage: Record<string, unknown>): Record<string, unknown> {
    const list = attributes({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' });
    const given = Object.entries(usage).map(([key, value]) => ({
      key: `gen_ai.usage.${key}`,
      value,
    }));
    return { attributes: [...list, ...given] };
  }

  test('nothing at all in protobuf is an empty request', async () => {
    const response = await service.postProtobuf('/v1/traces', new Uint8Array(0));
    expect(response.status).toBe(200);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    expect((await service.postJson('/v1/traces', {})).status).toBe(200);
  });

  test('times that run backwards', async () => {
    const end = String(recently_ns() - 5_000_000_000n);
    const row = await accepted(spanId(3_001), { endTimeUnixNano: end });
    expect(row['duration_ns']).toBe(0);
  });

  test('more attributes than the limit: the span stays, the rest is counted', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => ({
      key: `key-${index}`,
      value: { stringValue: 'x' },
    }));
    const row = await accepted(spanId(3_002), { attributes: many });
    expect(Object.keys(row['SpanAttributes'] as object)).toHaveLength(4_096);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/spanledger_adjusted_total\{reason="attributes_per_record"\} [1-9]/);
  });

  test('attribute names that mean something to JavaScript', async () => {
    const row = await accepted(spanId(3_003), {
      attributes: attributes({
        ['__proto__']: 'a',
        constructor: 'b',
        'gen_ai.__proto__.x': 'c',
        toString: 'd',
      }).concat({ key: '__proto__', value: { stringValue: 'a' } }),
    });
    const keys = await service.figure(
      `SELECT arraySort(mapKeys(SpanAttributes)) FROM otel_traces WHERE SpanId = '${spanId(3_003)}'`,
    );
    expect(keys).toContain('__proto__');
    expect(keys).toContain('constructor');
    expect(row['SpanName']).toBe('chat gpt-4o');
    expect(({} as Record<string, unknown>)['x']).toBe(undefined);
  });

  test('text that is not UTF-8 is repaired where it is bad', async () => {
    const id = Buffer.from(spanId(3_004), 'hex');
    const pair = [Buffer.from('bad'), Buffer.from([0x61, 0xff, 0x62])] as const;
    const response = await service.postProtobuf(
      '/v1/traces',
      protobufRequest([TRACE_BYTES, id], [pair]),
    );
    expect(response.status).toBe(200);
    const row = await stored(spanId(3_004));
    expect((row['SpanAttributes'] as Record<string, string>)['bad']).toBe('a\ufffdb');
    await keepsServing();
  });

  test.each<[string, unknown, number | null]>([
    ['a count as text', { stringValue: '12' }, 12],
    ['a count as a whole double', { doubleValue: 12 }, 12],
    ['an int as a JSON number', { intValue: 12 }, 12],
    ['NaN', { doubleValue: 'NaN' }, null],
    ['infinity', { doubleValue: 'Infinity' }, null],
    ['a negative count', { intValue: '-5' }, null],
    ['a fraction is cut off', { doubleValue: 1.5 }, 1],
    ['words', { stringValue: 'many' }, null],
    ['a list', { arrayValue: { values: [{ intValue: '1' }] } }, null],
  ])('token counts: %s', async (_, value, tokens) => {
    const row = await accepted(spanId(4_000 + serial++), withUsage({ input_tokens: value }));
    expect(row['input_tokens'] === null ? null : Number(row['input_tokens'])).toBe(tokens);
  });

  test('logs and metrics are taken too', async () => {
    const logs = {
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }],
    };
    const metrics = {
      resourceMetrics: [
        { scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: [{ asInt: '1' }] } }] }] },
      ],
    };
    expect((await service.postJson('/v1/logs', logs)).status).toBe(200);
    expect((await service.postJson('/v1/metrics', metrics)).status).toBe(200);
    expect((await service.postProtobuf('/v1/metrics', Buffer.from([0xff]))).status).toBe(400);
    const text = await (await fetch(`${service.url}/metrics`)).text();
    expect(text).toContain('spanledger_not_used_records_total{signal="metrics"} 1');
  });

  test('log records without a trace, from one end of time to the other, hold nothing up', async () => {
    const record = (time_ns: string): unknown => ({
      timeUnixNano: time_ns,
      eventName: 'gen_ai.client.inference.operation.details',
      attributes: attributes({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' }),
    });
    const logRecords = ['1', String(recently_ns()), '4294967295000000000'].map(record);
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords }] }] };
    expect((await service.postJson('/v1/logs', logs)).status).toBe(200);
    const traceId = 'c'.repeat(32);
    expect(
      (await service.postJson('/v1/traces', request(call(spanId(6_000), { traceId })))).status,
    ).toBe(200);
    const path = `/api/v1/freshness?trace_id=${traceId}`;
    const freshness = () => service.get<{ freshness_ms: number | null }>(path);
    await until(async () => (await freshness()).freshness_ms !== null);
    const loose = "SELECT count() FROM ledger FINAL WHERE trace_id = ''";
    await until(async () => (await service.figure(loose)) === '3');
  });
});
