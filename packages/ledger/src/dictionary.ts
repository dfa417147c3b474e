// A byte-keyed dictionary: the shared values of a LowCardinality column, kept as ClickHouse wants
// them, so that emitting it is one piece of memory. Id 0 is always the empty text.

import { isUtf8 } from 'node:buffer';

import { Bytes, decodeText, encodeText, putVarint, sameBytes, SLACK_BYTES } from './bytes.ts';
import { hashBytes } from './content-hash.ts';

const RECENT = 16;
const CONTENT_SEED = 0x5bd1e995;

export class Dictionary {
  /** Length-prefixed values, back to back. */
  readonly arena = new Bytes(1024);
  /** Where each value's bytes start (behind the prefix), and how many they are. */
  offsets = new Int32Array(64);
  lengths = new Int32Array(64);
  /** Hash of the value that does not depend on the seed. */
  contents = new Int32Array(64);
  n = 0;
  /** Values that were not UTF-8 and were repaired. */
  repaired = 0;
  readonly seed: number;
  #hashes = new Int32Array(64);
  #slots = new Int32Array(256);
  #mask = 255;
  #texts: (string | undefined)[] = [];
  #idByText = new Map<string, number>();
  #scratch = new Bytes(256);
  /** The texts last asked for, each at a place that length and one letter give. */
  #recentTexts = new Array<string | null>(RECENT).fill(null);
  readonly #recentIds = new Int32Array(RECENT);

  constructor(seed: number) {
    this.seed = seed;
    this.internText('');
  }

  /** The id of the bytes at `start`; the source has slack behind its end. */
  intern(u8: Uint8Array, dv: DataView, start: number, length: number): number {
    const hash = hashBytes(dv, start, start + length, this.seed);
    let slot = hash & this.#mask;
    for (let id = this.#slots[slot]!; id !== 0; id = this.#slots[slot]!) {
      if (this.#hashes[id - 1] === hash && this.#same(id - 1, dv, start, length)) return id - 1;
      slot = (slot + 1) & this.#mask;
    }
    return this.#add(u8, dv, start, length, hash, slot);
  }

  internText(text: string): number {
    const place = (text.length + text.charCodeAt(text.length >> 1)) & (RECENT - 1);
    if (this.#recentTexts[place] === text) return this.#recentIds[place]!;
    const id = this.#lookUpText(text);
    this.#recentTexts[place] = text;
    this.#recentIds[place] = id;
    return id;
  }

  #lookUpText(text: string): number {
    const known = this.#idByText.get(text);
    if (known !== undefined) return known;
    const scratch = this.#scratch;
    scratch.n = 0;
    scratch.reserve(text.length * 3);
    const length = encodeText(text, scratch.u8, 0);
    const id = this.intern(scratch.u8, scratch.dv, 0, length);
    if (length <= 256) this.#idByText.set(text, id);
    return id;
  }

  #same(id: number, dv: DataView, start: number, length: number): boolean {
    if (this.lengths[id] !== length) return false;
    return sameBytes(this.arena.dv, this.offsets[id]!, dv, start, length);
  }

  text(id: number): string {
    let text = this.#texts[id];
    if (text === undefined) {
      const start = this.offsets[id]!;
      text = decodeText(this.arena.u8, start, start + this.lengths[id]!);
      this.#texts[id] = text;
    }
    return text;
  }

  #add(
    u8: Uint8Array,
    dv: DataView,
    start: number,
    length: number,
    hash: number,
    slot: number,
  ): number {
    const bytes = u8.subarray(start, start + length);
    if (length > 0 && !isUtf8(bytes)) {
      this.repaired++;
      return this.#internRepaired(decodeText(u8, start, start + length));
    }
    const id = this.n++;
    if (id === this.offsets.length) this.#growEntries();
    this.arena.reserve(length + 5);
    const at = putVarint(this.arena.u8, this.arena.n, length);
    this.arena.u8.set(bytes, at);
    this.arena.n = at + length;
    this.offsets[id] = at;
    this.lengths[id] = length;
    this.contents[id] = hashBytes(dv, start, start + length, CONTENT_SEED);
    this.#hashes[id] = hash;
    this.#slots[slot] = id + 1;
    if (this.n * 2 > this.#slots.length) this.#growSlots();
    return id;
  }

  /** Bytes that are not UTF-8 are never stored: their repaired text has an id of its own. */
  #internRepaired(text: string): number {
    const bytes = new Bytes(text.length * 3);
    const length = encodeText(text, bytes.u8, 0);
    return this.intern(bytes.u8, bytes.dv, 0, length);
  }

  #growEntries(): void {
    this.offsets = grown(this.offsets);
    this.lengths = grown(this.lengths);
    this.contents = grown(this.contents);
    this.#hashes = grown(this.#hashes);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#mask = this.#slots.length - 1;
    for (let id = 0; id < this.n; id++) {
      let slot = this.#hashes[id]! & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = id + 1;
    }
  }

  /** Forgets everything but the empty text. */
  clear(): void {
    this.n = 0;
    this.arena.reset();
    this.offsets = new Int32Array(64);
    this.lengths = new Int32Array(64);
    this.contents = new Int32Array(64);
    this.#hashes = new Int32Array(64);
    this.#slots = new Int32Array(256);
    this.#mask = 255;
    this.#texts = [];
    this.#idByText = new Map();
    this.#recentTexts.fill(null);
    this.internText('');
  }

  get size_bytes(): number {
    return this.arena.n + this.n * 16 + SLACK_BYTES;
  }
}

export function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const next = new Int32Array(array.length * 2);
  next.set(array);
  return next;
}
