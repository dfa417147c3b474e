// Columns of numbers: whole numbers of several widths, times, money and truth values, with or without
// null. What a nullable column cannot hold becomes null, and the caller can ask beforehand.

import { bigOf, Bytes } from './bytes.ts';
import type { ColumnType } from './column.ts';
import type { ValueColumn } from './value-columns.ts';

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
    if (this.#form.nullable && this.nulls.n < rows) this.#fillNulls(rows);
  }

  #fillNulls(rows: number): void {
    const { nulls, data } = this;
    const { size } = this.#form;
    nulls.fill(1, rows - nulls.n);
    data.fill(0, rows * size - data.n);
  }

  /** Adds a count to a Nullable(UInt32) column; rows before `row` that were left out are null. */
  addCount(value: number, row: number): void {
    const { nulls, data } = this;
    if (nulls.n < row) this.#fillNulls(row);
    nulls.reserve(1);
    data.reserve(4);
    const held = value >>> 0 === value;
    nulls.u8[nulls.n++] = held ? 0 : 1;
    data.dv.setUint32(data.n, held ? value : 0, true);
    data.n += 4;
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
