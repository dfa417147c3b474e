// What an emitter sends, taken down as OTLP/JSON: spans and log records under their resource and
// scope, with ids that depend on nothing but the order of telling.

import type { OtlpRequest } from '../../src/index.ts';
import { json, type LogRecord, type Pair, type Span, type Value } from '../otlp-writer.ts';

export type Plain =
  string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };
/** What is null or undefined is not written. */
export type Attributes = Readonly<Record<string, Plain | null | undefined>>;

const SPAN_KINDS = { internal: 1, server: 2, client: 3 } as const;
const STATUS_CODES = { unset: 0, ok: 1, error: 2 } as const;
const START_NS = 1_795_228_800_000_000_000n;

export const nanoseconds = (ms: number): string =>
  String(START_NS + BigInt(Math.round(ms * 1e3)) * 1_000n);
export const isoTime = (ms: number): string =>
  new Date(Number(START_NS / 1_000_000n) + ms).toISOString();

export function valueOf(plain: Plain): Value {
  if (typeof plain === 'string') return { stringValue: plain };
  if (typeof plain === 'boolean') return { boolValue: plain };
  if (typeof plain === 'number') {
    return Number.isInteger(plain) ? { intValue: String(plain) } : { doubleValue: plain };
  }
  if (isList(plain)) return { arrayValue: { values: plain.map(valueOf) } };
  return { kvlistValue: { values: pairsOf(plain) } };
}

const isList = (plain: Plain): plain is readonly Plain[] => Array.isArray(plain);

export function pairsOf(attributes: Attributes): Pair[] {
  const pairs: Pair[] = [];
  for (const [key, plain] of Object.entries(attributes)) {
    if (plain !== null && plain !== undefined) pairs.push({ key, value: valueOf(plain) });
  }
  return pairs;
}

export interface SpanEvent {
  readonly name: string;
  readonly at_ms: number;
  readonly attributes?: Attributes;
}

export interface SpanWords {
  readonly scope: string;
  readonly name: string;
  readonly kind?: keyof typeof SPAN_KINDS;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly attributes: Attributes;
  readonly status?: keyof typeof STATUS_CODES;
  readonly events?: readonly SpanEvent[];
  /** The name of the service, where it is not the application's. */
  readonly service?: string;
}

export interface LogWords {
  readonly scope: string;
  readonly event_name?: string;
  readonly body?: Plain;
  readonly at_ms: number;
  readonly attributes: Attributes;
}

/** A place in the tree that children can hang beneath. */
export interface Place {
  readonly trace_id: string;
  readonly span_id: string;
}

export class Tape {
  readonly #resource: Attributes;
  /** By service and scope. */
  readonly #spans = new Map<string, Map<string, Span[]>>();
  readonly #logs = new Map<string, LogRecord[]>();
  readonly #seed: number;
  #ids = 0;

  constructor(seed: number, resource: Attributes) {
    this.#seed = seed;
    this.#resource = resource;
  }

  span(words: SpanWords, above: Place | null): Place {
    const place = {
      trace_id: above?.trace_id ?? this.#id(32),
      span_id: this.#id(16),
    };
    listOf(this.#spansOf(words.service ?? ''), words.scope).push({
      traceId: place.trace_id,
      spanId: place.span_id,
      ...(above === null ? {} : { parentSpanId: above.span_id }),
      name: words.name,
      kind: SPAN_KINDS[words.kind ?? 'internal'],
      startTimeUnixNano: nanoseconds(words.start_ms),
      endTimeUnixNano: nanoseconds(words.end_ms),
      attributes: pairsOf(words.attributes),
      events: (words.events ?? []).map(({ name, at_ms, attributes }) => ({
        name,
        timeUnixNano: nanoseconds(at_ms),
        attributes: pairsOf(attributes ?? {}),
      })),
      status: { code: STATUS_CODES[words.status ?? 'unset'] },
    });
    return place;
  }

  log(words: LogWords, at: Place | null): void {
    listOf(this.#logs, words.scope).push({
      timeUnixNano: nanoseconds(words.at_ms),
      observedTimeUnixNano: nanoseconds(words.at_ms),
      ...(words.event_name === undefined ? {} : { eventName: words.event_name }),
      ...(words.body === undefined ? {} : { body: valueOf(words.body) }),
      ...(at === null ? {} : { traceId: at.trace_id, spanId: at.span_id }),
      attributes: pairsOf(words.attributes),
    });
  }

  /** One request for each signal that something was said in. */
  requests(): readonly OtlpRequest[] {
    const resource = { attributes: pairsOf(this.#resource) };
    const traces = {
      resourceSpans: [...this.#spans].map(([service, scopes]) => ({
        resource: service === '' ? resource : { attributes: pairsOf({ 'service.name': service }) },
        scopeSpans: [...scopes].map(([name, spans]) => ({ scope: scopeOf(name), spans })),
      })),
    };
    const logs = {
      resourceLogs: [
        {
          resource,
          scopeLogs: [...this.#logs].map(([name, logRecords]) => ({
            scope: scopeOf(name),
            logRecords,
          })),
        },
      ],
    };
    const origin = { file: 'told', line: null };
    return [
      ...(this.#spans.size > 0
        ? [{ signal: 'traces' as const, body: json(traces), ...origin }]
        : []),
      ...(this.#logs.size > 0 ? [{ signal: 'logs' as const, body: json(logs), ...origin }] : []),
    ];
  }

  #spansOf(service: string): Map<string, Span[]> {
    let scopes = this.#spans.get(service);
    if (scopes === undefined) this.#spans.set(service, (scopes = new Map<string, Span[]>()));
    return scopes;
  }

  #id(digits: number): string {
    this.#ids += 1;
    return `${this.#seed.toString(16)}a${this.#ids.toString(16).padStart(5, '0')}`.padStart(
      digits,
      'c',
    );
  }
}

/** `name@version`, as scopes are written here. */
function scopeOf(text: string): { name: string; version?: string } {
  const cut = text.lastIndexOf('@');
  return cut < 1 ? { name: text } : { name: text.slice(0, cut), version: text.slice(cut + 1) };
}

function listOf<T>(lists: Map<string, T[]>, key: string): T[] {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = []));
  return list;
}
