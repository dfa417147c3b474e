// Column buffers for rows of plain values: facts, ledger rows and whatever else has a column list.
// Each knows how to take a value, how to give all of them back, and its memory in Native format.

import { bigOf, Bytes, decodeText, putVarint, varintSize, Words } from './bytes.ts';
import type { Column, ColumnType } from './column.ts';
import { Dictionary } from './dictionary.ts';
import {
  lowCardinalityBody,
  lowCardinalityPrefix,
  nativeBlock,
  type NativeColumn,
} from './native.ts';

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
  addBytes(u8: Uint8Array, start: number, end: number): void {
    const bytes = this.bytes;
    bytes.reserve(end - start + 5);
    bytes.n = putVarint(bytes.u8, bytes.n, end - start);
    bytes.copy(u8, start, end);
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
    const { ids } = this;
    if (ids.n >= rows) return;
    ids.reserve(rows - ids.n);
    ids.u32.fill(0, ids.n, rows);
    ids.n = rows;
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

type NumberType = Exclude<ColumnType, 'String' | `${string}LowCardinality(String)${string}`>;

interface NumberForm {
  readonly size: 1 | 2 | 4 | 8;
  readonly nullable: boolean;
  /** What a stored number is in TypeScript. */
  readonly value: 'number' | 'bigint' | 'boolean';
}

const NUMBER_FORMS: Readonly<Record<NumberType, NumberForm>> = {
  Bool: { size: 1, nullable: false, value: 'boolean' },
  'Nullable(Bool)': { size: 1, nullable: true, value: 'boolean' },
  UInt16: { size: 2, nullable: false, value: 'number' },
  'Nullable(UInt16)': { size: 2, nullable: true, value: 'number' },
  UInt32: { size: 4, nullable: false, value: 'number' },
  'Nullable(UInt32)': { size: 4, nullable: true, value: 'number' },
  UInt64: { size: 8, nullable: false, value: 'bigint' },
  'Nullable(UInt64)': { size: 8, nullable: true, value: 'number' },
  'DateTime64(9)': { size: 8, nullable: false, value: 'bigint' },
  'Nullable(Decimal(18, 12))': { size: 8, nullable: true, value: 'bigint' },
};

const DECIMAL_18_END = 10n ** 18n;

export class NumberColumn implements ValueColumn {
  readonly type: NumberType;
  readonly nulls = new Bytes(64);
  readonly data = new Bytes(512);
  readonly memory = [this.nulls, this.data];
  readonly dictionary = null;
  readonly #form: NumberForm;
  readonly #end: number;

  constructor(type: NumberType) {
    this.type = type;
    this.#form = NUMBER_FORMS[type];
    this.#end = this.#form.size === 8 ? 2 ** 53 : 2 ** (this.#form.size * 8);
  }

  /** Whether the column can hold the value; what it cannot hold becomes null. */
  holds(value: number | bigint | boolean | null): boolean {
    if (typeof value === 'number')
      return Number.isInteger(value) && value >= 0 && value < this.#end;
    if (typeof value === 'bigint' && this.#form.nullable) {
      return value < DECIMAL_18_END && value > -DECIMAL_18_END;
    }
    return value !== null || this.#form.nullable;
  }

  add(value: number | bigint | boolean | null): void {
    const { size, nullable } = this.#form;
    let stored = value;
    if (nullable) {
      if (value !== null && !this.holds(value)) stored = null;
      this.nulls.byte(stored === null ? 1 : 0);
    } else if (!this.holds(value)) {
      throw new RangeError(`cannot store ${String(value)} as ${this.type}`);
    }
    const data = this.data;
    data.reserve(8);
    const at = data.n;
    data.n = at + size;
    if (typeof stored === 'bigint') data.dv.setBigInt64(at, BigInt.asIntN(64, stored), true);
    else this.#put(at, Number(stored));
  }

  fillTo(rows: number): void {
    const { nulls, data } = this;
    const { size, nullable } = this.#form;
    if (!nullable || nulls.n >= rows) return;
    nulls.reserve(rows - nulls.n);
    nulls.u8.fill(1, nulls.n, rows);
    nulls.n = rows;
    data.reserve(rows * size - data.n);
    data.u8.fill(0, data.n, rows * size);
    data.n = rows * size;
  }

  /** A 64-bit number that is already in two words. */
  addPair(low: number, high: number): void {
    this.data.reserve(8);
    this.data.dv.setUint32(this.data.n, low, true);
    this.data.dv.setUint32(this.data.n + 4, high, true);
    this.data.n += 8;
  }

  /** The last value of a 64-bit column. */
  lastBig(): bigint {
    const at = this.data.n - 8;
    const signed = this.type !== 'UInt64';
    return signed ? this.data.dv.getBigInt64(at, true) : this.data.dv.getBigUint64(at, true);
  }

  #put(at: number, value: number): void {
    const { u8, dv } = this.data;
    switch (this.#form.size) {
      case 1:
        u8[at] = value;
        return;
      case 2:
        dv.setUint16(at, value, true);
        return;
      case 4:
        dv.setUint32(at, value, true);
        return;
      case 8:
        dv.setUint32(at, value % 0x100000000, true);
        dv.setUint32(at + 4, Math.floor(value / 0x100000000), true);
    }
  }

  values(): (number | bigint | boolean | null)[] {
    const { size, nullable, value } = this.#form;
    const { dv } = this.data;
    const out: (number | bigint | boolean | null)[] = [];
    for (let at = 0, row = 0; at < this.data.n; at += size, row++) {
      if (nullable && this.nulls.u8[row] === 1) out.push(null);
      else if (size === 1) out.push(dv.getUint8(at) === 1);
      else if (size === 2) out.push(dv.getUint16(at, true));
      else if (size === 4) out.push(dv.getUint32(at, true));
      else if (value === 'number') out.push(Number(dv.getBigUint64(at, true)));
      else if (this.type === 'UInt64')
        out.push(bigOf(dv.getUint32(at, true), dv.getUint32(at + 4, true)));
      else out.push(dv.getBigInt64(at, true));
    }
    return out;
  }

  parts(out: Uint8Array[]): void {
    if (this.#form.nullable) out.push(this.nulls.view());
    out.push(this.data.view());
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
