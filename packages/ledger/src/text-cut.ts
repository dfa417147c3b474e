// Names and ids in facts are cut off behind a number of bytes, never inside a character.

import { Buffer } from 'node:buffer';

export function cutText(text: string, limit_bytes: number): string {
  if (text.length * 3 <= limit_bytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= limit_bytes) return text;
  return bytes.toString('utf8', 0, cutEnd(bytes, 0, bytes.length, limit_bytes));
}

/** The end of a text that is kept: whole characters within the limit. */
export function cutEnd(u8: Uint8Array, start: number, end: number, limit_bytes: number): number {
  const limit = start + limit_bytes;
  if (end <= limit) return end;
  let cut = limit;
  while (cut > start && (u8[cut]! & 0xc0) === 0x80) cut--;
  return cut;
}
