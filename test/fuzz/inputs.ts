// Inputs by number: records made of the vocabulary with hostile values, captures with other parents,
// times and ids, and real requests with damaged bytes.

import type { Corpus, Telling } from './corpus.ts';
import { hostileKey, hostileTime, hostileValue, largeAttributes } from './hostile.ts';
import { jsonOf, protobufOf, type Message, type Signal } from './otlp.ts';
import { Random } from './random.ts';

export type Kind = 'records' | 'trace' | 'crowd' | 'metrics' | 'bytes' | 'file' | 'large';

/** One body, as it is sent. */
export interface Sent {
  readonly signal: Signal;
  readonly encoding: 'protobuf' | 'json';
  readonly bytes: Uint8Array;
  /** How many records a well-formed request holds; null where its bytes were damaged. */
  readonly records: number | null;
}

export interface Input {
  readonly number: number;
  readonly kind: Kind;
  /** What it was made of, where it is a well-formed request; else only its bytes are known. */
  readonly tellings: readonly Telling[];
  readonly sent: readonly Sent[];
}

const SPANS_MAX = 12;

export function makeInput(corpus: Corpus, seed: number, number: number): Input {
  const random = new Random(seed, number);
  const kind = kindOf(random.below(10_000));
  switch (kind) {
    case 'records':
    case 'large': {
      const count = kind === 'large' ? 1 : 1 + random.below(4);
      const tellings = Array.from({ length: count }, () => synthetic(random, corpus));
      const [one] = tellings;
      if (kind === 'large' && one !== undefined) addTo(one, largeAttributes(random));
      return { number, kind, tellings, sent: send(random, tellings) };
    }
    case 'trace': {
      const tellings = disturbed(random, corpus);
      return { number, kind, tellings, sent: send(random, tellings) };
    }
    case 'crowd': {
      const tellings = crowd(random, corpus);
      return { number, kind, tellings, sent: send(random, tellings) };
    }
    case 'metrics': {
      const { body, records } = metricsOf(random, corpus);
      return { number, kind, tellings: [], sent: [encoded(random, 'metrics', body, records)] };
    }
    default: {
      const request = random.of(corpus.requests);
      const encoding = random.once(2) ? 'json' : 'protobuf';
      const bytes = damaged(random, kind === 'file' ? request.file : request[encoding]);
      const sent = { signal: request.signal, encoding, bytes, records: null } as const;
      return { number, kind, tellings: [], sent: [sent] };
    }
  }
}

function kindOf(share: number): Kind {
  if (share < 3) return 'crowd';
  if (share < 20) return 'large';
  if (share < 500) return 'trace';
  if (share < 1_000) return 'metrics';
  if (share < 3_300) return 'bytes';
  return share < 3_600 ? 'file' : 'records';
}

/** In one request for each signal, in either encoding or in the one that is asked for. */
export function send(
  random: Random,
  tellings: readonly Telling[],
  encoding?: Sent['encoding'],
): Sent[] {
  const signals = [...new Set(tellings.map(({ signal }) => signal))];
  return signals.map((signal) => {
    const own = tellings.filter((one) => one.signal === signal);
    return encoded(random, signal, requestOf(signal, own), own.length, encoding);
  });
}

/** Each record with its resource and scope. */
export function requestOf(signal: 'traces' | 'logs', tellings: readonly Telling[]): Message {
  const [outer, inner, leaf] =
    signal === 'traces'
      ? ['resourceSpans', 'scopeSpans', 'spans']
      : ['resourceLogs', 'scopeLogs', 'logRecords'];
  const entries = tellings.map(({ resource, scope, record }) => ({
    resource,
    [inner!]: [{ scope, [leaf!]: [record] }],
  }));
  return { [outer!]: entries };
}

function encoded(
  random: Random,
  signal: Signal,
  body: Message,
  records: number | null,
  wanted?: Sent['encoding'],
): Sent {
  const encoding = wanted ?? (random.once(2) ? 'json' : 'protobuf');
  const bytes = encoding === 'json' ? jsonOf(body) : protobufOf(signal, body);
  return { signal, encoding, bytes, records };
}

