// Bodies are acknowledged again by their hash, so bodies that differ must have hashes that differ.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bodyHash } from '../src/receive/body-hash.ts';

const bodies = fc.uint8Array({ minLength: 1, maxLength: 200 });

it('is the same for the same bytes, wherever they lie and whatever lies behind them', () => {
  fc.assert(
    fc.property(bodies, fc.nat(20), fc.nat(255), (body, offset, beside) => {
      const memory = new Uint8Array(offset + body.length + 64).fill(beside);
      memory.set(body, offset);
      const placed = memory.subarray(offset, offset + body.length);
      expect(bodyHash(placed)).toBe(bodyHash(body));
    }),
  );
});

it('differs when any bit differs, when two words change places, and when zeros follow', () => {
  fc.assert(
    fc.property(bodies, fc.nat(), fc.nat(), (body, first, second) => {
      const hash = bodyHash(body);
      const flipped = body.slice();
      const at = first % (body.length * 8);
      flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
      expect(bodyHash(flipped)).not.toBe(hash);
      const twice = flipped.slice();
      const other = second % (body.length * 8);
      twice[other >> 3] = (twice[other >> 3] ?? 0) ^ (1 << (other & 7));
      if (other !== at) expect(bodyHash(twice)).not.toBe(hash);
      expect(bodyHash(Uint8Array.of(...body, 0))).not.toBe(hash);
    }),
  );
});

it('differs for each of many bodies that are nearly the same', () => {
  const hashes = new Set<string>();
  const body = new Uint8Array(64);
  const view = new DataView(body.buffer);
  for (let number = 0; number < 100_000; number++) {
    view.setUint32(16, number);
    view.setUint32(48, number);
    hashes.add(bodyHash(body));
  }
  expect(hashes.size).toBe(100_000);
});
