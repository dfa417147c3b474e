// ClickHouse's Native format: a block is a list of columns, each a name, a type and its memory. The
// parts alias the columns' buffers, so a block must not change until they are sent.

import { Bytes, type Words } from './bytes.ts';
import type { Dictionary } from './dictionary.ts';

/** A column that can say its type and its memory. */
export interface NativeColumn {
  readonly type: string;
  parts(out: Uint8Array[]): void;
}

/** Version of the LowCardinality format: one shared dictionary, sent with the values. */
const LOW_CARDINALITY_VERSION = words(1, 0);
const HAS_ADDITIONAL_KEYS = 0x200;
const NEEDS_NEW_DICTIONARY = 0x400;

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

/** One block: its head, then each column. */
export function nativeBlock(
  columns: readonly { readonly name: string; readonly column: NativeColumn }[],
  rows: number,
): Uint8Array[] {
  if (rows === 0) return [];
  const out: Uint8Array[] = [];
  const head = new Bytes(16);
  head.varint(columns.length);
  head.varint(rows);
  out.push(head.view());
  for (const { name, column } of columns) {
    out.push(columnHead(name, column.type));
    column.parts(out);
  }
  return out.filter((part) => part.length > 0);
}

const heads = new Map<string, Uint8Array>();

function columnHead(name: string, type: string): Uint8Array {
  const key = `${name} ${type}`;
  let head = heads.get(key);
  if (head === undefined) {
    const bytes = new Bytes(64);
    bytes.text(name);
    bytes.text(type);
    head = Uint8Array.from(bytes.view());
    heads.set(key, head);
  }
  return head;
}

/** Comes before everything else of a column that holds LowCardinality, even inside arrays. */
export function lowCardinalityPrefix(out: Uint8Array[]): void {
  out.push(LOW_CARDINALITY_VERSION);
}

/** Dictionary and indexes, the indexes as narrow as the dictionary allows. */
export function lowCardinalityBody(out: Uint8Array[], dictionary: Dictionary, ids: Words): void {
  if (ids.n === 0) return;
  const width = dictionary.n <= 0x100 ? 0 : dictionary.n <= 0x10000 ? 1 : 2;
  out.push(words(HAS_ADDITIONAL_KEYS | NEEDS_NEW_DICTIONARY | width, 0, dictionary.n, 0));
  out.push(dictionary.arena.view());
  out.push(words(ids.n, 0));
  const used = ids.u32.subarray(0, ids.n);
  if (width === 0) out.push(Uint8Array.from(used));
  else if (width === 1) out.push(new Uint8Array(Uint16Array.from(used).buffer));
  else out.push(ids.view());
}
