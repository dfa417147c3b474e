// Reads ClickHouse's Native format into one array per column: repeated texts are decoded once per
// block, numbers straight from memory. Only the types of our own tables, as column.ts lists them.

type Values = unknown[];
type ReadColumn = (cursor: Cursor, rows: number) => Values;

interface Reader {
  /** What comes once before the column's data, also inside arrays. */
  readonly prefix_bytes: number;
  readonly read: ReadColumn;
}

class Cursor {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  take(length: number): Buffer {
    const end = this.at + length;
    if (end > this.bytes.length) throw new RangeError('the Native block ends early');
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  /** A copy on its own buffer, so that any alignment can be viewed as numbers. */
  aligned(length: number): ArrayBuffer {
    const copy = new Uint8Array(length);
    copy.set(this.take(length));
    return copy.buffer;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.take(1)[0] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
  }

  text(): string {
    const length = this.varint();
    return this.take(length).toString('utf8');
  }

  u64(): number {
    return Number(this.take(8).readBigUInt64LE());
  }
}

const plain = (read: ReadColumn): Reader => ({ prefix_bytes: 0, read });

const texts = plain((cursor, rows) => {
  const out: Values = new Array<string>(rows);
  for (let i = 0; i < rows; i++) out[i] = cursor.text();
  return out;
});

const SHARED_PREFIX_BYTES = 8;
const INDEX_WIDTHS = [Uint8Array, Uint16Array, Uint32Array] as const;

/** LowCardinality(String): a dictionary, then an index per row. */
const sharedTexts: Reader = {
  prefix_bytes: SHARED_PREFIX_BYTES,
  read: (cursor, rows) => {
    if (rows === 0) return [];
    const width = cursor.u64() & 0xff;
    const Index = INDEX_WIDTHS[width];
    if (Index === undefined) throw new RangeError(`index width ${width} of a dictionary`);
    const dictionary = texts.read(cursor, cursor.u64());
    const count = cursor.u64();
    const indexes = new Index(cursor.aligned(count * Index.BYTES_PER_ELEMENT));
    const out: Values = new Array<string>(rows);
    for (let i = 0; i < rows; i++) out[i] = dictionary[indexes[i] as number];
    return out;
  },
};

const numbers = (Kind: typeof Uint8Array | typeof Uint16Array | typeof Uint32Array): Reader =>
  plain((cursor, rows) => Array.from(new Kind(cursor.aligned(rows * Kind.BYTES_PER_ELEMENT))));

const unsigned64 = plain((cursor, rows) =>
  Array.from(new BigUint64Array(cursor.aligned(rows * 8))),
);
const signed64 = plain((cursor, rows) => Array.from(new BigInt64Array(cursor.aligned(rows * 8))));

const flags = plain((cursor, rows) => Array.from(cursor.take(rows), (byte) => byte !== 0));

function array(element: Reader): Reader {
  return {
    prefix_bytes: element.prefix_bytes,
    read: (cursor, rows) => {
      const ends = new BigUint64Array(cursor.aligned(rows * 8));
      const values = element.read(cursor, rows === 0 ? 0 : Number(ends[rows - 1]));
      const out: Values = new Array<Values>(rows);
      for (let i = 0, begin = 0; i < rows; i++) {
        const end = Number(ends[i]);
        out[i] = begin === end ? [] : values.slice(begin, end);
        begin = end;
      }
      return out;
    },
  };
}

function nullable(element: Reader, map: (value: unknown) => unknown = (value) => value): Reader {
  return plain((cursor, rows) => {
    const nulls = cursor.take(rows);
    const values = element.read(cursor, rows);
    for (let i = 0; i < rows; i++) values[i] = nulls[i] === 0 ? map(values[i]) : null;
    return values;
  });
}

const READERS: Readonly<Record<string, Reader>> = {
  String: texts,
  'LowCardinality(String)': sharedTexts,
  'Array(LowCardinality(String))': array(sharedTexts),
  Bool: flags,
  'Nullable(Bool)': nullable(flags),
  UInt8: numbers(Uint8Array),
  UInt16: numbers(Uint16Array),
  'Nullable(UInt16)': nullable(numbers(Uint16Array)),
  UInt32: numbers(Uint32Array),
  'Nullable(UInt32)': nullable(numbers(Uint32Array)),
  UInt64: unsigned64,
  'Nullable(UInt64)': nullable(unsigned64, Number),
  DateTime: numbers(Uint32Array),
  'DateTime64(9)': signed64,
  'Nullable(Decimal(18, 12))': nullable(signed64),
};

/** Times carry their zone in the type; the value is the same in every zone. */
function readerOf(type: string): Reader {
  const zoneless = type
    .replace(/^DateTime\('[^']*'\)$/, 'DateTime')
    .replace(/^DateTime64\(9, '[^']*'\)$/, 'DateTime64(9)');
  const reader = READERS[zoneless];
  if (reader === undefined) throw new TypeError(`no reader for the ClickHouse type ${type}`);
  return reader;
}

/** Rows as objects, their fields in the order of the columns. */
export function readNative<Row>(bytes: Buffer): Row[] {
  const cursor = new Cursor(bytes);
  const out: Row[] = [];
  while (cursor.at < bytes.length) {
    const columns = cursor.varint();
    const rows = cursor.varint();
    const names: string[] = [];
    const values: Values[] = [];
    for (let c = 0; c < columns; c++) {
      names.push(cursor.text());
      const reader = readerOf(cursor.text());
      if (rows === 0) continue;
      cursor.take(reader.prefix_bytes);
      values.push(reader.read(cursor, rows));
    }
    appendRows(out, names, values, rows);
  }
  return out;
}

/** Each row is a copy of one template, so that it is made with all its fields at once. */
function appendRows<Row>(out: Row[], names: string[], values: Values[], rows: number): void {
  const template: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, null]));
  for (let i = 0; i < rows; i++) {
    const row = { ...template };
    for (let c = 0; c < names.length; c++) row[names[c] as string] = (values[c] as Values)[i];
    out.push(row as Row);
  }
}
