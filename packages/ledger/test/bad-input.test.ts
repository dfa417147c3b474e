// Bad input, row by row: the exact answer, and that what lies beside it is not lost.

import { describe, expect, test } from 'vitest';

import { Block, readFacts } from '../src/block.ts';
import { type Body, decodeTraces } from '../src/decode.ts';
import { SpanledgerError } from '../src/errors.ts';
import type { DecodeLimits } from '../src/limits.ts';
import { rowsOf } from './native-rows.ts';
import {
  anyValue,
  bytes,
  double,
  json,
  type Pair,
  protobuf,
  type Span,
  span,
  text,
  traces,
  type Value,
  varint,
} from './otlp-writer.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const GOOD: Span = { traceId: TRACE, spanId: 'b7ad6b7169203331', name: 'good' };

const requestOf = (spans: Span[]) => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

function decode(body: Body, limits: Partial<DecodeLimits> = {}) {
  const block = new Block(limits);
  const receipt = decodeTraces(body, block, { org_id: 'acme' });
  const rows = rowsOf(block.parts('otel_traces'));
  return {
    accepted: receipt.accepted,
    refused: Object.fromEntries(receipt.refused),
    adjusted: Object.fromEntries(receipt.adjusted),
    rows,
    facts: readFacts(block),
  };
}

/** Both encodings of a request must have the same answer. */
function both(spans: Span[], limits: Partial<DecodeLimits> = {}) {
  const wire = decode(protobuf(traces(requestOf(spans))), limits);
  expect(decode(json(requestOf(spans)), limits)).toEqual(wire);
  return wire;
}

describe('malformed bodies', () => {
  const rows: [string, Body, string][] = [
    ['protobuf: plain text', protobuf(Buffer.from('hello')), 'malformed_protobuf'],
    ['protobuf: cut off', protobuf(traces(requestOf([GOOD])).slice(0, -1)), 'malformed_protobuf'],
    ['protobuf: length beyond its message', protobuf([0x0a, 5, 0]), 'malformed_protobuf'],
    ['protobuf: field number 0', protobuf([0x02, 0]), 'malformed_protobuf'],
    ['protobuf: a group', protobuf([0x0b, 0x0c]), 'malformed_protobuf'],
    [
      'protobuf: number of eleven bytes',
      protobuf([0x10, ...Array(11).fill(0xff)]),
      'malformed_protobuf',
    ],
    ['protobuf: spans as a number', protobuf([0x08, 1]), 'malformed_protobuf'],
    ['JSON: empty', json(''), 'malformed_json'],
    ['JSON: cut off', json('{"resourceSpans":['), 'malformed_json'],
    ['JSON: two values', json('{}{}'), 'malformed_json'],
    ['JSON: a list', json('[]'), 'malformed_json'],
    ['JSON: bare NaN', json('{"x":NaN}'), 'malformed_json'],
    ['JSON: trailing comma', json('{"x":1,}'), 'malformed_json'],
    ['JSON: leading zero', json('{"x":01}'), 'malformed_json'],
    ['JSON: control character', json('{"x":"\n"}'), 'malformed_json'],
    ['JSON: bad escape', json('{"x":"\\q"}'), 'malformed_json'],
    ['JSON: spans are no list', json('{"resourceSpans":{}}'), 'malformed_json'],
    [
      'JSON: a time that is none',
      json(requestOf([{ ...GOOD, endTimeUnixNano: 'x' }])),
      'malformed_json',
    ],
    ['JSON: nested 600 deep', json(`{"x":${'['.repeat(600)}${']'.repeat(600)}}`), 'malformed_json'],
    ['JSON: nested a million deep', json(`{"x":${'['.repeat(1e6)}`), 'malformed_json'],
  ];

  test.each(rows)('%s', (_, body, code) => {
    const block = new Block();
    decodeTraces(protobuf(traces(requestOf([GOOD]))), block, { org_id: 'acme' });
    let thrown: unknown;
    try {
      decodeTraces(body, block, { org_id: 'acme' });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SpanledgerError);
    expect((thrown as SpanledgerError).code).toBe(code);
    expect(block.spans).toBe(1);
  });

  test('nothing is a valid request of nothing', () => {
    expect(decode(protobuf([])).accepted).toBe(0);
    expect(decode(json('{}')).accepted).toBe(0);
    expect(decode(json('{"resourceSpans":null,"unknown":[{"a":[1,"x",null]}]}')).accepted).toBe(0);
  });
});

