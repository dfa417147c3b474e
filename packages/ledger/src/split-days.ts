// A request whose records lie in more days than a block takes becomes several requests of fewer days
// each, in order of time. Seldom needed, so it is plain: the bytes of each record are copied as they
// are, with the resource and scope around them.

import { Bytes, putVarint, SLACK_BYTES, varintSize } from './bytes.ts';
import { dayOf } from './days.ts';
import type { Body } from './decode.ts';
import { transcode } from './json-walker.ts';
import { decodeLimits } from './limits.ts';
import { LOGS, type Message, TRACES } from './otlp-messages.ts';
import { Wire } from './wire.ts';

/** Signals whose tables lie by days. */
export type SplitSignal = 'traces' | 'logs';

interface RecordKind {
  readonly message: Message;
  /** Tags of a record's times, the first of them that is said and not 0 is its own. */
  readonly times: readonly number[];
}

const KINDS: Readonly<Record<SplitSignal, RecordKind>> = {
  /** start_time_unix_nano */
  traces: { message: TRACES, times: [0x39] },
  /** time_unix_nano, observed_time_unix_nano */
  logs: { message: LOGS, times: [0x09, 0x59] },
};

/** The tag of what a level holds: resources in a request, scopes in a resource, records in a scope. */
const HELD = [0x0a, 0x12, 0x12] as const;
const RECORDS = 2;

/** Bytes of a message, in order, and how many there are in all. */
interface Pieces {
  readonly list: Uint8Array[];
  size: number;
}

/**
 * The requests, each of at most `days_max` days, and made when it is asked for: one lies in memory at
 * a time. Together they hold each record once. The body has been decoded before, so it is well-formed.
 */
export function* splitByDays(body: Body, signal: SplitSignal, days_max: number): Generator<Body> {
  const { message, times } = KINDS[signal];
  const { bytes, length } = asProtobuf(body, message);
  const days: number[] = [];
  eachRecord(bytes, length, (wire, end) => days.push(dayOfRecord(wire, end, times)));
  const distinct = [...new Set(days)].sort((one, other) => one - other);
  for (let from = 0; from < distinct.length; from += days_max) {
    const part = new Set(distinct.slice(from, from + days_max));
    yield bodyOf(new Part(bytes, days, part).request(length));
  }
}

function asProtobuf(
  body: Body,
  message: Message,
): { readonly bytes: Uint8Array; readonly length: number } {
  if (body.encoding === 'protobuf') return body;
  const out = new Bytes();
  transcode(body, message, out, decodeLimits());
  return { bytes: out.u8, length: out.n };
}

/** Calls `read` for each record, in the order of the request, with the cursor at its first byte. */
function eachRecord(
  bytes: Uint8Array,
  length: number,
  read: (wire: Wire, end: number) => void,
): void {
  const wire = new Wire();
  wire.open(bytes);
  const walk = (end: number, level: number): void => {
    while (wire.p < end) {
      const tag = wire.tag(end);
      if (tag !== HELD[level]) {
        wire.skip(tag, end);
        continue;
      }
      const to = wire.length(end) + wire.p;
      if (level < RECORDS) walk(to, level + 1);
      else read(wire, to);
      wire.p = to;
    }
  };
  walk(length, 0);
}

function dayOfRecord(wire: Wire, end: number, times: readonly number[]): number {
  const found: number[] = times.map(() => -1);
  while (wire.p < end) {
    const tag = wire.tag(end);
    const which = times.indexOf(tag);
    if (which < 0) wire.skip(tag, end);
    else found[which] = wire.fixed64(end);
  }
  for (const at of found) {
    if (at < 0) continue;
    const low = wire.dv.getUint32(at, true);
    const high = wire.dv.getUint32(at + 4, true);
    if (low !== 0 || high !== 0) return dayOf(low, high);
  }
  return 0;
}

/** Copies what belongs to some days out of a request. */
class Part {
  readonly #wire = new Wire();
  /** Of each record, in order. */
  readonly #days: readonly number[];
  readonly #wanted: ReadonlySet<number>;
  #record = 0;

  constructor(bytes: Uint8Array, days: readonly number[], wanted: ReadonlySet<number>) {
    this.#wire.open(bytes);
    this.#days = days;
    this.#wanted = wanted;
  }

  request(length: number): Pieces {
    return this.#message(length, 0).pieces;
  }

  /** What stays of the message at the cursor, and how many records that is. */
  #message(end: number, level: number): { readonly pieces: Pieces; readonly records: number } {
    const wire = this.#wire;
    const pieces: Pieces = { list: [], size: 0 };
    let records = 0;
    while (wire.p < end) {
      const start = wire.p;
      const tag = wire.tag(end);
      if (tag !== HELD[level]) {
        wire.skip(tag, end);
        add(pieces, wire.u8.subarray(start, wire.p));
        continue;
      }
      const to = wire.length(end) + wire.p;
      if (level === RECORDS) {
        if (this.#wanted.has(this.#days[this.#record++]!)) {
          records++;
          add(pieces, wire.u8.subarray(start, to));
        }
      } else {
        const held = this.#message(to, level + 1);
        records += held.records;
        if (held.records > 0) addMessage(pieces, tag, held.pieces);
      }
      wire.p = to;
    }
    return { pieces, records };
  }
}

function add(pieces: Pieces, piece: Uint8Array): void {
  pieces.list.push(piece);
  pieces.size += piece.length;
}

function addMessage(pieces: Pieces, tag: number, inner: Pieces): void {
  const head = new Uint8Array(1 + varintSize(inner.size));
  head[0] = tag;
  putVarint(head, 1, inner.size);
  add(pieces, head);
  for (const piece of inner.list) add(pieces, piece);
}

function bodyOf({ list, size }: Pieces): Body {
  const bytes = new Uint8Array(size + SLACK_BYTES);
  let at = 0;
  for (const piece of list) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes, length: size, encoding: 'protobuf' };
}
