// Writes OTLP requests for the tests, as protobuf and as JSON, straight from the protocol's field
// numbers and without any of the code under test.

import { SLACK_BYTES } from '../src/bytes.ts';
import type { Body } from '../src/decode.ts';

export type Value =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number | string }
  | { arrayValue: { values: Value[] } }
  | { kvlistValue: { values: Pair[] } }
  | { bytesValue: string }
  | Record<string, never>;
export interface Pair {
  key: string;
  value: Value;
}
export interface Span {
  traceId?: string;
  spanId?: string;
  traceState?: string;
  parentSpanId?: string;
  name?: string;
  kind?: number;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  attributes?: Pair[];
  events?: { timeUnixNano?: string; name?: string; attributes?: Pair[] }[];
  links?: { traceId?: string; spanId?: string; traceState?: string; attributes?: Pair[] }[];
  status?: { message?: string; code?: number };
}
export interface LogRecord {
  timeUnixNano?: string;
  observedTimeUnixNano?: string;
  severityNumber?: number;
  severityText?: string;
  body?: Value;
  attributes?: Pair[];
  flags?: number;
  traceId?: string;
  spanId?: string;
  eventName?: string;
}
export interface Scope {
  name?: string;
  version?: string;
  attributes?: Pair[];
}
export interface ScopeSpans {
  scope?: Scope;
  spans?: Span[];
}
export interface ResourceSpans {
  resource?: { attributes?: Pair[] };
  scopeSpans?: ScopeSpans[];
}
export interface Traces {
  resourceSpans?: ResourceSpans[];
}
export interface Logs {
  resourceLogs?: {
    resource?: { attributes?: Pair[] };
    scopeLogs?: { scope?: Scope; logRecords?: LogRecord[] }[];
  }[];
}

