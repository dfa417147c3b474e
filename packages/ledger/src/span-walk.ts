// One Span message into one row of `otel_traces`, and into a fact when a dialect claims it. Fields
// may come in any order and more than once, so the row is written when the message has ended.

import { isUtf8 } from 'node:buffer';

import { attributesContent } from './attribute-map.ts';
import { type Bytes, decodeText } from './bytes.ts';
import { hashBytes, mix } from './content-hash.ts';
import { contentPlaces, conversationOf, splitSpan } from './content-split.ts';
import { readFact } from './dialects/index.ts';
import { plumbing } from './dialects/plumbing.ts';
import type { FactIdentity } from './fact-table.ts';
import type { Fact } from './fact.ts';
import { isZero, putHex, SPAN_ID_BYTES, TRACE_ID_BYTES } from './identifier.ts';
import { emptyPlaces, type Places, readFields, refusalOf } from './span-fields.ts';
import { dropParts, emptyPartsMark, eventsOf, partsContent } from './span-parts.ts';
import { SPAN_KINDS, STATUS_CODES } from './span-table.ts';
import { millisecondsOf, versionHigh, versionLow } from './times.ts';
import type { Walk } from './walk.ts';

const KIND_NAMES: readonly Fact['span_kind'][] = [
  ...(['', '', 'internal', 'server', 'client', 'producer', 'consumer'] as const),
];
const STATUS_NAMES: readonly Fact['status'][] = ['unset', 'unset', 'ok', 'error'];

const CONTENT_SEED = 0x165667b1;

export class SpanWalk {
  readonly #walk: Walk;
  readonly #at: Places = emptyPlaces();
  readonly #mark = emptyPartsMark();
  readonly #identity: FactIdentity;

  constructor(walk: Walk) {
    this.#walk = walk;
    const { traceId, spanId, parentSpanId } = walk.block.spanTable;
    this.#identity = {
      traceId: { bytes: traceId, at: 0 },
      spanId: { bytes: spanId, at: 0 },
      parentSpanId: { bytes: parentSpanId, at: 0 },
      eventId: '',
      versionLow: 0,
      versionHigh: 0,
    };
    walk.record.readEvents = () => eventsOf(walk.block.spanTable, this.#mark);
  }

