// Column buffers for rows of plain values: facts, ledger rows and whatever else has a column list.
// Each knows how to take a value, how to give all of them back, and its memory in Native format.

import { Bytes, decodeText, putVarint, varintSize, Words } from './bytes.ts';
import type { Column, ColumnType } from './column.ts';
import { Dictionary } from './dictionary.ts';
import {
  lowCardinalityBody,
  lowCardinalityPrefix,
  nativeBlock,
  type NativeColumn,
} from './native.ts';
import { NumberColumn } from './number-column.ts';

const DICTIONARY_SEED = 0x2545f491;

export type Memory = Bytes | Words;

/** What all buffers have; `memory` is what a rollback cuts and a reset empties. */
export interface ValueColumn extends NativeColumn {
  readonly memory: readonly Memory[];
  readonly dictionary: Dictionary | null;
  add(value: unknown): void;
  /** Rows that were left out get the column's null or empty value; texts cannot be left out. */
  fillTo(rows: number): void;
  /** The values of all rows, for reading a block back. */
  values(): unknown[];
}

export class TextColumn implements ValueColumn {
  readonly type = 'String';
  readonly bytes = new Bytes(1024);
  readonly memory = [this.bytes];
  readonly dictionary = null;

  add(value: string): void {
    this.bytes.text(value);
  }

  /** Appends UTF-8 bytes that already lie somewhere. */
  addBytes(from: Bytes, start: number, end: number): void {
    const bytes = this.bytes;
    bytes.reserve(end - start + 5);
    bytes.n = putVarint(bytes.u8, bytes.n, end - start);
    bytes.copyFrom(from, start, end);
  }

  fillTo(): void {}

  values(): string[] {
    return textsOf(this.bytes);
  }

  parts(out: Uint8Array[]): void {
    out.push(this.bytes.view());
  }
}

/** All length-prefixed texts of a byte column. */
export function textsOf(bytes: Bytes): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.n;) {
    const length = prefixAt(bytes.u8, at);
    const start = at + varintSize(length);
    at = start + length;
    texts.push(decodeText(bytes.u8, start, at));
  }
  return texts;
}

/** The length that a prefix at `at` says. */
export function prefixAt(u8: Uint8Array, at: number): number {
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = u8[at++]!;
    length |= (byte & 127) << shift;
    if (byte < 128) return length;
  }
}

export class SharedTextColumn implements ValueColumn {
  readonly type = 'LowCardinality(String)';
  readonly ids = new Words(256);
  readonly memory = [this.ids];
  readonly dictionary: Dictionary;

  constructor(seed = DICTIONARY_SEED) {
    this.dictionary = new Dictionary(seed);
  }

  add(value: string): void {
    this.ids.push(value === '' ? 0 : this.dictionary.internText(value));
  }

  fillTo(rows: number): void {
    if (this.ids.n < rows) this.ids.fill(0, rows - this.ids.n);
  }

  values(): string[] {
    return Array.from(this.ids.u32.subarray(0, this.ids.n), (id) => this.dictionary.text(id));
  }

  parts(out: Uint8Array[]): void {
    lowCardinalityPrefix(out);
    lowCardinalityBody(out, this.dictionary, this.ids);
  }
}

export class SharedTextListColumn implements ValueColumn {
  readonly type = 'Array(LowCardinality(String))';
  readonly ends = new Words(128);
  readonly ids = new Words(64);
  readonly memory = [this.ends, this.ids];
  readonly dictionary: Dictionary;

  constructor(seed = DICTIONARY_SEED) {
    this.dictionary = new Dictionary(seed);
  }

  add(value: readonly string[]): void {
    for (let i = 0; i < value.length; i++) this.ids.push(this.dictionary.internText(value[i]!));
    this.ends.pair(this.ids.n, 0);
  }

  fillTo(rows: number): void {
    while (this.ends.n < rows * 2) this.ends.pair(this.ids.n, 0);
  }

  values(): string[][] {
    const lists: string[][] = [];
    for (let i = 0, from = 0; i < this.ends.n; i += 2) {
      const to = this.ends.u32[i]!;
      lists.push(Array.from(this.ids.u32.subarray(from, to), (id) => this.dictionary.text(id)));
      from = to;
    }
    return lists;
  }

  parts(out: Uint8Array[]): void {
    lowCardinalityPrefix(out);
    out.push(this.ends.view());
    lowCardinalityBody(out, this.dictionary, this.ids);
  }
}

export function valueColumn(type: ColumnType, seed?: number): ValueColumn {
  switch (type) {
    case 'String':
      return new TextColumn();
    case 'LowCardinality(String)':
      return new SharedTextColumn(seed);
    case 'Array(LowCardinality(String))':
      return new SharedTextListColumn(seed);
    default:
      return new NumberColumn(type);
  }
}

/** Rows with a column list as one Native block; no rows, no block. */
export function encodeRows<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Uint8Array[] {
  const buffers = columns.map((entry) => ({ name: entry.name, column: valueColumn(entry.type) }));
  for (const row of rows) {
    for (const { name, column } of buffers) column.add(row[name as keyof Row]);
  }
  return nativeBlock(buffers, rows.length);
}
