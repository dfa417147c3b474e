// Reads a Native block back into rows, written from the format alone: the tests' second opinion.

export type Row = Record<string, unknown>;

export function rowsOf(parts: readonly Uint8Array[]): Row[] {
  if (parts.length === 0) return [];
  const reader = new Reader(Buffer.concat(parts));
  const columns = reader.varint();
  const count = reader.varint();
  const rows: Row[] = Array.from({ length: count }, () => ({}));
  for (let c = 0; c < columns; c++) {
    const name = reader.text();
    const type = reader.text();
    reader.prefix(type);
    const values = reader.column(type, count);
    values.forEach((value, i) => (rows[i]![name] = value));
  }
  if (reader.at !== reader.bytes.length) throw new Error('bytes behind the last column');
  return rows;
}

class Reader {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes.readUInt8(this.at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Error('block ends early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      this.take(this.varint()),
    );
  }

  /** LowCardinality says its version before all else of its column. */
  prefix(type: string): void {
    if (!type.includes('LowCardinality')) return;
    if (this.take(8).readBigUInt64LE() !== 1n) throw new Error('LowCardinality version');
  }

  column(type: string, count: number): unknown[] {
    const inner = /^(\w+)\((.*)\)$/.exec(type);
    if (inner?.[1] === 'Array')
      return this.#nested(count, (items) => this.column(inner[2]!, items));
    if (inner?.[1] === 'Map') return this.#nested(count, (pairs) => this.#pairs(pairs));
    if (inner?.[1] === 'LowCardinality') return this.#lowCardinality(count);
    if (inner?.[1] === 'Nullable') {
      const nulls = [...this.take(count)];
      return this.column(inner[2]!, count).map((value, i) => (nulls[i] === 1 ? null : value));
    }
    return Array.from({ length: count }, () => this.#scalar(inner?.[1] ?? type));
  }

  #nested(count: number, read: (items: number) => unknown[]): unknown[][] {
    const ends = Array.from({ length: count }, () => Number(this.take(8).readBigUInt64LE()));
    const items = read(ends.at(-1) ?? 0);
    return ends.map((end, i) => {
      const start = ends[i - 1] ?? 0;
      if (end < start) throw new Error('array ends run backwards');
      return items.slice(start, end);
    });
  }

  #pairs(count: number): unknown[] {
    const keys = this.#lowCardinality(count);
    return keys.map((key) => [key, this.text()]);
  }

  #lowCardinality(count: number): unknown[] {
    if (count === 0) return [];
    const flags = Number(this.take(8).readBigUInt64LE());
    const entries = Array.from({ length: Number(this.take(8).readBigUInt64LE()) }, () =>
      this.text(),
    );
    if (Number(this.take(8).readBigUInt64LE()) !== count) throw new Error('LowCardinality rows');
    const width = 1 << (flags & 0xff);
    return Array.from({ length: count }, () => {
      const index = this.take(width).readUIntLE(0, width);
      if (index >= entries.length) throw new Error('index beyond its dictionary');
      return entries[index];
    });
  }

  #scalar(type: string): unknown {
    switch (type) {
      case 'String':
        return this.text();
      case 'Bool':
        return this.take(1)[0] === 1;
      case 'UInt8':
        return this.take(1)[0];
      case 'UInt16':
        return this.take(2).readUInt16LE();
      case 'UInt32':
        return this.take(4).readUInt32LE();
      case 'UInt64':
        return this.take(8).readBigUInt64LE();
      case 'DateTime64':
      case 'Decimal':
        return this.take(8).readBigInt64LE();
      default:
        throw new Error(`type ${type}`);
    }
  }
}
