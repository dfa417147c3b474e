// Trace and span ids: bytes on the wire, lower-case hex in every table.

import type { Bytes } from './bytes.ts';

export const TRACE_ID_BYTES = 16;
export const SPAN_ID_BYTES = 8;

/** Both hex digits of a byte, as one 16-bit word. */
const HEX = Uint16Array.from({ length: 256 }, (_, byte) => {
  const digits = byte.toString(16).padStart(2, '0');
  return digits.charCodeAt(0) | (digits.charCodeAt(1) << 8);
});

/** Appends bytes as length-prefixed hex; the column has room for twice as many and a prefix. */
export function putHex(column: Bytes, u8: Uint8Array, at: number, length: number): void {
  const { u8: out, dv } = column;
  let n = column.n;
  out[n++] = length * 2;
  for (let i = 0; i < length; i++) {
    dv.setUint16(n, HEX[u8[at + i]!]!, true);
    n += 2;
  }
  column.n = n;
}

export function isZero(u8: Uint8Array, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    if (u8[at + i] !== 0) return false;
  }
  return true;
}
