// Random OTLP requests for the property tests: every field present or absent, every kind of value,
// ids that repeat, texts of awkward lengths.

import fc from 'fast-check';

import type { Pair, ResourceSpans, Span, Traces, Value } from './otlp-writer.ts';

const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((id) => Buffer.from(id).toString('hex'))
    .filter((id) => /[1-9a-f]/.test(id));

export const anyText = fc.oneof(
  { weight: 12, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(0, 1, 3, 4, 5, 94, 95, 96, 97, 126, 127, 128, 129, 300, 3_000),
        fc.constantFrom('x', 'ü', '😀'),
      )
      .map(([length, unit]) => unit.repeat(length)),
  },
);

const keys = fc.oneof(
  fc.constantFrom(
    ...['gen_ai.request.model', 'gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens'],
    ...['gen_ai.operation.name', 'gen_ai.provider.name', 'gen_ai.response.id'],
    ...['__proto__', 'constructor', 'toString', '', 'service.name', 'k'],
    ...['gen_ai.input.messages', 'gen_ai.prompt.0.content', 'gen_ai.conversation.id', 'input'],
  ),
  fc.string({ maxLength: 9 }),
);

const int64 = fc
  .oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-200n, 200n), fc.bigInt(0n, 2n ** 53n))
  .map(String);

const scalar: fc.Arbitrary<Value> = fc.oneof(
  anyText.map((stringValue) => ({ stringValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
  int64.map((intValue) => ({ intValue })),
  fc.double().map((value) => ({
    doubleValue: Number.isFinite(value) && !Object.is(value, -0) ? value : String(value),
  })),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => ({ doubleValue: n / 1_000 })),
  fc.base64String({ maxLength: 24 }).map((bytesValue) => ({ bytesValue })),
  fc.constant<Value>({}),
);

export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value; pair: Pair }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }).map((values) => ({ arrayValue: { values } })),
    fc.array(tie('pair'), { maxLength: 4 }).map((values) => ({ kvlistValue: { values } })),
  ),
  pair: fc.record({ key: keys, value: tie('value') }),
})).value;

export const anyPairs = fc.array(fc.record({ key: keys, value: anyValue }), { maxLength: 8 });

const time = fc
  .oneof(
    fc.bigInt(1_700_000_000_000_000_000n, 1_800_000_000_000_000_000n),
    fc.bigInt(0n, 2n ** 64n - 1n),
  )
  .map(String);

const optional = { requiredKeys: [] as [] };

export const anySpan: fc.Arbitrary<Span> = fc.record(
  {
    traceId: fc.oneof(
      { weight: 6, arbitrary: hex(16) },
      { weight: 1, arbitrary: fc.constantFrom('', 'ab', '0'.repeat(32)) },
    ),
    spanId: fc.oneof(
      { weight: 6, arbitrary: hex(8) },
      { weight: 1, arbitrary: fc.constantFrom('', 'ab', '0'.repeat(16)) },
    ),
    traceState: anyText,
    parentSpanId: fc.oneof(hex(8), fc.constantFrom('', 'abcd')),
    name: anyText,
    kind: fc.integer({ min: 0, max: 9 }),
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes: anyPairs,
    events: fc.array(
      fc.record({ timeUnixNano: time, name: anyText, attributes: anyPairs }, optional),
      { maxLength: 2 },
    ),
    links: fc.array(
      fc.record(
        { traceId: hex(16), spanId: hex(8), traceState: anyText, attributes: anyPairs },
        optional,
      ),
      { maxLength: 2 },
    ),
    status: fc.record({ message: anyText, code: fc.integer({ min: 0, max: 5 }) }, optional),
  },
  { requiredKeys: ['traceId', 'spanId'] },
);

const resourceSpans: fc.Arbitrary<ResourceSpans> = fc.record(
  {
    resource: fc.record({ attributes: anyPairs }, optional),
    scopeSpans: fc.array(
      fc.record(
        {
          scope: fc.record({ name: anyText, version: anyText, attributes: anyPairs }, optional),
          spans: fc.array(anySpan, { maxLength: 4 }),
        },
        optional,
      ),
      { maxLength: 2 },
    ),
  },
  optional,
);

export const anyTraces: fc.Arbitrary<Traces> = fc.record({
  resourceSpans: fc.array(resourceSpans, { maxLength: 3 }),
});

export function spansIn(request: Traces): number {
  return (request.resourceSpans ?? [])
    .flatMap((entry) => entry.scopeSpans ?? [])
    .reduce((sum, entry) => sum + (entry.spans?.length ?? 0), 0);
}