describe('refused spans, and the good one beside them', () => {
  const rows: [string, Span, string][] = [
    ['no trace id', { spanId: GOOD.spanId! }, 'missing_trace_id'],
    ['no span id', { traceId: TRACE }, 'missing_span_id'],
    ['empty trace id', { ...GOOD, traceId: '' }, 'missing_trace_id'],
    ['short trace id', { ...GOOD, traceId: 'abcd' }, 'invalid_trace_id'],
    ['long span id', { ...GOOD, spanId: TRACE }, 'invalid_span_id'],
    ['all-zero trace id', { ...GOOD, traceId: '0'.repeat(32) }, 'zero_trace_id'],
    ['all-zero span id', { ...GOOD, spanId: '0'.repeat(16) }, 'zero_span_id'],
    [
      'start beyond 2106',
      { ...GOOD, startTimeUnixNano: '4294967296000000000' },
      'time_out_of_range',
    ],
    ['end beyond 2106', { ...GOOD, endTimeUnixNano: '18446744073709551615' }, 'time_out_of_range'],
  ];

  test.each(rows)('%s', (_, bad, reason) => {
    const attributes = [{ key: 'a', value: { stringValue: 'b' } }];
    const events = [{ name: 'e', attributes }];
    const links = [{ traceId: TRACE, spanId: GOOD.spanId!, attributes }];
    const answer = both([
      GOOD,
      { ...bad, attributes, events, links },
      { ...GOOD, name: 'also good' },
    ]);
    expect(answer.accepted).toBe(2);
    expect(answer.refused).toEqual({ [reason]: 1 });
    expect(answer.rows.map((row) => row['SpanName'])).toEqual(['good', 'also good']);
    expect(answer.rows.map((row) => row['Events.Name'])).toEqual([[], []]);
    expect(answer.rows.map((row) => row['SpanAttributes'])).toEqual([[], []]);
  });

  const spellings: [string, string, string][] = [
    ['base64', 'W47/95gDgQPSaYzgOxyMnA==', 'invalid_trace_id'],
    ['no hex digits', 'z'.repeat(32), 'invalid_trace_id'],
    ['sixteen characters', 'z'.repeat(16), 'invalid_trace_id'],
  ];
  test.each(spellings)('JSON trace id: %s', (_, traceId, reason) => {
    expect(decode(json(requestOf([{ ...GOOD, traceId }, GOOD])))).toMatchObject({
      accepted: 1,
      refused: { [reason]: 1 },
    });
  });

  test('upper-case hex is the same id', () => {
    const upper = { ...GOOD, traceId: TRACE.toUpperCase() };
    expect(decode(json(requestOf([upper]))).rows[0]).toMatchObject({ TraceId: TRACE });
  });

  test('a parent of the wrong length: the span is kept without it', () => {
    const answer = both([{ ...GOOD, parentSpanId: 'abcd' }]);
    expect(answer.rows[0]).toMatchObject({ ParentSpanId: '' });
    expect(answer.adjusted).toEqual({ invalid_parent_span_id: 1 });
  });
});

/** A large message as a field of another one. */
function framed(field: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([
    Uint8Array.from([...varint((field << 3) | 2), ...varint(content.length)]),
    content,
  ]);
}