  /** Reads the span from the cursor to `end`; a row, or a counted refusal. */
  read(end: number): boolean {
    const walk = this.#walk;
    const spans = walk.block.spanTable;
    this.#mark.taken = false;
    spans.attributes.begin();
    readFields(walk, end, this.#at, this.#mark);
    const refusal = refusalOf(walk.wire.u8, walk.wire.dv, this.#at);
    if (refusal === null) {
      this.#row();
      return true;
    }
    walk.tally.refuse(refusal);
    spans.attributes.drop();
    dropParts(spans, this.#mark);
    return false;
  }

  /** Writes the row; the columns of one value a row have room for it already. */
  #row(): void {
    const walk = this.#walk;
    const { block, record } = walk;
    const { u8, dv } = walk.wire;
    const spans = block.spanTable;
    const at = this.#at;
    const identity = this.#identity;
    const startLow = at.startAt < 0 ? 0 : dv.getUint32(at.startAt, true);
    const startHigh = at.startAt < 0 ? 0 : dv.getUint32(at.startAt + 4, true);
    const endLow = at.endAt < 0 ? 0 : dv.getUint32(at.endAt, true);
    const endHigh = at.endAt < 0 ? 0 : dv.getUint32(at.endAt + 4, true);

    identity.traceId.at = spans.traceId.n;
    identity.spanId.at = spans.spanId.n;
    identity.parentSpanId.at = spans.parentSpanId.n;
    putHex(spans.traceId, u8, at.traceAt, TRACE_ID_BYTES);
    putHex(spans.spanId, u8, at.spanAt, SPAN_ID_BYTES);
    this.#parent();
    this.#text(spans.traceState, at.stateAt, at.stateLength);
    this.#text(spans.statusMessage, at.messageAt, at.messageLength);
    const name = spans.spanName.dictionary.intern(u8, dv, at.nameAt, at.nameLength);
    const kind = at.kind < SPAN_KINDS.length ? at.kind + 1 : 0;
    const status = at.status < STATUS_CODES.length ? at.status + 1 : 0;
    spans.spanName.ids.push(name);
    spans.spanKind.ids.push(kind);
    spans.statusCode.ids.push(status);
    spans.timestamp.pair(startLow, startHigh);
    const borrow = endLow < startLow ? 1 : 0;
    spans.duration.pair((endLow - startLow) >>> 0, (endHigh - startHigh - borrow) >>> 0);
    spans.attributeEnds.pair(spans.attributes.ids.n, 0);
    spans.eventEnds.pair(spans.eventName.n, 0);
    spans.linkEnds.pair(spans.linkAttributeEnds.n >> 1, 0);

    const content = this.#content(name, kind | (status << 8), startLow, startHigh, endLow);
    const endMs = millisecondsOf(endLow, endHigh);
    identity.versionLow = versionLow(endMs, content);
    identity.versionHigh = versionHigh(endMs);
    spans.version.pair(identity.versionLow, identity.versionHigh);
    spans.table.rows++;

    record.name = spans.spanName.dictionary.text(name);
    record.spanKind = KIND_NAMES[kind]!;
    record.status = STATUS_NAMES[status]!;
    record.startLow = startLow;
    record.startHigh = startHigh;
    record.endLow = endLow;
    record.endHigh = endHigh;
    const gen_ai = this.#fact();
    const places = contentPlaces(block, gen_ai, this.#mark);
    if (places !== 0) this.#split(gen_ai, places);
  }

  /** Reads the fact; whether a dialect claimed the span as one of GenAI. */
  #fact(): boolean {
    const { block, record, tally } = this.#walk;
    const { draft } = block;
    record.identify();
    draft.clear(record.status);
    if (record.doubts.length > 0) record.doubts.length = 0;
    const read = readFact(record, draft);
    tally.claim(read ? String(draft.dialect) : '');
    if (!read) return false;
    block.factTable.add(record, draft, this.#identity);
    return draft.dialect !== plumbing.name;
  }

  /** Takes the content out of the row, which nothing reads any more. */
  #split(gen_ai: boolean, places: number): void {
    const { block, record, tally } = this.#walk;
    const owner = {
      identity: this.#identity,
      gen_ai,
      conversation: conversationOf(record, block),
      timeLow: record.startLow,
      timeHigh: record.startHigh,
    };
    splitSpan(block, tally, owner, this.#mark, places);
  }

  #parent(): void {
    const at = this.#at;
    const { wire, tally, block } = this.#walk;
    const column = block.spanTable.parentSpanId;
    if (at.parentLength === SPAN_ID_BYTES && !isZero(wire.u8, at.parentAt, SPAN_ID_BYTES)) {
      putHex(column, wire.u8, at.parentAt, SPAN_ID_BYTES);
      return;
    }
    if (at.parentLength !== SPAN_ID_BYTES && at.parentLength !== 0)
      tally.adjust('invalid_parent_span_id');
    column.byte(0);
  }

  /** A text of its own, repaired where it is not UTF-8. */
  #text(column: Bytes, start: number, length: number): void {
    if (length === 0) {
      column.byte(0);
      return;
    }
    const { u8 } = this.#walk.wire;
    if (isUtf8(u8.subarray(start, start + length))) {
      column.varint(length);
      column.copy(u8, start, start + length);
    } else {
      this.#walk.tally.adjust('invalid_utf8');
      column.text(decodeText(u8, start, start + length));
    }
  }

  /** Hash of all that the row says and its ids do not. */
  #content(
    name: number,
    codes: number,
    startLow: number,
    startHigh: number,
    endLow: number,
  ): number {
    const walk = this.#walk;
    const { dv } = walk.wire;
    const spans = walk.block.spanTable;
    const at = this.#at;
    const { attributes } = spans;
    let hash = mix(mix(mix(CONTENT_SEED, startLow), startHigh), endLow);
    hash = mix(mix(hash, codes), spans.spanName.dictionary.contents[name]!);
    hash = mix(mix(hash, walk.resourceContent), walk.scopeContent);
    hash = attributesContent(attributes, attributes.firstId, attributes.firstValue, hash);
    hash = hashBytes(dv, at.parentAt, at.parentAt + at.parentLength, hash);
    hash = hashBytes(dv, at.stateAt, at.stateAt + at.stateLength, hash);
    hash = hashBytes(dv, at.messageAt, at.messageAt + at.messageLength, hash);
    const mark = this.#mark;
    if (!mark.taken) return hash;
    if (spans.eventName.n === mark.events && spans.linkAttributeEnds.n >> 1 === mark.links)
      return hash;
    return partsContent(spans, mark, hash);
  }
}
