// Laws of splitting a request by days: no part has more days than was asked for, and all parts
// together give the rows of the whole.

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Block } from '../src/block.ts';
import { type Body, decodeTraces } from '../src/decode.ts';
import { decodeLogs } from '../src/logs.ts';
import { splitByDays, type SplitSignal } from '../src/split-days.ts';
import { anyTraces } from './arbitrary-request.ts';
import { rowsOf } from './native-rows.ts';
import { bytes, fixed64, json, logs, protobuf, traces, type Logs } from './otlp-writer.ts';

const TABLES = ['otel_traces', 'genai_facts', 'otel_logs', 'genai_content'] as const;
const SENDER = { org_id: 'acme' };
const NS_PER_DAY = 86_400_000_000_000n;
/** Reused, because a block is dear to make. */
const block = new Block();
const DECODE = { traces: decodeTraces, logs: decodeLogs } as const;

/** The rows of all bodies, in an order that does not depend on which body they came in. */
function rowsIn(signal: SplitSignal, bodies: readonly Body[]): string[][] {
  block.reset();
  for (const one of bodies) DECODE[signal](one, block, SENDER);
  return TABLES.map((table) =>
    rowsOf(block.parts(table))
      .map((row) =>
        JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
      )
      .sort(),
  );
}

function daysIn(signal: SplitSignal, one: Body): number {
  block.reset();
  const mark = block.mark();
  DECODE[signal](one, block, SENDER);
  return block.days(mark).size;
}

function check(signal: SplitSignal, whole: Body, days_max: number): number {
  const parts = [...splitByDays(whole, signal, days_max)];
  for (const part of parts) expect(daysIn(signal, part)).toBeLessThanOrEqual(days_max);
  expect(rowsIn(signal, parts)).toEqual(rowsIn(signal, [whole]));
  return parts.length;
}

/** Starts of spans, a day apart now and then, just before and after midnight, and not told. */
const anyStart = fc.oneof(
  fc.constant(undefined),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 49_000n }), fc.constantFrom(0n, 1n, NS_PER_DAY - 1_000n))
    .map(([day, within]) => `${day * NS_PER_DAY + within}`),
);

test('any request of spans: few days a part, and the same rows', () => {
  fc.assert(
    fc.property(
      anyTraces,
      fc.array(anyStart, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      (request, starts, days_max, asJson) => {
        let next = 0;
        const spread = {
          resourceSpans: (request.resourceSpans ?? []).map((resource) => ({
            ...resource,
            scopeSpans: (resource.scopeSpans ?? []).map((scope) => ({
              ...scope,
              spans: (scope.spans ?? []).map((span) => {
                const start = starts[next++ % starts.length];
                return start === undefined ? span : { ...span, startTimeUnixNano: start };
              }),
            })),
          })),
        };
        check('traces', asJson ? json(spread) : protobuf(traces(spread)), days_max);
      },
    ),
    { numRuns: 60 },
  );
});

function logsOf(times: readonly { time?: string; observed?: string }[]): Logs {
  const logRecords = times.map(({ time, observed }, number) => ({
    ...(time === undefined ? {} : { timeUnixNano: time }),
    ...(observed === undefined ? {} : { observedTimeUnixNano: observed }),
    eventName: 'gen_ai.user.message',
    body: { stringValue: `question ${number}` },
    attributes: [{ key: 'gen_ai.system', value: { stringValue: 'openai' } }],
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'support' } }] };
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'tests' }, logRecords }] }] };
}

test('any request of log records: by their time, else by when they were observed', () => {
  const anyTimes = fc.record({ time: anyStart, observed: anyStart }, { requiredKeys: [] });
  fc.assert(
    fc.property(
      fc.array(anyTimes, { maxLength: 30 }),
      fc.integer({ min: 1, max: 5 }),
      (times, days_max) => {
        const request = logsOf(
          times.map(({ time, observed }) => ({
            ...(time === undefined ? {} : { time }),
            ...(observed === undefined ? {} : { observed }),
          })),
        );
        check('logs', protobuf(logs(request)), days_max);
      },
    ),
    { numRuns: 60 },
  );
});

test('parts are as few as they can be, and each is made when it is asked for', () => {
  const spans = Array.from({ length: 10 }, (_, day) => [
    ...bytes(1, Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex')),
    ...bytes(2, Buffer.from((day + 1).toString(16).padStart(16, '0'), 'hex')),
    ...fixed64(7, `${BigInt(day) * 3n * NS_PER_DAY}`),
  ]);
  const whole = protobuf(
    bytes(
      1,
      bytes(
        2,
        spans.flatMap((span) => bytes(2, span)),
      ),
    ),
  );
  expect(check('traces', whole, 4)).toBe(3);
  expect(check('traces', whole, 10)).toBe(1);
  const [first] = splitByDays(whole, 'traces', 4);
  expect(daysIn('traces', first!)).toBe(4);
});
