// OTLP requests as objects of the official JSON form, and the way to protobuf bytes. An object may hold
// what no SDK sends; what protobuf cannot say at all is left out.

export type Message = Record<string, unknown>;
export type Signal = 'traces' | 'logs' | 'metrics';

type Kind = 'text' | 'id' | 'fixed64' | 'fixed32' | 'varint' | 'double' | 'value' | Fields;
type Fields = Readonly<Record<string, readonly [number: number, kind: Kind]>>;

const PAIR: Fields = { key: [1, 'text'], value: [2, 'value'] };
const SCOPE: Fields = { name: [1, 'text'], version: [2, 'text'], attributes: [3, PAIR] };
const RESOURCE: Fields = { attributes: [1, PAIR] };
const SPAN: Fields = {
  traceId: [1, 'id'],
  spanId: [2, 'id'],
  traceState: [3, 'text'],
  parentSpanId: [4, 'id'],
  name: [5, 'text'],
  kind: [6, 'varint'],
  startTimeUnixNano: [7, 'fixed64'],
  endTimeUnixNano: [8, 'fixed64'],
  attributes: [9, PAIR],
  events: [11, { timeUnixNano: [1, 'fixed64'], name: [2, 'text'], attributes: [3, PAIR] }],
  links: [13, { traceId: [1, 'id'], spanId: [2, 'id'], attributes: [4, PAIR] }],
  status: [15, { message: [2, 'text'], code: [3, 'varint'] }],
};
const LOG_RECORD: Fields = {
  timeUnixNano: [1, 'fixed64'],
  severityNumber: [2, 'varint'],
  severityText: [3, 'text'],
  body: [5, 'value'],
  attributes: [6, PAIR],
  flags: [8, 'fixed32'],
  traceId: [9, 'id'],
  spanId: [10, 'id'],
  observedTimeUnixNano: [11, 'fixed64'],
  eventName: [12, 'text'],
};
const TIMES = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] } as const;
const data = (point: Fields): Fields => ({
  dataPoints: [1, { ...TIMES, ...point }],
  aggregationTemporality: [2, 'varint'],
});
const NUMBERS = data({ attributes: [7, PAIR], asDouble: [4, 'double'], asInt: [6, 'fixed64'] });
const HISTOGRAMS = data({ attributes: [9, PAIR], sum: [5, 'double'], flags: [10, 'varint'] });
const METRIC: Fields = {
  name: [1, 'text'],
  gauge: [5, NUMBERS],
  sum: [7, NUMBERS],
  histogram: [9, HISTOGRAMS],
  exponentialHistogram: [10, data({ attributes: [1, PAIR], sum: [5, 'double'] })],
};

const REQUESTS: Readonly<Record<Signal, Fields>> = {
  traces: {
    resourceSpans: [
      1,
      { resource: [1, RESOURCE], scopeSpans: [2, { scope: [1, SCOPE], spans: [2, SPAN] }] },
    ],
  },
  logs: {
    resourceLogs: [
      1,
      {
        resource: [1, RESOURCE],
        scopeLogs: [2, { scope: [1, SCOPE], logRecords: [2, LOG_RECORD] }],
      },
    ],
  },
  metrics: {
    resourceMetrics: [
      1,
      { resource: [1, RESOURCE], scopeMetrics: [2, { scope: [1, SCOPE], metrics: [2, METRIC] }] },
    ],
  },
};

const VALUE: Readonly<Record<string, readonly [number: number, kind: Kind | 'list' | 'map']>> = {
  stringValue: [1, 'text'],
  boolValue: [2, 'varint'],
  intValue: [3, 'varint'],
  doubleValue: [4, 'double'],
  arrayValue: [5, 'list'],
  kvlistValue: [6, 'map'],
};

/** Behind a body may lie bytes that mean nothing. */
export const SLACK_BYTES = 64;

export function protobufOf(signal: Signal, request: Message): Uint8Array {
  const out = new Writer();
  putFields(out, REQUESTS[signal], request);
  return out.bytes.slice(0, out.length);
}

/** Bytes of a nested message's length: a varint padded to four, as encoders in one pass write it. */
const LENGTH_BYTES = 4;

class Writer {
  bytes = Buffer.allocUnsafe(4_096);
  length = 0;

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  varint(value: number): void {
    this.reserve(10);
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128))
      this.bytes[this.length++] = (rest % 128) | 128;
    this.bytes[this.length++] = rest;
  }

  big(value: bigint): void {
    let rest = value;
    for (; rest > 127n; rest >>= 7n) this.byte(Number(rest & 127n) | 128);
    this.byte(Number(rest));
  }

  byte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  text(number: number, content: Uint8Array): void {
    this.varint((number << 3) | 2);
    this.varint(content.length);
    this.reserve(content.length);
    this.bytes.set(content, this.length);
    this.length += content.length;
  }

  nested(number: number, write: () => void): void {
    this.varint((number << 3) | 2);
    this.reserve(LENGTH_BYTES);
    this.length += LENGTH_BYTES;
    const start = this.length;
    write();
    let rest = this.length - start;
    for (let i = LENGTH_BYTES; i > 0; i--, rest >>>= 7) {
      this.bytes[start - i] = (rest & 127) | (i > 1 ? 128 : 0);
    }
  }
}

function putFields(out: Writer, fields: Fields, message: Message): void {
  for (const name in fields) {
    const value = message[name];
    if (value === undefined || value === null) continue;
    const [number, kind] = fields[name]!;
    if (!Array.isArray(value)) put(out, number, kind, value);
    else for (const one of value) put(out, number, kind, one);
  }
}

function put(out: Writer, number: number, kind: Kind, value: unknown): void {
  switch (kind) {
    case 'text':
      return out.text(number, Buffer.from(String(value)));
    case 'id':
      return out.text(number, Buffer.from(String(value), 'hex'));
    case 'varint':
      out.varint(number << 3);
      return out.big(BigInt.asUintN(64, wholeOf(value)));
    case 'fixed64':
    case 'double':
    case 'fixed32':
      return putFixed(out, number, kind, value);
    case 'value':
      return out.nested(number, () => putValue(out, (value ?? {}) as Message));
    default:
      return out.nested(number, () => putFields(out, kind, value as Message));
  }
}

function putFixed(
  out: Writer,
  number: number,
  kind: 'fixed64' | 'double' | 'fixed32',
  value: unknown,
): void {
  out.varint((number << 3) | (kind === 'fixed32' ? 5 : 1));
  out.reserve(8);
  const { bytes, length } = out;
  if (kind === 'double') bytes.writeDoubleLE(Number(value), length);
  else if (kind === 'fixed64') bytes.writeBigUInt64LE(BigInt.asUintN(64, wholeOf(value)), length);
  else bytes.writeUInt32LE(Number(value) >>> 0, length);
  out.length += kind === 'fixed32' ? 4 : 8;
}

function putValue(out: Writer, value: Message): void {
  for (const name in value) {
    const field = VALUE[name];
    if (field === undefined) continue;
    const [number, kind] = field;
    const inner = value[name];
    if (kind !== 'list' && kind !== 'map') put(out, number, kind, inner);
    else {
      const values = ((inner as Message)['values'] ?? []) as Message[];
      out.nested(number, () => {
        for (const one of values) {
          out.nested(1, () => (kind === 'map' ? putFields(out, PAIR, one) : putValue(out, one)));
        }
      });
    }
  }
}

function wholeOf(value: unknown): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return /^-?\d{1,30}$/.test(String(value)) ? BigInt(String(value)) : 0n;
}

export const jsonOf = (request: Message): Uint8Array => Buffer.from(JSON.stringify(request));