/** A span that is surely a model call, with one attribute more. */
function call(...more: Pair[]): Span {
  return {
    ...GOOD,
    startTimeUnixNano: '1700000000000000000',
    endTimeUnixNano: '1700000001000000000',
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
      { key: 'gen_ai.provider.name', value: { stringValue: 'openai' } },
      { key: 'gen_ai.request.model', value: { stringValue: 'gpt-4o' } },
      ...more,
    ],
  };
}

describe('token counts that are none', () => {
  const rows: [string, Value, number | null, string[]][] = [
    ['an int', { intValue: '12' }, 12, []],
    ['a double', { doubleValue: 12 }, 12, []],
    ['text', { stringValue: '12' }, 12, []],
    ['NaN', { doubleValue: 'NaN' }, null, ['not_a_number']],
    ['NaN as text', { stringValue: 'NaN' }, null, ['not_a_number']],
    ['infinity', { doubleValue: 'Infinity' }, null, ['not_a_number']],
    ['negative', { intValue: '-5' }, null, ['negative_tokens']],
    ['words', { stringValue: 'many' }, null, ['not_a_number']],
    ['a list', { arrayValue: { values: [{ intValue: '5' }] } }, null, ['not_a_number']],
    ['above 32 bits', { intValue: '4294967296' }, null, ['number_out_of_range']],
    ['above 53 bits', { intValue: '9223372036854775807' }, null, ['not_a_number']],
    ['empty', {}, null, []],
  ];
  test.each(rows)('%s', (_, value, tokens, doubts) => {
    const [fact] = both([call({ key: 'gen_ai.usage.input_tokens', value })]).facts;
    expect(fact).toMatchObject({ input_tokens: tokens, doubts });
  });

  test('JSON: an intValue that is no number is kept as text', () => {
    const pair = { key: 'gen_ai.usage.input_tokens', value: { intValue: 'NaN' } };
    const { rows, facts } = decode(json(requestOf([call(pair)])));
    expect(rows[0]!['SpanAttributes']).toContainEqual(['gen_ai.usage.input_tokens', 'NaN']);
    expect(facts[0]).toMatchObject({ input_tokens: null, doubts: ['not_a_number'] });
  });
});

describe('times', () => {
  test('an end before the start: the raw row wraps as elsewhere, the fact says 0 and why', () => {
    const backwards = { ...call(), startTimeUnixNano: '2000', endTimeUnixNano: '1000' };
    const { rows, facts } = both([backwards]);
    expect(rows[0]).toMatchObject({ Timestamp: 2000n, Duration: 2n ** 64n - 1000n });
    expect(facts[0]).toMatchObject({ start_time: 2000n, duration_ns: 0n });
    expect(facts[0]!.doubts).toContain('ends_before_start');
  });

  test('the version orders by end in milliseconds, then by content', () => {
    const versionOf = (change: Span) => both([{ ...call(), ...change }]).facts[0]!.version;
    expect(versionOf({}) >> 22n).toBe(1_700_000_001_000n);
    expect(versionOf({ name: 'other' }) >> 22n).toBe(1_700_000_001_000n);
    expect(versionOf({ name: 'other' })).not.toBe(versionOf({}));
    const latest = versionOf({ endTimeUnixNano: '4294967295999999999' });
    expect(latest >> 22n).toBe(4_294_967_295_999n);
  });
});

