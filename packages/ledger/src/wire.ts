// The protobuf wire format: a cursor over bytes that never reads past the message it is in. Whatever
// cannot be such a message is malformed; nothing here guesses.

import { SpanledgerError } from './errors.ts';

/** Wire types, the low three bits of a tag. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const MAX_FIELD = 0x1fffffff;

export function malformed(detail: string): SpanledgerError {
  return new SpanledgerError('malformed_protobuf', detail);
}

/** Reads tags, lengths and numbers; `p` is where the next one starts. */
export class Wire {
  u8: Uint8Array = new Uint8Array(0);
  dv: DataView = new DataView(new ArrayBuffer(0));
  p = 0;
  /** Upper word of the last 64-bit number read. */
  high = 0;

  open(u8: Uint8Array): void {
    this.u8 = u8;
    this.dv = new DataView(u8.buffer, u8.byteOffset, u8.byteLength);
    this.p = 0;
  }

  /** Tag at `p`: field number << 3 | wire type. */
  tag(end: number): number {
    const first = this.u8[this.p]!;
    if (first < 128 && this.p < end) {
      if (first < 8) throw malformed('field number 0');
      this.p++;
      return first;
    }
    const low = this.varint(end);
    if (this.high !== 0 || low >>> 3 > MAX_FIELD || low >>> 3 === 0)
      throw malformed('field number');
    return low;
  }

  /** Length of the message or text at `p`; afterwards `p` is at its first byte. */
  length(end: number): number {
    const first = this.u8[this.p]!;
    let length = first;
    if (first < 128 && this.p < end) {
      this.p++;
    } else {
      length = this.varint(end);
      if (this.high !== 0) throw malformed('length beyond its message');
    }
    if (length > end - this.p) throw malformed('length beyond its message');
    return length;
  }

  /** The low word of the varint at `p`; the upper one is in `high`. */
  varint(end: number): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.p >= end) throw malformed('ends inside a number');
      const byte = this.u8[this.p++]!;
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= bits << 31;
      if (byte < 128) {
        this.high = high >>> 0;
        return low >>> 0;
      }
    }
    throw malformed('number of more than ten bytes');
  }

  /** Position of a fixed 64-bit number at `p`, which is passed over. */
  fixed64(end: number): number {
    return this.#fixed(8, end);
  }

  fixed32(end: number): number {
    return this.#fixed(4, end);
  }

  #fixed(size: number, end: number): number {
    const at = this.p;
    if (size > end - at) throw malformed('ends inside a number');
    this.p = at + size;
    return at;
  }

  /** Passes over the value of a field that is not known here. */
  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case VARINT:
        this.varint(end);
        return;
      case FIXED64:
        this.fixed64(end);
        return;
      case BYTES: {
        const length = this.length(end);
        this.p += length;
        return;
      }
      case FIXED32:
        this.fixed32(end);
        return;
      default:
        throw malformed(`wire type ${tag & 7}`);
    }
  }

  /** A known field with another wire type than its own is not this message. */
  expect(tag: number, type: number): void {
    if ((tag & 7) !== type) throw malformed(`field ${tag >>> 3} with wire type ${tag & 7}`);
  }
}