export function varint(value: bigint | number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  for (; rest >= 128n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  out.push(Number(rest));
  return out;
}

export function bytes(field: number, content: Iterable<number>): number[] {
  const list = [...content];
  return [...varint((field << 3) | 2), ...varint(list.length), ...list];
}

export const text = (field: number, value: string): number[] => bytes(field, Buffer.from(value));
const id = (field: number, hex: string): number[] => bytes(field, Buffer.from(hex, 'hex'));
const number = (field: number, value: bigint | number): number[] => [
  ...varint(field << 3),
  ...varint(value),
];

export function fixed64(field: number, value: string): number[] {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return [...varint((field << 3) | 1), ...buffer];
}

function fixed32(field: number, value: number): number[] {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return [...varint((field << 3) | 5), ...buffer];
}

export function double(field: number, value: number): number[] {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return [...varint((field << 3) | 1), ...buffer];
}

/** Fields in order; those that are undefined are left out. */
function fields(...parts: (number[] | false | undefined)[]): number[] {
  return parts.flatMap((part) => part || []);
}

const some = <T>(value: T | undefined, write: (value: T) => number[]): number[] =>
  value === undefined ? [] : write(value);
const each = <T>(values: readonly T[] | undefined, write: (value: T) => number[]): number[] =>
  (values ?? []).flatMap(write);

export function anyValue(value: Value): number[] {
  if ('stringValue' in value) return text(1, value.stringValue);
  if ('boolValue' in value) return number(2, value.boolValue ? 1 : 0);
  if ('intValue' in value) return number(3, BigInt(value.intValue));
  if ('doubleValue' in value) return double(4, Number(value.doubleValue));
  if ('arrayValue' in value) {
    return bytes(
      5,
      value.arrayValue.values.flatMap((item) => bytes(1, anyValue(item))),
    );
  }
  if ('kvlistValue' in value) {
    return bytes(
      6,
      value.kvlistValue.values.flatMap((item) => bytes(1, pair(item))),
    );
  }
  if ('bytesValue' in value) return bytes(7, Buffer.from(value.bytesValue, 'base64'));
  return [];
}

export function pair({ key, value }: Pair): number[] {
  return [...text(1, key), ...bytes(2, anyValue(value))];
}

const pairs = (field: number, list: readonly Pair[] | undefined): number[] =>
  each(list, (item) => bytes(field, pair(item)));

export function span(value: Span): number[] {
  return fields(
    some(value.traceId, (hex) => id(1, hex)),
    some(value.spanId, (hex) => id(2, hex)),
    some(value.traceState, (state) => text(3, state)),
    some(value.parentSpanId, (hex) => id(4, hex)),
    some(value.name, (name) => text(5, name)),
    some(value.kind, (kind) => number(6, kind)),
    some(value.startTimeUnixNano, (time) => fixed64(7, time)),
    some(value.endTimeUnixNano, (time) => fixed64(8, time)),
    pairs(9, value.attributes),
    each(value.events, (event) =>
      bytes(
        11,
        fields(
          some(event.timeUnixNano, (time) => fixed64(1, time)),
          some(event.name, (name) => text(2, name)),
          pairs(3, event.attributes),
        ),
      ),
    ),
    each(value.links, (link) =>
      bytes(
        13,
        fields(
          some(link.traceId, (hex) => id(1, hex)),
          some(link.spanId, (hex) => id(2, hex)),
          some(link.traceState, (state) => text(3, state)),
          pairs(4, link.attributes),
        ),
      ),
    ),
    some(value.status, (status) =>
      bytes(
        15,
        fields(
          some(status.message, (message) => text(2, message)),
          some(status.code, (code) => number(3, code)),
        ),
      ),
    ),
  );
}

const resource = (value: { attributes?: Pair[] } | undefined): number[] =>
  some(value, ({ attributes }) => bytes(1, pairs(1, attributes)));

const scope = (value: Scope | undefined): number[] =>
  some(value, ({ name, version, attributes }) =>
    bytes(
      1,
      fields(
        some(name, (it) => text(1, it)),
        some(version, (it) => text(2, it)),
        pairs(3, attributes),
      ),
    ),
  );

export function traces(request: Traces): number[] {
  return each(request.resourceSpans, (entry) =>
    bytes(
      1,
      fields(
        resource(entry.resource),
        each(entry.scopeSpans, (inner) =>
          bytes(
            2,
            fields(
              scope(inner.scope),
              each(inner.spans, (it) => bytes(2, span(it))),
            ),
          ),
        ),
      ),
    ),
  );
}

function logRecord(value: LogRecord): number[] {
  return fields(
    some(value.timeUnixNano, (time) => fixed64(1, time)),
    some(value.severityNumber, (severity) => number(2, severity)),
    some(value.severityText, (severity) => text(3, severity)),
    some(value.body, (body) => bytes(5, anyValue(body))),
    pairs(6, value.attributes),
    some(value.flags, (flags) => fixed32(8, flags)),
    some(value.traceId, (hex) => id(9, hex)),
    some(value.spanId, (hex) => id(10, hex)),
    some(value.observedTimeUnixNano, (time) => fixed64(11, time)),
    some(value.eventName, (name) => text(12, name)),
  );
}

export function logs(request: Logs): number[] {
  return each(request.resourceLogs, (entry) =>
    bytes(
      1,
      fields(
        resource(entry.resource),
        each(entry.scopeLogs, (inner) =>
          bytes(
            2,
            fields(
              scope(inner.scope),
              each(inner.logRecords, (it) => bytes(2, logRecord(it))),
            ),
          ),
        ),
      ),
    ),
  );
}

export function body(content: ArrayLike<number>, encoding: Body['encoding']): Body {
  const all = new Uint8Array(content.length + SLACK_BYTES).fill(0xff);
  all.set(content);
  return { bytes: all, length: content.length, encoding };
}

export const protobuf = (content: ArrayLike<number>): Body => body(content, 'protobuf');
export const json = (value: unknown): Body =>
  body(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), 'json');

/** The same JSON with every key in the other spelling. */
export function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCase(inner),
    ]),
  );
}
