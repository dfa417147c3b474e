// OTLP requests for tests, written by hand: as objects of the official JSON encoding, and as the
// few protobuf messages that JSON cannot say.

type Scalar = string | number | boolean;

export interface SpanLike {
  readonly [field: string]: unknown;
}

export const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** Nanoseconds of a moment some minutes ago, so that `last=1h` finds it. */
export function recently_ns(ago_ms = 300_000): bigint {
  return BigInt(Math.floor(Date.now() / 60_000) * 60_000 - ago_ms) * 1_000_000n;
}

export function attributes(values: Readonly<Record<string, Scalar>>): unknown[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Scalar): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** One model call of 120 input and 30 output tokens; every field can be overridden. */
export function call(spanId: string, changes: SpanLike = {}): SpanLike {
  const start = recently_ns();
  return {
    traceId: TRACE,
    spanId,
    name: 'chat gpt-4o',
    kind: 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 1_000_000_000n),
    attributes: attributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o',
      'gen_ai.response.id': `response-${spanId}`,
      'gen_ai.usage.input_tokens': 120,
      'gen_ai.usage.output_tokens': 30,
    }),
    ...changes,
  };
}

export function request(...spans: readonly SpanLike[]): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': 'support' }) },
        scopeSpans: [{ scope: { name: 'tests' }, spans }],
      },
    ],
  };
}

/** 16 hex digits that differ for each number. */
export function spanId(number: number): string {
  return number.toString(16).padStart(16, '0');
}

type Field = readonly [number: number, value: string | Uint8Array | number | bigint];

/** A protobuf message: text and bytes with their length, numbers as varint, bigint as fixed64. */
export function message(...fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.map(([number, value]) => field(number, value)));
}

function field(number: number, value: Field[1]): Uint8Array {
  if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)]);
  if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    return Buffer.concat([varint(number * 8 + 1), bytes]);
  }
  const bytes = Buffer.from(value as string);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}

/** One span as protobuf, with its attributes as raw key and value bytes. */
export function protobufRequest(
  ids: readonly [trace: Uint8Array, span: Uint8Array],
  pairs: readonly (readonly [key: Uint8Array, value: Uint8Array])[] = [],
): Uint8Array {
  const start = recently_ns();
  const span = message(
    [1, ids[0]],
    [2, ids[1]],
    [5, 'chat gpt-4o'],
    [6, 3],
    [7, start],
    [8, start + 1_000_000n],
    ...pairs.map(([key, value]): Field => [9, message([1, key], [2, message([1, value])])]),
  );
  return message([1, message([2, message([2, span])])]);
}
