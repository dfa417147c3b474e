// Ended spans on their way out: nothing is lost that can be kept, and nothing grows.

import { gunzipSync } from 'node:zlib';
import { TraceFlags } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import { BATCH_LIMIT_CHARS, QUEUE_LIMIT_CHARS } from '../src/sending/batch-queue.ts';
import { OtlpRequests, type Destination } from '../src/sending/otlp-request.ts';
import { SpanQueue } from '../src/sending/span-queue.ts';
import { listen } from './stand-in.ts';

interface Receiver {
  /** The names that arrived, request by request. */
  requests: string[][];
  headers: Record<string, unknown>[];
  destination: Destination;
  stop(): Promise<void>;
}

/** Answers with these statuses in turn, the last one for ever. */
async function receiver(statuses: readonly number[], gzip = false): Promise<Receiver> {
  const requests: string[][] = [];
  const headers: Record<string, unknown>[] = [];
  const standIn = await listen((request, response, body) => {
    const status = statuses[Math.min(requests.length, statuses.length - 1)] ?? 200;
    requests.push(JSON.parse((gzip ? gunzipSync(body) : body).toString()) as string[]);
    headers.push(request.headers);
    response.writeHead(status).end();
  });
  const destination: Destination = {
    url: `${standIn.url}/v1/traces`,
    headers: { authorization: 'Bearer abc' },
    contentType: 'application/json',
    gzip,
    timeout_ms: 5000,
  };
  return { requests, headers, destination, stop: () => standIn.stop() };
}

function queueTo(to: Receiver, limits: { batch?: number; queue?: number } = {}) {
  const requests = new OtlpRequests(to.destination);
  const queue = new SpanQueue({
    batchDelay_ms: 60_000,
    batchLimit_spans: limits.batch ?? 512,
    queueLimit_spans: limits.queue ?? 2048,
    serialise: (spans) => Buffer.from(JSON.stringify(spans.map(({ name }) => name))),
    send: (bytes) => requests.send(bytes),
  });
  const tracer = new BasicTracerProvider({ spanProcessors: [queue] }).getTracer('test');
  const end = (...names: string[]): void => names.forEach((name) => tracer.startSpan(name).end());
  return { queue, end, tracer, close: () => requests.close() };
}

test('batches in order, with headers', async () => {
  const to = await receiver([200]);
  const { queue, end, close } = queueTo(to, { batch: 2 });
  end('a', 'b', 'c');
  await queue.flush(5000);
  expect(to.requests).toEqual([['a', 'b'], ['c']]);
  expect(to.headers[0]).toMatchObject({
    authorization: 'Bearer abc',
    'content-type': 'application/json',
  });
  close();
  await to.stop();
});

test('gzip', async () => {
  const to = await receiver([200], true);
  const { queue, end, close } = queueTo(to);
  end('a');
  await queue.flush(5000);
  expect(to.requests).toEqual([['a']]);
  expect(to.headers[0]).toMatchObject({ 'content-encoding': 'gzip' });
  close();
  await to.stop();
});

test.each([429, 502, 503, 504])('what %i puts off is sent again, whole', async (status) => {
  const to = await receiver([status, 200]);
  const { queue, end, close } = queueTo(to);
  end('a');
  await queue.flush(5000);
  end('b');
  await queue.flush(5000);
  expect(to.requests).toEqual([['a'], ['a', 'b']]);
  expect(queue.dropped).toBe(0);
  close();
  await to.stop();
});

test.each([400, 401, 403, 413, 500])('what %i refuses is counted and let go', async (status) => {
  const to = await receiver([status, 200]);
  const { queue, end, close } = queueTo(to);
  end('a');
  await queue.flush(5000);
  end('b');
  await queue.flush(5000);
  expect(to.requests).toEqual([['a'], ['b']]);
  expect(queue.dropped).toBe(1);
  close();
  await to.stop();
});

test('a full queue keeps the oldest and counts the rest', async () => {
  const to = await receiver([503, 200]);
  const { queue, end, close } = queueTo(to, { queue: 3 });
  end('a', 'b', 'c', 'd', 'e');
  await queue.flush(5000);
  await queue.flush(5000);
  expect(to.requests.at(-1)).toEqual(['a', 'b', 'c']);
  expect(queue.dropped).toBe(2);
  close();
  await to.stop();
});

test('what is on the wire at the end is drained too', async () => {
  const to = await receiver([200]);
  const { queue, end, close } = queueTo(to);
  end('a', 'b');
  const flushed = queue.flush(5000);
  expect(queue.drain().map(({ name }) => name)).toEqual(['a', 'b']);
  await flushed;
  expect(queue.drain()).toEqual([]);
  close();
  await to.stop();
});

test('a serialiser that throws loses the batch and no more', async () => {
  const to = await receiver([200]);
  const requests = new OtlpRequests(to.destination);
  const queue = new SpanQueue({
    batchDelay_ms: 60_000,
    batchLimit_spans: 1,
    queueLimit_spans: 8,
    serialise: (spans: ReadableSpan[]) => {
      if (spans[0]?.name === 'bad') throw new Error('no');
      return Buffer.from(JSON.stringify(spans.map(({ name }) => name)));
    },
    send: (bytes) => requests.send(bytes),
  });
  const tracer = new BasicTracerProvider({ spanProcessors: [queue] }).getTracer('test');
  tracer.startSpan('bad').end();
  tracer.startSpan('good').end();
  await queue.flush(5000);
  expect(to.requests).toEqual([['good']]);
  expect(queue.dropped).toBe(1);
  requests.close();
  await to.stop();
});

test('spans that are not sampled stay here', () => {
  const queue = new SpanQueue({
    batchDelay_ms: 60_000,
    batchLimit_spans: 8,
    queueLimit_spans: 8,
    serialise: () => new Uint8Array(),
    send: async () => 'taken',
  });
  const unsampled = { spanContext: () => ({ traceFlags: TraceFlags.NONE }) };
  queue.onEnd(unsampled as unknown as ReadableSpan);
  expect(queue.drain()).toEqual([]);
});

test('spans with long texts are sent sooner and fewer at once, and wait only up to a limit', async () => {
  const to = await receiver([200]);
  const { queue, tracer, close } = queueTo(to, { queue: 10_000 });
  const text = 'x'.repeat(BATCH_LIMIT_CHARS / 4);
  const attributes = { first: text, second: [text] };
  const many = (2 * QUEUE_LIMIT_CHARS) / (2 * text.length);
  for (let each = 0; each < many; each += 1) tracer.startSpan('long', { attributes }).end();
  expect(queue.dropped).toBe(many / 2);
  await queue.forceFlush();
  expect(new Set(to.requests.map((names) => names.length))).toEqual(new Set([2]));
  expect(to.requests.flat()).toHaveLength(many / 2);
  tracer.startSpan('next', { attributes }).end();
  expect(queue.dropped).toBe(many / 2);
  close();
  await to.stop();
});