describe('text', () => {
  const invalid = [0x61, 0xff, 0x62];

  test('bytes that are no UTF-8 are repaired and counted, wherever they are', () => {
    const content = [
      ...span({ traceId: TRACE, spanId: GOOD.spanId! }),
      ...bytes(5, invalid),
      ...bytes(9, [...bytes(1, invalid), ...bytes(2, bytes(1, invalid))]),
      ...bytes(9, [...text(1, 'beside'), ...bytes(2, bytes(1, Buffer.from('it')))]),
      ...bytes(15, bytes(2, invalid)),
    ];
    const answer = decode(protobuf(bytes(1, bytes(2, bytes(2, content)))));
    expect(answer.rows[0]).toMatchObject({
      SpanName: 'a\ufffdb',
      StatusMessage: 'a\ufffdb',
      SpanAttributes: [
        ['a\ufffdb', 'a\ufffdb'],
        ['beside', 'it'],
      ],
    });
    expect(answer.adjusted).toEqual({ invalid_utf8: 4 });
  });

  test('JSON: escapes, lone surrogates, keys written with escapes', () => {
    const body = `{"resource\\u0053pans":[{"scopeSpans":[{"spans":[{"traceId":"${TRACE}",
      "spanId":"b7ad6b7169203331","name":"\\u00fc\\ud83d\\ude00\\n\\"\\/\\ud800x"}]}]}]}`;
    expect(decode(json(body)).rows[0]).toMatchObject({ SpanName: 'ü😀\n"/\ufffdx' });
  });

  test('__proto__ and constructor are keys like any other', () => {
    const attributes = ['__proto__', 'constructor', 'toString'].map((key) => ({
      key,
      value: { kvlistValue: { values: [{ key, value: { intValue: '1' } }] } },
    }));
    const { rows } = both([{ ...GOOD, attributes }]);
    expect(rows[0]!['SpanAttributes']).toEqual(attributes.map(({ key }) => [key, `{"${key}":1}`]));
    const hostile = `{"__proto__":{"x":1},"constructor":[],"resourceSpans":[]}`;
    expect(decode(json(hostile)).accepted).toBe(0);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('a key that comes twice: the map keeps both, the fact takes the last', () => {
    const twice = ['1', '2'].map((intValue) => ({
      key: 'gen_ai.usage.input_tokens',
      value: { intValue },
    }));
    const { rows, facts } = both([call(...twice)]);
    expect(rows[0]!['SpanAttributes']).toHaveLength(5);
    expect(facts[0]).toMatchObject({ input_tokens: 2 });
  });
});

describe('limits: at the limit all is kept, one over is dropped and counted', () => {
  const attribute = (key: string, stringValue: string): Pair => ({ key, value: { stringValue } });
  const keep = attribute('keep', 'it');
  const nested = (levels: number): Value =>
    levels === 1 ? { intValue: '1' } : { arrayValue: { values: [nested(levels - 1)] } };

  const rows: [string, Partial<DecodeLimits>, Span, Span, number][] = [
    [
      'attributes_per_record',
      { attributes_per_record: 2 },
      { attributes: [keep, keep] },
      { attributes: [keep, keep, keep] },
      2,
    ],
    [
      'attribute_key_bytes',
      { attribute_key_bytes: 4 },
      { attributes: [keep, attribute('four', '')] },
      { attributes: [attribute('five5', ''), keep] },
      1,
    ],
    [
      'attribute_value_bytes',
      { attribute_value_bytes: 10 },
      { attributes: [keep, attribute('a', 'x'.repeat(10))] },
      { attributes: [attribute('a', 'x'.repeat(11)), keep] },
      1,
    ],
    [
      'value_levels',
      {},
      { attributes: [keep, { key: 'deep', value: nested(64) }] },
      { attributes: [{ key: 'deep', value: nested(65) }, keep] },
      1,
    ],
    [
      'value_levels',
      {},
      { attributes: [keep] },
      { attributes: [{ key: 'deep', value: nested(90) }, keep] },
      1,
    ],
  ];
  test.each(rows)('%s', (name, limits, at, over, kept) => {
    expect(both([{ ...GOOD, ...at }], limits).adjusted).toEqual({});
    const answer = both([{ ...GOOD, ...over }], limits);
    expect(answer.adjusted).toEqual({ [name]: 1 });
    expect(answer.rows[0]!['SpanAttributes']).toHaveLength(kept);
    expect(answer.rows[0]!['SpanAttributes']).toContainEqual(['keep', 'it']);
  });

  test.each([
    [64, {}, 2],
    [65, { value_levels: 1 }, 1],
  ])('value_levels: maps nested %i deep', (levels, adjusted, kept) => {
    const map = (left: number): Value =>
      left === 1
        ? { intValue: '1' }
        : { kvlistValue: { values: [{ key: 'k', value: map(left - 1) }] } };
    const answer = both([{ ...GOOD, attributes: [{ key: 'deep', value: map(levels) }, keep] }]);
    expect(answer.adjusted).toEqual(adjusted);
    expect(answer.rows[0]!['SpanAttributes']).toHaveLength(kept);
  });

  test('events_per_span and links_per_span', () => {
    const limits = { events_per_span: 1, links_per_span: 1 };
    const answer = both(
      [{ ...GOOD, events: [{ name: 'a' }, { name: 'b' }], links: [{}, {}, {}] }],
      limits,
    );
    expect(answer.adjusted).toEqual({ events_per_span: 1, links_per_span: 2 });
    expect(answer.rows[0]).toMatchObject({ 'Events.Name': ['a'], 'Links.TraceId': [''] });
  });

  test('spans_per_request', () => {
    const answer = both([GOOD, GOOD, GOOD], { spans_per_request: 2 });
    expect(answer).toMatchObject({ accepted: 2, refused: { spans_per_request: 1 } });
  });

  test('copied_bytes_per_request: a large resource on many spans', () => {
    const resource = { attributes: [attribute('large', 'x'.repeat(96))] };
    const request = { resourceSpans: [{ resource, scopeSpans: [{ spans: [GOOD, GOOD, GOOD] }] }] };
    const answer = decode(protobuf(traces(request)), { copied_bytes_per_request: 250 });
    expect(answer).toMatchObject({ accepted: 2, refused: { copied_bytes_per_request: 1 } });
  });

  test('a million attributes on one span', () => {
    const one = bytes(9, [...text(1, 'k'), ...bytes(2, anyValue({ intValue: '1' }))]);
    const ids = span({ traceId: TRACE, spanId: GOOD.spanId! });
    const content: Uint8Array = new Uint8Array(ids.length + one.length * 1_000_000);
    content.set(ids);
    for (let at = ids.length; at < content.length; at += one.length) content.set(one, at);
    const body = [2, 2, 1].reduce((inner, field) => framed(field, inner), content);
    const answer = decode(protobuf(body));
    expect(answer.accepted).toBe(1);
    expect(answer.adjusted).toEqual({ attributes_per_record: 1_000_000 - 4_096 });
    expect(answer.rows[0]!['SpanAttributes']).toHaveLength(4_096);
  });

  test('attributes_per_record: what dialects read is taken wherever it stands', () => {
    const junk = Array.from({ length: 5_000 }, (_, index) => attribute(`k${index}`, 'v'));
    const spoken = [
      attribute('gen_ai.operation.name', 'chat'),
      attribute('gen_ai.request.model', 'gpt-4o'),
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '7' } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: '5' } },
    ];
    const { facts, adjusted } = both([{ ...GOOD, attributes: [...junk, ...spoken] }]);
    expect(facts[0]).toMatchObject({ kind: 'llm', input_tokens: 7, output_tokens: 5 });
    expect(adjusted).toEqual({ attributes_per_record: 5_000 - 4_096 });
  });

  test('fact_text_bytes: a name is cut at a whole character, the raw span keeps it', () => {
    const model = `${'ü'.repeat(4)}`;
    const { rows, facts } = both(
      [call({ key: 'gen_ai.response.model', value: { stringValue: model } })],
      { fact_text_bytes: 7 },
    );
    expect(facts[0]).toMatchObject({ response_model: 'üüü' });
    expect(rows[0]!['SpanAttributes']).toContainEqual(['gen_ai.response.model', model]);
  });

  test.each(['gen_ai.response.id', 'gen_ai.conversation.id'])(
    'fact_text_bytes: two long ids stay two, the same one stays the same: %s',
    (key) => {
      const idOf = (stringValue: string): string => {
        const fact = both([call({ key, value: { stringValue } })]).facts[0]!;
        return key === 'gen_ai.response.id' ? fact.response_id : fact.conversation_id;
      };
      const long = 'ü'.repeat(150);
      expect(idOf(`${long}a`)).toBe(idOf(`${long}a`));
      expect(idOf(`${long}a`)).not.toBe(idOf(`${long}b`));
      expect(idOf(`${long}a`)).toMatch(/^ü{100}…[0-9a-f]{16}$/);
      expect(idOf('x'.repeat(256))).toBe('x'.repeat(256));
      expect(idOf('x'.repeat(257))).toMatch(/^x{200}…[0-9a-f]{16}$/);
    },
  );
});

