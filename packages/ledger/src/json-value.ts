// An AnyValue of OTLP/JSON as protobuf. A scalar that is not of the type it claims is kept as what it
// is instead: `{"intValue": "NaN"}` is the text NaN, and nothing beside it is lost.

import { Buffer } from 'node:buffer';

import { CLOSE_LIST, CLOSE_OBJECT, OPEN_LIST, OPEN_OBJECT, QUOTE } from './json-reader.ts';
import type { JsonWalker } from './json-walker.ts';
import { KEY_VALUE } from './otlp-messages.ts';
import { BYTES, FIXED64, VARINT } from './wire.ts';

const INTEGER = /^-?\d{1,19}$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const NAMED_DOUBLES = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** The value at the cursor; `levels` is what the JSON may still nest, `depth` what the value may. */
export function writeValue(walker: JsonWalker, levels: number, depth: number): void {
  const { reader } = walker;
  if (levels <= 0) throw reader.malformed('nested deeper than json_levels');
  reader.expect(OPEN_OBJECT);
  if (reader.empty(CLOSE_OBJECT)) return;
  do {
    reader.key();
    const { from, to, escaped, u8 } = reader;
    // Four letters at most tell the kinds of value apart; both spellings are checked in full.
    const kind = escaped ? kindNamed(reader.text()) : kindAt(u8, from, to - from);
    if (kind === null) reader.skip(levels - 1);
    else if (reader.peek() === 0x6e && reader.word() === 'null') continue;
    else WRITERS[kind](walker, levels - 1, depth);
  } while (reader.more(CLOSE_OBJECT));
}

type ValueKind = 'string' | 'bool' | 'int' | 'double' | 'array' | 'kvlist' | 'bytes';

const KINDS: readonly ValueKind[] = ['string', 'int', 'bool', 'double', 'array', 'kvlist', 'bytes'];
const KEYS = KINDS.flatMap((kind) =>
  [`${kind}Value`, `${kind}_value`].map((name) => ({ kind, name, bytes: Buffer.from(name) })),
);

function kindAt(u8: Uint8Array, from: number, length: number): ValueKind | null {
  for (let k = 0; k < KEYS.length; k++) {
    const { kind, bytes } = KEYS[k]!;
    if (bytes.length !== length || bytes[0] !== u8[from]) continue;
    let i = 1;
    while (i < length && bytes[i] === u8[from + i]) i++;
    if (i === length) return kind;
  }
  return null;
}

function kindNamed(name: string): ValueKind | null {
  return KEYS.find((key) => key.name === name)?.kind ?? null;
}

type Writer = (walker: JsonWalker, levels: number, depth: number) => void;

const WRITERS: Readonly<Record<ValueKind, Writer>> = {
  string(walker) {
    const { reader, out } = walker;
    if (reader.peek() !== QUOTE) {
      writeText(walker, scalar(walker));
      return;
    }
    reader.string();
    walker.tag(1, BYTES);
    reader.copyText(out);
  },
  bool(walker) {
    const text = scalar(walker);
    const lower = text.toLowerCase();
    if (lower === 'true' || lower === 'false') {
      walker.tag(2, VARINT);
      walker.out.byte(lower === 'true' ? 1 : 0);
    } else writeNumberOrText(walker, text);
  },
  int: (walker) => writeNumberOrText(walker, scalar(walker)),
  double(walker) {
    const text = scalar(walker);
    if (!writeDouble(walker, text)) writeText(walker, text);
  },
  bytes(walker) {
    const text = scalar(walker);
    if (!BASE64.test(text)) {
      writeText(walker, text);
      return;
    }
    const bytes = Buffer.from(text, 'base64');
    walker.tag(7, BYTES);
    walker.out.varint(bytes.length);
    walker.out.copy(bytes, 0, bytes.length);
  },
  array: (walker, levels, depth) => writeItems(walker, 5, levels, depth, writeItem),
  kvlist: (walker, levels, depth) => writeItems(walker, 6, levels, depth, writeEntry),
};

/** `{ "values": […] }` of a list or map. Below the limit of nesting the values are passed over. */
function writeItems(
  walker: JsonWalker,
  number: number,
  levels: number,
  depth: number,
  item: Writer,
): void {
  const { reader } = walker;
  const start = walker.open(number, true);
  reader.expect(OPEN_OBJECT);
  if (!reader.empty(CLOSE_OBJECT)) {
    do {
      reader.key();
      // One level beyond the limit is written, so that the decoder sees and counts it.
      if (depth < 0 || reader.text() !== 'values') reader.skip(levels - 1);
      else if (reader.peek() !== 0x6e || reader.word() !== 'null') {
        reader.expect(OPEN_LIST);
        if (!reader.empty(CLOSE_LIST)) {
          do item(walker, levels - 2, depth - 1);
          while (reader.more(CLOSE_LIST));
        }
      }
    } while (reader.more(CLOSE_OBJECT));
  }
  walker.close(start, true);
}

function writeItem(walker: JsonWalker, levels: number, depth: number): void {
  const { reader } = walker;
  const start = walker.open(1, true);
  if (reader.peek() !== 0x6e || reader.word() !== 'null') writeValue(walker, levels, depth);
  walker.close(start, true);
}

function writeEntry(walker: JsonWalker, levels: number, depth: number): void {
  const start = walker.open(1, true);
  walker.object(KEY_VALUE, levels, depth);
  walker.close(start, true);
}

/** The text of any scalar at the cursor. */
function scalar(walker: JsonWalker): string {
  const { reader } = walker;
  if (reader.peek() === QUOTE) {
    reader.string();
    return reader.text();
  }
  return reader.word() ?? reader.number();
}

function writeNumberOrText(walker: JsonWalker, text: string): void {
  if (INTEGER.test(text)) {
    const value = BigInt(text);
    if (BigInt.asIntN(64, value) === value) {
      walker.tag(3, VARINT);
      writeVarint(walker, BigInt.asUintN(64, value));
      return;
    }
  } else if (DECIMAL.test(text) && writeDouble(walker, text)) return;
  writeText(walker, text);
}

function writeDouble(walker: JsonWalker, text: string): boolean {
  const value = NAMED_DOUBLES.get(text) ?? (DECIMAL.test(text) ? Number(text) : null);
  if (value === null) return false;
  walker.tag(4, FIXED64);
  walker.out.reserve(8);
  walker.out.dv.setFloat64(walker.out.n, value, true);
  walker.out.n += 8;
  return true;
}

function writeVarint(walker: JsonWalker, value: bigint): void {
  const { out } = walker;
  if (value < 0x80000000n) {
    out.varint(Number(value));
    return;
  }
  for (; value >= 128n; value >>= 7n) out.byte(Number(value & 127n) | 128);
  out.byte(Number(value));
}

function writeText(walker: JsonWalker, text: string): void {
  walker.tag(1, BYTES);
  walker.out.text(text);
}
