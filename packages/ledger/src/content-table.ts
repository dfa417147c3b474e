// The columns of `genai_content` while they are filled: what was taken out of a span or log record,
// with the place where each value was, so that the record can be put together again byte by byte.

import { Bytes, Words } from './bytes.ts';
import { Dictionary } from './dictionary.ts';
import { copyPlace } from './fact-table.ts';
import type { ContentOwner } from './content-split.ts';
import { arrayColumn, sharedTextArray, wordsColumn } from './raw-columns.ts';
import { Table } from './table.ts';
import { SharedTextColumn, TextColumn } from './value-columns.ts';

export class ContentTable {
  readonly #org: SharedTextColumn;
  readonly #timestamp = new Words();
  readonly #serviceName: SharedTextColumn;
  readonly #conversation = new TextColumn();
  readonly #traceId = new TextColumn();
  readonly #spanId = new TextColumn();
  readonly #eventId = new TextColumn();
  readonly #version = new Words();
  readonly #ends = new Words();
  readonly #event = new Words();
  readonly #position = new Words();
  readonly #keys: Dictionary;
  readonly #key = new Words();
  readonly #size = new Words();
  readonly #value = new Bytes(4096);
  readonly #body = new TextColumn();
  readonly #bodySize = new Words();
  readonly table: Table;

  constructor(seed: number) {
    this.#org = new SharedTextColumn(seed);
    this.#serviceName = new SharedTextColumn(seed);
    this.#keys = new Dictionary(seed);
    const texts = [this.#conversation, this.#traceId, this.#spanId, this.#eventId, this.#body];
    this.table = new Table(
      this.#columns(),
      [
        ...[this.#org.ids, this.#serviceName.ids, this.#timestamp, this.#version, this.#ends],
        ...[this.#event, this.#position, this.#key, this.#size, this.#value, this.#bodySize],
        ...texts.map((column) => column.bytes),
      ],
      [this.#org.dictionary, this.#serviceName.dictionary, this.#keys],
    );
  }

  #columns() {
    const ends = this.#ends;
    return [
      { name: 'OrgId', column: this.#org },
      { name: 'Timestamp', column: wordsColumn('DateTime64(9)', this.#timestamp) },
      { name: 'ServiceName', column: this.#serviceName },
      { name: 'Conversation', column: this.#conversation },
      { name: 'TraceId', column: this.#traceId },
      { name: 'SpanId', column: this.#spanId },
      { name: 'EventId', column: this.#eventId },
      { name: 'Version', column: wordsColumn('UInt64', this.#version) },
      { name: 'Content.Event', column: arrayColumn('UInt32', ends, this.#event) },
      { name: 'Content.Position', column: arrayColumn('UInt32', ends, this.#position) },
      { name: 'Content.Key', column: sharedTextArray(ends, this.#keys, this.#key) },
      { name: 'Content.Bytes', column: arrayColumn('UInt32', ends, this.#size) },
      { name: 'Content.Value', column: arrayColumn('String', ends, this.#value) },
      { name: 'Body', column: this.#body },
      { name: 'BodyBytes', column: wordsColumn('UInt32', this.#bodySize) },
    ];
  }

  /** Pairs that belong to no row yet. */
  get pending(): number {
    const rows = this.#ends.n;
    return this.#key.n - (rows === 0 ? 0 : this.#ends.u32[rows - 2]!);
  }

  /** A pair of the record itself (event 0) or of its events from 1 on, by its place among theirs. */
  addPair(event: number, position: number, keys: Dictionary, key: number): void {
    this.#event.push(event);
    this.#position.push(position);
    const { arena, offsets, lengths } = keys;
    this.#key.push(this.#keys.intern(arena.u8, arena.dv, offsets[key]!, lengths[key]!));
  }

  /** The pair's value: `kept` of its `size` bytes. */
  addValue(values: Bytes, textAt: number, kept: number, size: number): void {
    this.#size.push(size);
    this.#value.varint(kept);
    this.#value.copyFrom(values, textAt, textAt + kept);
  }

  /** The row of all pairs since the last one, and of a log record's body where that is content. */
  addRow(owner: ContentOwner, body: string, bodySize: number): void {
    const { identity } = owner;
    this.#timestamp.pair(owner.timeLow, owner.timeHigh);
    this.#conversation.add(owner.conversation);
    copyPlace(this.#traceId, identity.traceId);
    copyPlace(this.#spanId, identity.spanId);
    this.#eventId.add(identity.eventId);
    this.#version.pair(identity.versionLow, identity.versionHigh);
    this.#ends.pair(this.#key.n, 0);
    this.#body.add(body);
    this.#bodySize.push(bodySize);
    this.table.rows++;
  }

  /** All records of a resource have been read: their rows get what they share. */
  endResource(org: string, service: string): void {
    const missing = this.table.rows - this.#org.ids.n;
    if (missing === 0) return;
    this.#org.ids.fill(this.#org.dictionary.internText(org), missing);
    this.#serviceName.ids.fill(this.#serviceName.dictionary.internText(service), missing);
  }
}

/** The columns that the content table must have, by name and type. */
export const CONTENT_COLUMNS: readonly { readonly name: string; readonly type: string }[] =
  new ContentTable(0).table.columns.map(({ name, column }) => ({ name, type: column.type }));
