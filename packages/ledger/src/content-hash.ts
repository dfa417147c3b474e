// Hashes of bytes: a seeded one for dictionaries and a fixed one for content. The fixed one is part
// of stored versions, so that two machines agree about the winner of two spans with one id.

const A = 0x9e3779b1;
const B = 0x85ebca6b;

export function mix(hash: number, word: number): number {
  const next = Math.imul(hash ^ word, A);
  return next ^ (next >>> 15);
}

/** Hash of a region, four bytes a step; up to three bytes behind it are read and masked away. */
export function hashBytes(dv: DataView, start: number, end: number, seed: number): number {
  let hash = seed ^ (end - start);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    hash = Math.imul(hash ^ dv.getInt32(i, true), A);
    hash ^= hash >>> 15;
  }
  const rest = end - i;
  if (rest > 0) {
    hash = Math.imul(hash ^ (dv.getInt32(i, true) & ((1 << (rest * 8)) - 1)), A);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 13), B);
  return hash ^ (hash >>> 16);
}