function attributesOf(random: Random, corpus: Corpus, count: number): Message[] {
  return Array.from({ length: count }, () => {
    const key = hostileKey(random, corpus);
    const seen = corpus.values.get(key);
    const real = seen !== undefined && !random.once(3);
    return { key, value: real ? random.of(seen) : hostileValue(random) };
  });
}

const addTo = ({ record }: Telling, more: readonly Message[]): void => {
  record['attributes'] = [...((record['attributes'] ?? []) as Message[]), ...more];
};

const START_NS = 1_790_000_000_000_000_000n;

function synthetic(random: Random, corpus: Corpus): Telling {
  const start = START_NS + BigInt(random.below(1_000_000_000));
  const attributes = attributesOf(random, corpus, random.below(12));
  const scope = random.of(corpus.scopes);
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 's' } }] };
  const ids = { traceId: random.hex(32), spanId: random.once(40) ? '' : random.hex(16) };
  const name = random.of(corpus.names);
  if (random.once(5)) {
    const event = random.once(2) ? { eventName: name } : { body: { stringValue: name } };
    const record = { ...ids, ...event, timeUnixNano: timeOf(random, start), attributes };
    return { signal: 'logs', resource, scope, record };
  }
  const record = {
    ...{ ...ids, name, kind: random.below(7), status: { code: random.below(4) } },
    startTimeUnixNano: timeOf(random, start),
    endTimeUnixNano: timeOf(random, start + BigInt(random.below(2_000_000_000))),
    attributes,
    ...(random.once(6)
      ? { events: [{ name, attributes: attributesOf(random, corpus, random.below(4)) }] }
      : {}),
  };
  return { signal: 'traces', resource, scope, record };
}

const timeOf = (random: Random, time: bigint): string =>
  random.once(30) ? hostileTime(random) : String(time);

/** Some records of one capture, with ids, parents, times and attributes that no emitter would write. */
function disturbed(random: Random, corpus: Corpus): Telling[] {
  const capture = random.of(corpus.captures);
  if (capture.length === 0) return [synthetic(random, corpus)];
  const from = random.below(capture.length);
  const some = capture
    .slice(from, from + 1 + random.below(SPANS_MAX))
    .map((one) => structuredClone(one));
  const ids = some.map(({ record }) => record['spanId']).filter((id) => id !== undefined);
  for (const telling of some) {
    const { record } = telling;
    if (random.once(6)) addTo(telling, attributesOf(random, corpus, 1 + random.below(3)));
    if (random.once(8)) record['parentSpanId'] = random.of([...ids, record['spanId'], '']);
    if (random.once(12) && ids.length > 0) record['spanId'] = random.of(ids);
    if (random.once(12))
      record['attributes'] = random.shuffled((record['attributes'] ?? []) as Message[]);
    if (random.once(30)) record['endTimeUnixNano'] = record['startTimeUnixNano'];
    if (random.once(40)) delete record['attributes'];
  }
  return some;
}

const CROWD_MAX = 3_000;
const RECORD_CHARACTERS_MAX = 4_000;
const RESPONSE_ID = 'gen_ai.response.id';

