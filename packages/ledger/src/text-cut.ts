// Names in facts are cut off behind a number of bytes, never inside a character. Ids are keys: one
// that is too long keeps its beginning and gets a hash of the whole, so that two stay two.

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

const ID_START_BYTES = 200;
const ID_HASH_DIGITS = 16;
const ELLIPSIS = '…';
/** What is behind the beginning of a shortened id. */
const ID_END_BYTES = Buffer.byteLength(ELLIPSIS) + ID_HASH_DIGITS;

export function shortId(text: string, limit_bytes: number): string {
  if (text.length * 3 <= limit_bytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= limit_bytes) return text;
  const most = Math.max(0, Math.min(ID_START_BYTES, limit_bytes - ID_END_BYTES));
  const start = bytes.toString('utf8', 0, cutEnd(bytes, 0, bytes.length, most));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, ID_HASH_DIGITS);
  return `${start}${ELLIPSIS}${hash}`;
}

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
