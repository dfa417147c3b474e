// Growable column memory: bytes and 32-bit words. Every buffer keeps slack behind its end, because
// the hot loops read and write whole words. Little-endian hosts only, as everywhere Node runs.

/** Bytes that may be touched past the end of a column or of a body. */
export const SLACK_BYTES = 64;

const SHRINK_ABOVE_BYTES = 1 << 20;
const SHRINK_FACTOR = 8;
/** A fraction, so that the engine sees one kind of object before and after the first mean. */
const FIRST_MEAN = 0.5;
/** Up to this many bytes a plain loop beats a native copy. */
const SHORT_COPY_BYTES = 48;

/** Up to this many values a plain loop beats a native fill. */
const SHORT_FILL = 32;

/** A byte column. Whoever holds `u8`, `dv` or `n` in locals reads them again after `reserve`. */
export class Bytes {
  u8: Uint8Array;
  dv: DataView;
  n = 0;
  #mean = FIRST_MEAN;

  constructor(capacity = 256) {
    this.u8 = new Uint8Array(capacity + SLACK_BYTES);
    this.dv = new DataView(this.u8.buffer);
  }

  /** Makes room for `extra` more bytes, and slack behind them. */
  reserve(extra: number): void {
    const needed = this.n + extra + SLACK_BYTES;
    if (needed > this.u8.length) this.#grow(Math.max(needed, this.u8.length * 2));
  }

  #grow(capacity: number): void {
    const grown = new Uint8Array(capacity);
    grown.set(this.u8.subarray(0, this.n));
    this.u8 = grown;
    this.dv = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.u8[this.n++] = value;
  }

  varint(value: number): void {
    this.reserve(5);
    this.n = putVarint(this.u8, this.n, value);
  }

  fill(value: number, times: number): void {
    this.reserve(times);
    const { u8, n } = this;
    const end = n + times;
    if (times > SHORT_FILL) u8.fill(value, n, end);
    else for (let i = n; i < end; i++) u8[i] = value;
    this.n = end;
  }

  /** Copies a region of another column, four bytes a step: what is behind both ends is slack. */
  copyFrom(from: Bytes, start: number, end: number): void {
    const length = end - start;
    this.reserve(length);
    if (length > SHORT_COPY_BYTES) this.u8.set(from.u8.subarray(start, end), this.n);
    else {
      const { dv, n } = this;
      const source = from.dv;
      for (let i = 0; i < length; i += 4)
        dv.setInt32(n + i, source.getInt32(start + i, true), true);
    }
    this.n += length;
  }

  /** Copies a region; the source may be this column itself. */
  copy(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    const { u8, n } = this;
    if (end - start > SHORT_COPY_BYTES) u8.set(from.subarray(start, end), n);
    else for (let i = start, o = n; i < end; i++, o++) u8[o] = from[i]!;
    this.n = n + end - start;
  }

  /** Appends a text as ClickHouse wants it: length, then UTF-8. */
  text(value: string): void {
    if (value === '') {
      this.byte(0);
      return;
    }
    this.reserve(value.length * 3 + 5);
    const at = this.n;
    const written = encodeText(value, this.u8, at + 1);
    if (written >= 128) {
      const prefix = varintSize(written);
      this.u8.copyWithin(at + prefix, at + 1, at + 1 + written);
    }
    putVarint(this.u8, at, written);
    this.n = at + varintSize(written) + written;
  }

  /** Repeats the bytes from `start` to the end until they are there `times` times. */
  repeat(start: number, times: number): void {
    const length = this.n - start;
    const total = length * times;
    this.reserve(total - length);
    let done = length;
    while (done < total) {
      const step = Math.min(done, total - done);
      this.u8.copyWithin(start + done, start, start + step);
      done += step;
    }
    this.n = start + total;
  }

  reset(): void {
    this.#mean += (this.n - this.#mean) / 8;
    this.n = 0;
    const keep = Math.max(SHRINK_ABOVE_BYTES, this.#mean * SHRINK_FACTOR);
    if (this.u8.length > keep) this.#grow(SHRINK_ABOVE_BYTES);
  }

  get size_bytes(): number {
    return this.n;
  }

  view(): Uint8Array {
    return this.u8.subarray(0, this.n);
  }
}