/** Very many records of one trace that are alike, in the shapes that could cost more than their number. */
function crowd(random: Random, corpus: Corpus): Telling[] {
  const capture = random.of(corpus.captures);
  const drawn = Array.from({ length: 1 + random.below(3) }, () =>
    capture.length === 0 ? synthetic(random, corpus) : random.of(capture),
  );
  const small = drawn.filter(({ record }) => JSON.stringify(record).length < RECORD_CHARACTERS_MAX);
  const some = small.length === 0 ? [synthetic(random, corpus)] : small;
  const count = 200 + random.below(CROWD_MAX);
  const [parents, times, responses] = [random.below(5), random.below(4), random.below(4)];
  const traceId = random.hex(32);
  const ids = Array.from({ length: count }, () => random.hex(16));
  return ids.map((spanId, i) => {
    const { signal, resource, scope, record } = some[i % some.length]!;
    const parent = [ids[i - 1], ids[0], random.of(ids), ids[(i + 1) % count], undefined][parents];
    const start = START_NS + [0n, BigInt(i), BigInt(random.below(1_000_000)), BigInt(i)][times]!;
    const end =
      start + [10n, BigInt(2 * count - 2 * i), BigInt(random.below(1_000_000)), 1n][times]!;
    const others = ((record['attributes'] ?? []) as Message[]).filter(
      ({ key }) => responses === 0 || key !== RESPONSE_ID,
    );
    const id = ['', 'one', `own ${i}`, `pair ${i >> 1}`][responses]!;
    const named = { key: RESPONSE_ID, value: { stringValue: id } };
    const attributes = id === '' ? others : [...others, named];
    const when =
      signal === 'traces'
        ? { startTimeUnixNano: String(start), endTimeUnixNano: String(end) }
        : { timeUnixNano: String(end) };
    const told = { ...record, traceId, spanId, ...when, attributes };
    return {
      ...{ signal, scope, resource },
      record: parent === undefined ? told : { ...told, parentSpanId: parent },
    };
  });
}

const TOKEN_METRICS = [
  ...[
    'gen_ai.client.token.usage',
    'claude_code.token.usage',
    'codex.turn.token_usage',
    'operation.cost',
  ],
  ...[
    'gemini_cli.token.usage',
    'gen_ai.client.inference.usage.input_tokens',
    'strands.event_loop.input.tokens',
  ],
];
const TYPE_KEYS = ['gen_ai.token.type', 'type', 'token_type', 'gen_ai.request.model', '__proto__'];
const TYPES = ['input', 'output', 'cacheRead', 'thought', 'total', '', '__proto__'];
const DATA = ['sum', 'histogram', 'exponentialHistogram', 'gauge'];
const SUMS = [0, 1, 120, 0.5, -1, 1e300, 'NaN', 'Infinity'];

function metricsOf(random: Random, corpus: Corpus): { body: Message; records: number } {
  const dataPoints = Array.from({ length: random.below(5) }, () => ({
    attributes: [
      { key: random.of(TYPE_KEYS), value: { stringValue: random.of(TYPES) } },
      ...attributesOf(random, corpus, random.below(3)),
    ],
    startTimeUnixNano: timeOf(random, START_NS),
    timeUnixNano: timeOf(random, START_NS + BigInt(random.below(5))),
    ...{ sum: random.of(SUMS), asDouble: random.of(SUMS) },
    ...(random.once(3) ? { asInt: String(random.below(100) - 10) } : {}),
  }));
  const kind = random.of(DATA);
  const metric = {
    name: random.of(TOKEN_METRICS),
    [kind]: { dataPoints, aggregationTemporality: random.below(4) },
  };
  const scopeMetrics = [{ scope: random.of(corpus.scopes), metrics: [metric, metric] }];
  const body = { resourceMetrics: [{ resource: {}, scopeMetrics }] };
  return { body, records: dataPoints.length * 2 };
}

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  'null',
  '-',
  '1e999',
  '\u0000',
  '{"a":',
].map((text) => Buffer.from(text));

/** A few bytes changed, cut out, doubled or put in. */
function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  let out = Buffer.from(bytes);
  for (let times = 1 + random.below(4); times > 0 && out.length > 0; times--) {
    const at = random.below(out.length);
    const to = Math.min(out.length, at + 1 + random.below(random.once(4) ? out.length : 8));
    switch (random.below(6)) {
      case 0:
        out = Buffer.concat([out.subarray(0, at), out.subarray(to)]);
        break;
      case 1:
        out = Buffer.concat([out.subarray(0, to), out.subarray(at)]);
        break;
      case 2:
        out = Buffer.concat([out.subarray(0, at), random.of(PIECES), out.subarray(at)]);
        break;
      case 3:
        out = out.subarray(0, at);
        break;
      default:
        out[at] = random.once(4) ? random.of([0, 0x7f, 0x80, 0xff]) : random.below(256);
    }
  }
  return out;
}
