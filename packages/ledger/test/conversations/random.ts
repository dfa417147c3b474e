// Chance from a seed: the same numbers on every machine and in every run.

export type Random = () => number;

/** Evenly spread numbers from 0 up to 1, by Marsaglia's xorshift with 32 bits. */
export function randomOf(seed: number): Random {
  let state = (Math.imul(seed + 1, 0x9e3779b1) | 1) >>> 0;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) next();
  return next;
}

/** A whole number from 0 to the limit, both included. */
export const upTo = (random: Random, limit: number): number => Math.floor(random() * (limit + 1));

export const chance = (random: Random, probability: number): boolean => random() < probability;

export function oneOf<T>(random: Random, values: readonly T[]): T {
  return values[upTo(random, values.length - 1)] as T;
}