test('values have the text of the collector exporter', () => {
  const values: [Value, string][] = [
    [{ stringValue: '' }, ''],
    [{}, ''],
    [{ boolValue: true }, 'true'],
    [{ boolValue: false }, 'false'],
    ...[
      '0',
      '9',
      '10',
      '127',
      '128',
      '-1',
      '2147483648',
      '9007199254740993',
      '-9223372036854775808',
    ].map((intValue): [Value, string] => [{ intValue }, intValue]),
    ...[0.1, 1.5, 1e21, 1e-7, 5e-324, 123456.789, 0.7, -2.25, 1e20, 100].map(
      (doubleValue): [Value, string] => [{ doubleValue }, String(doubleValue)],
    ),
    [{ doubleValue: 'NaN' }, 'NaN'],
    [{ doubleValue: '-Infinity' }, '-Infinity'],
    [{ bytesValue: 'aGk=' }, 'aGk='],
    [{ arrayValue: { values: [] } }, '[]'],
    [{ kvlistValue: { values: [] } }, '{}'],
    [
      { arrayValue: { values: [{ stringValue: 'stop' }, {}, { boolValue: true }] } },
      '["stop",null,true]',
    ],
    [
      {
        kvlistValue: {
          values: [
            { key: 'b', value: { intValue: '9007199254740993' } },
            { key: 'a', value: { stringValue: '<\u2028"' } },
            { key: 'b', value: { intValue: '2' } },
          ],
        },
      },
      '{"a":"<\\u2028\\"","b":2}',
    ],
    [{ arrayValue: { values: [{ doubleValue: 'NaN' }] } }, ''],
  ];
  const attributes = values.map(([value], i) => ({ key: `k${i}`, value }));
  const { rows } = both([{ ...GOOD, attributes }]);
  expect(rows[0]!['SpanAttributes']).toEqual(values.map(([, shown], i) => [`k${i}`, shown]));
});

