// Tells bodies apart that were just taken: 128 bits in the manner of MurmurHash3, seeded anew by each
// process. SHA-256 costs twice as much, and is not needed. Whoever crafts two bodies with one hash
// has the second of his own bodies acknowledged without being read: he could as well not send it.

import { randomBytes } from 'node:crypto';

const BLOCK_BYTES = 16;
const SEEDS = new Int32Array(new Uint8Array(randomBytes(BLOCK_BYTES)).buffer);
const tail = new Uint8Array(BLOCK_BYTES);
const tailWords = new Int32Array(tail.buffer);
const state = new Int32Array(BLOCK_BYTES / 4);

/** The hash as text; equal bytes have equal hashes while the process lives, wherever they lie. */
export function bodyHash(body: Uint8Array): string {
  // Words must begin where words may; the buffers of bodies do.
  const aligned = body.byteOffset % 4 === 0 ? body : body.slice();
  const whole = body.length - (body.length % BLOCK_BYTES);
  state.set(SEEDS);
  addBlocks(new Int32Array(aligned.buffer, aligned.byteOffset, whole / 4));
  tail.fill(0);
  tail.set(body.subarray(whole));
  addBlocks(tailWords);
  return `${body.length}:${state.join(':')}`;
}

/** Each word changes its lane, and each lane the one before it, so no change stays in one place. */
function addBlocks(words: Int32Array): void {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let at = 0; at < words.length; at += 4) {
    a ^= Math.imul(rotated(Math.imul(words[at]!, 0x239b961b), 15), 0xab0e9789);
    a = (Math.imul((rotated(a, 19) + b) | 0, 5) + 0x561ccd1b) | 0;
    b ^= Math.imul(rotated(Math.imul(words[at + 1]!, 0xab0e9789), 16), 0x38b34ae5);
    b = (Math.imul((rotated(b, 17) + c) | 0, 5) + 0x0bcaa747) | 0;
    c ^= Math.imul(rotated(Math.imul(words[at + 2]!, 0x38b34ae5), 17), 0xa1e38b93);
    c = (Math.imul((rotated(c, 15) + d) | 0, 5) + 0x96cd1c35) | 0;
    d ^= Math.imul(rotated(Math.imul(words[at + 3]!, 0xa1e38b93), 18), 0x239b961b);
    d = (Math.imul((rotated(d, 13) + a) | 0, 5) + 0x32ac3b17) | 0;
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
