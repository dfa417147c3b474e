// OTLP requests in files, in the forms in which people have them: one request as JSON, JSON lines, a
// list of { path, body }, or protobuf. Bodies are cut out of the file as they are, never re-written,
// so that no 64-bit number is bent on the way.

import type { Body } from './decode.ts';
import { SpanledgerError } from './errors.ts';

export type RequestSignal = 'traces' | 'logs' | 'metrics';

export interface OtlpRequest {
  readonly signal: RequestSignal;
  readonly body: Body;
  readonly file: string;
  /** Where it begins in the file, from 1; null for protobuf. */
  readonly line: number | null;
}

/** A piece of a file that is no request: something else, or the last line of a file still written. */
export interface UnusableEntry {
  readonly file: string;
  readonly line: number;
  readonly reason: 'not_otlp' | 'cut_off';
}

/** What the decoder may read behind a body. */
const SLACK_BYTES = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEW_LINE = 0x0a;
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

/** The requests of a file; `unusable` hears of what is none. Broken JSON throws, with its line. */
export function parseRequests(
  bytes: Uint8Array,
  file: string,
  unusable: (entry: UnusableEntry) => void = () => {},
): OtlpRequest[] {
  const from = afterSpace(bytes, hasMark(bytes) ? 3 : 0);
  if (from === bytes.length) return [];
  if (bytes[from] !== OPEN_OBJECT && bytes[from] !== OPEN_LIST) {
    return [{ signal: signalOfName(file), body: bodyOf(bytes, 'protobuf'), file, line: null }];
  }
  const requests: OtlpRequest[] = [];
  const lines = new Lines(bytes);
  try {
    const { values, cut_off } = sequence(bytes, from);
    for (const value of values) {
      const list = bytes[value.from] === OPEN_LIST;
      for (const entry of list ? members(bytes, value) : [value]) {
        const found = requestOf(bytes, entry);
        const line = lines.of(entry.from);
        if (found === null) unusable({ file, line, reason: 'not_otlp' });
        else requests.push({ ...found, file, line });
      }
    }
    if (cut_off !== null) unusable({ file, line: lines.of(cut_off), reason: 'cut_off' });
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const line = new Lines(bytes).of(error.at);
    throw new SpanledgerError('malformed_json', `${file} line ${line}, byte ${error.at}`);
  }
  return requests;
}

/** A place in the file where no JSON can be read. */
class Broken extends Error {
  readonly at: number;

  constructor(at: number) {
    super(`broken at byte ${at}`);
    this.at = at;
  }
}

/** Tells the lines of places that are asked for from the front to the back. */
class Lines {
  readonly #bytes: Uint8Array;
  #at = 0;
  #line = 1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  of(place: number): number {
    for (; this.#at < place; this.#at++) if (this.#bytes[this.#at] === NEW_LINE) this.#line++;
    return this.#line;
  }
}

/** A request itself, or { path, body } around it; null for an object that is neither. */
function requestOf(bytes: Uint8Array, entry: Extent): Pick<OtlpRequest, 'signal' | 'body'> | null {
  if (bytes[entry.from] !== OPEN_OBJECT) throw new Broken(entry.from);
  const fields = fieldsOf(bytes, entry);
  const body = fields.get('body');
  if (body !== undefined && bytes[body.from] === OPEN_OBJECT) {
    const inner = requestOf(bytes, body);
    const path = fields.get('path');
    if (inner !== null || path === undefined || fieldsOf(bytes, body).size > 0) return inner;
    const signal = signalOfPath(textOf(bytes, path));
    return signal === null ? null : { signal, body: jsonOf(bytes, body) };
  }
  const signal = signalOfFields(fields);
  return signal === null ? null : { signal, body: jsonOf(bytes, entry) };
}

function jsonOf(bytes: Uint8Array, { from, to }: Extent): Body {
  return bodyOf(bytes.subarray(from, to), 'json');
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

/**
 * The values of a file one after the other: one, or one a line. After others, the last line may be
 * cut off: its writer is still at work.
 */
function sequence(
  bytes: Uint8Array,
  from: number,
): { readonly values: readonly Extent[]; readonly cut_off: number | null } {
  const values: Extent[] = [];
  for (let at = from; at < bytes.length;) {
    try {
      const to = valueEnd(bytes, at);
      values.push({ from: at, to });
      at = afterSpace(bytes, to);
    } catch (error) {
      const last_line = values.length > 0 && bytes.indexOf(NEW_LINE, at) === -1;
      if (!last_line || !(error instanceof Broken)) throw error;
      return { values, cut_off: at };
    }
  }
  return { values, cut_off: null };
}

function members(bytes: Uint8Array, list: Extent): readonly Extent[] {
  const found: Extent[] = [];
  for (let at = afterSpace(bytes, list.from + 1); at < list.to - 1;) {
    const to = valueEnd(bytes, at);
    found.push({ from: at, to });
    at = afterSpace(bytes, to);
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
    else if (at < list.to - 1) throw new Broken(at);
  }
  return found;
}

/** The fields of an object; of a repeated name the first counts. */
function fieldsOf(bytes: Uint8Array, object: Extent): ReadonlyMap<string, Extent> {
  const fields = new Map<string, Extent>();
  for (let at = afterSpace(bytes, object.from + 1); at < object.to - 1;) {
    if (bytes[at] !== QUOTE) throw new Broken(at);
    const end = valueEnd(bytes, at);
    const name = textOf(bytes, { from: at, to: end });
    at = afterSpace(bytes, end);
    if (bytes[at] !== COLON) throw new Broken(at);
    at = afterSpace(bytes, at + 1);
    const to = valueEnd(bytes, at);
    if (!fields.has(name)) fields.set(name, { from: at, to });
    at = afterSpace(bytes, to);
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1);
    else if (at < object.to - 1) throw new Broken(at);
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
      if (depth === 0) return bareEnd(from, at);
      depth--;
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return bareEnd(from, at);
    if (depth === 0 && (byte === QUOTE || byte === CLOSE_OBJECT || byte === CLOSE_LIST))
      return at + 1;
  }
  if (depth > 0) throw new Broken(from);
  return bytes.length;
}

/** The end of a number or word; where there is none, nothing can be read. */
function bareEnd(from: number, to: number): number {
  if (to === from) throw new Broken(from);
  return to;
}

/** The closing quote of the string that opens here. */
function stringEnd(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at;
  }
  throw new Broken(from);
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