test('negative zero', () => {
  const content = [
    ...span({ traceId: TRACE, spanId: GOOD.spanId! }),
    ...bytes(9, [...text(1, 'z'), ...bytes(2, double(4, -0))]),
  ];
  const { rows } = decode(protobuf(bytes(1, bytes(2, bytes(2, content)))));
  expect(rows[0]!['SpanAttributes']).toEqual([['z', '-0']]);
});

test('a receipt names the traces that got facts in this request, and when', () => {
  const block = new Block();
  const touch = (spans: Span[]) =>
    decodeTraces(protobuf(traces(requestOf(spans))), block, { org_id: 'acme' }).touched;
  const other = 'f'.repeat(32);
  touch([call()]);
  const later = {
    startTimeUnixNano: '1700000000500000000',
    endTimeUnixNano: '1700000002000000000',
  };
  expect(
    touch([{ ...call(), traceId: other }, { ...call(), ...later, traceId: other }, call()]),
  ).toEqual([
    {
      org_id: 'acme',
      trace_id: other,
      first_ns: 1_700_000_000_000_000_000n,
      last_ns: 1_700_000_002_000_000_000n,
    },
    {
      org_id: 'acme',
      trace_id: TRACE,
      first_ns: 1_700_000_000_000_000_000n,
      last_ns: 1_700_000_001_000_000_000n,
    },
  ]);
});
