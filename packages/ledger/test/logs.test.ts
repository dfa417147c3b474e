// Log requests: what a dialect claims is a row and a fact, the rest is counted.

import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Block, readFacts } from '../src/block.ts';
import { SpanledgerError } from '../src/errors.ts';
import { decodeLogs } from '../src/logs.ts';
import { anyPairs, anyText, anyValue } from './arbitrary-request.ts';
import { rowsOf } from './native-rows.ts';
import { bytes, json, type LogRecord, logs, protobuf, snakeCase } from './otlp-writer.ts';

const SENDER = { org_id: 'acme' };
const CAPTURE = new URL('fixtures/otlp/claude-code-2.1.329.json', import.meta.url);

interface Captured {
  path: string;
  body: unknown;
}

function captured(path: string): unknown {
  const list = JSON.parse(readFileSync(CAPTURE, 'utf8')) as Captured[];
  return list.find((entry) => entry.path === path)!.body;
}

const ATTRIBUTES: NonNullable<LogRecord['attributes']> = [
  { key: 'event.name', value: { stringValue: 'api_request' } },
  { key: 'model', value: { stringValue: 'claude-sonnet-4-5' } },
  { key: 'input_tokens', value: { intValue: '40' } },
  { key: 'output_tokens', value: { intValue: '30' } },
];

/** A record that a dialect claims, with changes. */
const claimed = (change: LogRecord = {}) => ({
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'agent' } }] },
      scopeLogs: [
        {
          scope: { name: 'com.anthropic.claude_code.events', version: '2' },
          logRecords: [
            { body: { stringValue: 'claude_code.other' }, timeUnixNano: '5' },
            {
              timeUnixNano: '1700000000000000000',
              severityNumber: 9,
              severityText: 'INFO',
              flags: 1,
              traceId: '0af7651916cd43dd8448eb211c80319c',
              spanId: 'b7ad6b7169203331',
              body: { stringValue: 'claude_code.api_request' },
              attributes: ATTRIBUTES,
              ...change,
            },
          ],
        },
      ],
    },
  ],
});

function decode(...bodies: Parameters<typeof decodeLogs>[0][]) {
  const block = new Block();
  const receipts = bodies.map((body) => decodeLogs(body, block, SENDER));
  return { block, receipts, rows: rowsOf(block.parts('otel_logs')), facts: readFacts(block) };
}

test('a claimed record is a row and a fact; the others are accepted and not used', () => {
  const { receipts, rows, facts } = decode(protobuf(logs(claimed())));
  expect(receipts[0]).toMatchObject({ accepted: 2, not_used: 1, refused: new Map() });
  expect(receipts[0]!.touched).toEqual([
    {
      org_id: SENDER.org_id,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      first_ns: 1_700_000_000_000_000_000n,
      last_ns: expect.any(BigInt),
    },
  ]);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    Timestamp: 1_700_000_000_000_000_000n,
    TraceId: '0af7651916cd43dd8448eb211c80319c',
    SpanId: 'b7ad6b7169203331',
    TraceFlags: 1,
    SeverityText: 'INFO',
    SeverityNumber: 9,
    ServiceName: 'agent',
    Body: 'claude_code.api_request',
    ResourceAttributes: [['service.name', 'agent']],
    ScopeName: 'com.anthropic.claude_code.events',
    ScopeVersion: '2',
    EventName: '',
    OrgId: 'acme',
    EventId: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(facts[0]).toMatchObject({
    signal: 'log',
    event_id: rows[0]!['EventId'],
    version: rows[0]!['Version'],
    service_name: 'agent',
    input_tokens: 40,
    output_tokens: 30,
  });
});

describe('the event id', () => {
  const idOf = (change: LogRecord) => decode(protobuf(logs(claimed(change)))).facts[0]!.event_id;

  test('is the same for a resend, also when another observed it', () => {
    expect(idOf({})).toBe(idOf({}));
    expect(idOf({ observedTimeUnixNano: '7' })).toBe(idOf({}));
  });

  test.each<[string, LogRecord]>([
    ['time', { timeUnixNano: '1700000000000000001' }],
    ['span', { spanId: 'b7ad6b7169203332' }],
    ['severity', { severityNumber: 10 }],
    ['attributes', { attributes: [...ATTRIBUTES].reverse() }],
  ])('differs when the %s does', (_, change) => {
    expect(idOf(change)).not.toBe(idOf({}));
  });
});

test('a record without time has the time it was observed', () => {
  const change = { timeUnixNano: '0', observedTimeUnixNano: '9000' };
  expect(decode(protobuf(logs(claimed(change)))).rows[0]).toMatchObject({ Timestamp: 9000n });
});

test('a duration longer than the time since 1970 is none: the record keeps its own time', () => {
  const took = { key: 'duration_ms', value: { intValue: '2000' } };
  const at = (timeUnixNano: string) => {
    const change = { timeUnixNano, attributes: [...ATTRIBUTES, took] };
    const { start_time, duration_ns, doubts } = decode(protobuf(logs(claimed(change)))).facts[0]!;
    return { start_time, duration_ns, doubts };
  };
  const doubts = ['start_before_epoch'];
  expect(at('1000000000')).toEqual({ start_time: 1_000_000_000n, duration_ns: 0n, doubts });
  const whole = { start_time: 0n, duration_ns: 2_000_000_000n, doubts: [] };
  expect(at('2000000000')).toEqual(whole);
});

test('ids of the wrong length are left out and counted, the record is kept', () => {
  const { rows, receipts } = decode(
    protobuf(logs(claimed({ traceId: 'ab', spanId: '0'.repeat(16) }))),
  );
  expect(rows[0]).toMatchObject({ TraceId: '', SpanId: '' });
  expect(receipts[0]!.adjusted).toEqual(new Map([['invalid_log_context', 1]]));
});

test('protobuf and JSON in both spellings give the same bytes', () => {
  const change = fc.record(
    { body: anyValue, attributes: anyPairs, eventName: anyText, severityText: anyText },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(change, ({ attributes = [], ...rest }) => {
      const request = claimed({ ...rest, attributes: [...attributes, ...ATTRIBUTES] });
      const wire = decode(protobuf(logs(request)));
      for (const body of [json(request), json(snakeCase(request))]) {
        const other = decode(body);
        expect(other.rows).toEqual(wire.rows);
        expect(other.facts).toEqual(wire.facts);
        expect(other.receipts).toEqual(wire.receipts);
      }
    }),
    { numRuns: 60 },
  );
});

test('malformed bytes leave the block as it was', () => {
  const content = logs(claimed());
  for (let length = 1; length < content.length; length += 7) {
    const block = new Block();
    decodeLogs(protobuf(content), block, SENDER);
    expect(() =>
      decodeLogs(
        protobuf([...content, ...bytes(1, content.slice(2, length)).slice(0, -1)]),
        block,
        SENDER,
      ),
    ).toThrow(SpanledgerError);
    expect([block.logs, block.facts]).toEqual([1, 1]);
  }
});

test('real log records of a coding agent', () => {
  const { receipts, rows, facts } = decode(json(captured('/v1/logs')));
  expect(receipts[0]).toMatchObject({ accepted: 7, not_used: 6 });
  expect(rows[0]).toMatchObject({ Body: 'claude_code.api_request', ServiceName: 'claude-code' });
  expect(facts[0]).toMatchObject({ signal: 'log', input_tokens: 40, cache_read_tokens: 80 });
});