/** A column of 32-bit words; 64-bit columns are two words a row, the low one first. */
export class Words {
  u32: Uint32Array;
  n = 0;
  #mean = FIRST_MEAN;

  constructor(capacity = 64) {
    this.u32 = new Uint32Array(capacity);
  }

  reserve(extra: number): void {
    const needed = this.n + extra;
    if (needed > this.u32.length) this.#grow(Math.max(needed, this.u32.length * 2));
  }

  #grow(capacity: number): void {
    const grown = new Uint32Array(capacity);
    grown.set(this.u32.subarray(0, this.n));
    this.u32 = grown;
  }

  push(word: number): void {
    this.reserve(1);
    this.u32[this.n++] = word;
  }

  pair(low: number, high: number): void {
    this.reserve(2);
    this.u32[this.n] = low;
    this.u32[this.n + 1] = high;
    this.n += 2;
  }

  big(value: bigint): void {
    this.pair(Number(value & 0xffffffffn), Number((value >> 32n) & 0xffffffffn));
  }

  fill(word: number, times: number): void {
    this.reserve(times);
    const { u32, n } = this;
    const end = n + times;
    if (times > SHORT_FILL) u32.fill(word, n, end);
    else for (let i = n; i < end; i++) u32[i] = word;
    this.n = end;
  }

  repeat(start: number, times: number): void {
    const length = this.n - start;
    const total = length * times;
    this.reserve(total - length);
    let done = length;
    while (done < total) {
      const step = Math.min(done, total - done);
      this.u32.copyWithin(start + done, start, start + step);
      done += step;
    }
    this.n = start + total;
  }

  reset(): void {
    this.#mean += (this.n - this.#mean) / 8;
    this.n = 0;
    const keep = Math.max(SHRINK_ABOVE_BYTES / 4, this.#mean * SHRINK_FACTOR);
    if (this.u32.length > keep) this.#grow(SHRINK_ABOVE_BYTES / 4);
  }

  get size_bytes(): number {
    return this.n * 4;
  }

  view(): Uint8Array {
    return new Uint8Array(this.u32.buffer, 0, this.n * 4);
  }
}

/** Two words as an unsigned number of 64 bits. */
export function bigOf(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

export function putVarint(u8: Uint8Array, at: number, value: number): number {
  while (value >= 128) {
    u8[at++] = (value & 127) | 128;
    value >>>= 7;
  }
  u8[at] = value;
  return at + 1;
}

/** Whether two regions of one length hold the same bytes, four bytes a step. */
export function sameBytes(
  one: DataView,
  at: number,
  other: DataView,
  otherAt: number,
  length: number,
): boolean {
  if (length < 4) {
    for (let i = 0; i < length; i++) {
      if (one.getUint8(at + i) !== other.getUint8(otherAt + i)) return false;
    }
    return true;
  }
  // The end first: names that differ mostly differ there.
  const last = length - 4;
  if (one.getInt32(at + last, true) !== other.getInt32(otherAt + last, true)) return false;
  for (let i = 0; i < last; i += 4) {
    if (one.getInt32(at + i, true) !== other.getInt32(otherAt + i, true)) return false;
  }
  return true;
}

export function varintSize(value: number): number {
  let size = 1;
  while (value >= 128) {
    value >>>= 7;
    size++;
  }
  return size;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Encodes as UTF-8 in place; lone surrogates become U+FFFD. Answers the bytes written. */
export function encodeText(value: string, into: Uint8Array, at: number): number {
  return encoder.encodeInto(value, into.subarray(at)).written;
}

/** Decodes UTF-8; what is not UTF-8 becomes U+FFFD. */
export function decodeText(u8: Uint8Array, start: number, end: number): string {
  if (end - start < 24) {
    let text = '';
    for (let i = start; i < end; i++) {
      const byte = u8[i]!;
      if (byte >= 128) return decoder.decode(u8.subarray(start, end));
      text += String.fromCharCode(byte);
    }
    return text;
  }
  return decoder.decode(u8.subarray(start, end));
}
