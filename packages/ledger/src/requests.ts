// OTLP requests in files, in the forms in which people have them: one request as JSON, JSON lines, a
// list of { path, body }, or protobuf. Bodies are cut out of the file as they are, never re-written,
// so that no 64-bit number is bent on the way.

import type { Body } from './decode.ts';
import { SpanledgerError } from './errors.ts';

export type RequestSignal = 'traces' | 'logs' | 'metrics';

export interface OtlpRequest {
  readonly signal: RequestSignal;
  readonly body: Body;
}

/** What the decoder may read behind a body. */
const SLACK_BYTES = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** A value's place in the file. */
interface Extent {
  readonly from: number;
  readonly to: number;
}

export function parseRequests(bytes: Uint8Array, fileName: string): OtlpRequest[] {
  const from = afterSpace(bytes, hasMark(bytes) ? 3 : 0);
  if (from === bytes.length) return [];
  if (bytes[from] !== OPEN_OBJECT && bytes[from] !== OPEN_LIST) {
    return [{ signal: signalOfName(fileName), body: bodyOf(bytes, 'protobuf') }];
  }
  const requests: OtlpRequest[] = [];
  for (const value of sequence(bytes, from)) {
    const list = bytes[value.from] === OPEN_LIST;
    for (const entry of list ? members(bytes, value) : [value]) {
      const request = requestOf(bytes, entry);
      if (request !== null) requests.push(request);
    }
  }
  return requests;
}

/** A request itself, or { path, body } around it; null for an object that is neither. */
function requestOf(bytes: Uint8Array, entry: Extent): OtlpRequest | null {
  if (bytes[entry.from] !== OPEN_OBJECT) throw malformed(entry.from);
  const fields = fieldsOf(bytes, entry);
  const body = fields.get('body');
  if (body !== undefined && bytes[body.from] === OPEN_OBJECT) {
    const inner = requestOf(bytes, body);
    const path = fields.get('path');
    const signal = path === undefined ? null : signalOfPath(textOf(bytes, path));
    return inner === null || signal === null ? inner : { ...inner, signal };
  }
  const signal = signalOfFields(fields);
  if (signal === null) return null;
  return { signal, body: bodyOf(bytes.subarray(entry.from, entry.to), 'json') };
}

function signalOfFields(fields: ReadonlyMap<string, Extent>): RequestSignal | null {
  if (fields.has('resourceSpans') || fields.has('resource_spans')) return 'traces';
  if (fields.has('resourceLogs') || fields.has('resource_logs')) return 'logs';
  return fields.has('resourceMetrics') || fields.has('resource_metrics') ? 'metrics' : null;
}

function signalOfPath(path: string): RequestSignal | null {
  if (path.endsWith('/traces')) return 'traces';
  if (path.endsWith('/logs')) return 'logs';
  return path.endsWith('/metrics') ? 'metrics' : null;
}

/** Protobuf requests of all signals look alike, so the file's name says which one it is. */
function signalOfName(fileName: string): RequestSignal {
  const name = fileName.slice(fileName.lastIndexOf('/') + 1).toLowerCase();
  return /metric/.test(name) ? 'metrics' : /\blogs?\b/.test(name) ? 'logs' : 'traces';
}

function bodyOf(bytes: Uint8Array, encoding: Body['encoding']): Body {
  const padded = new Uint8Array(bytes.length + SLACK_BYTES);
  padded.set(bytes);
  return { bytes: padded, length: bytes.length, encoding };
}

function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** The values of a file one after the other: one, or one a line. */
function sequence(bytes: Uint8Array, from: number): readonly Extent[] {
  const values: Extent[] = [];
  for (let at = from; at < bytes.length;) {
    const to = valueEnd(bytes, at);
    values.push({ from: at, to });
    at = afterSpace(bytes, to);
  }
  return values;
}

function members(bytes: Uint8Array, list: Extent): readonly Extent[] {
  const found: Extent[] = [];
  for (let at = afterSpace(bytes, list.from + 1); at < list.to - 1;) {
    const to = valueEnd(bytes, at);
    found.push({ from: at, to });
    at = afterSpace(bytes, to);
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
    else if (at < list.to - 1) throw malformed(at);
  }
  return found;
}

/** The fields of an object; of a repeated name the first counts. */
function fieldsOf(bytes: Uint8Array, object: Extent): ReadonlyMap<string, Extent> {
  const fields = new Map<string, Extent>();
  for (let at = afterSpace(bytes, object.from + 1); at < object.to - 1;) {
    if (bytes[at] !== QUOTE) throw malformed(at);
    const end = valueEnd(bytes, at);
    const name = textOf(bytes, { from: at, to: end });
    at = afterSpace(bytes, end);
    if (bytes[at] !== COLON) throw malformed(at);
    at = afterSpace(bytes, at + 1);
    const to = valueEnd(bytes, at);
    if (!fields.has(name)) fields.set(name, { from: at, to });
    at = afterSpace(bytes, to);
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
    else if (at < object.to - 1) throw malformed(at);
  }
  return fields;
}

function textOf(bytes: Uint8Array, extent: Extent): string {
  return new TextDecoder().decode(bytes.subarray(extent.from + 1, extent.to - 1));
}

/** Where the value that begins here ends; what is inside it is the decoder's business. */
function valueEnd(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = stringEnd(bytes, at);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      if (depth === 0) return at;
      depth--;
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return at;
    if (depth === 0 && (byte === QUOTE || byte === CLOSE_OBJECT || byte === CLOSE_LIST))
      return at + 1;
  }
  if (depth > 0) throw malformed(from);
  return bytes.length;
}

/** The closing quote of the string that opens here. */
function stringEnd(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at;
  }
  throw malformed(from);
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function malformed(at: number): SpanledgerError {
  return new SpanledgerError('malformed_json', `at byte ${at}`);
}
