// Nanoseconds since 1970 in two 32-bit words, and what is derived from them without big integers.

/** 2^32 seconds are 10^9 times 2^32 nanoseconds. */
const HIGH_END = 1_000_000_000;

/** Whether a time, by its high word, lies beyond 2106, where times of whole seconds end. */
export function isOutOfRange(high: number): boolean {
  return high >= HIGH_END;
}

/** Whole milliseconds of a time; exact, because every step stays below 2^53. */
export function millisecondsOf(low: number, high: number): number {
  const millions = Math.floor(high / 1_000_000);
  const rest = (high - millions * 1_000_000) * 0x100000000 + low;
  return millions * 0x100000000 + Math.floor(rest / 1_000_000);
}

/**
 * Version of a record: end in milliseconds << 22 | 22 bits of its content. Low word, high word. The
 * times that are in range have less than 2^42 milliseconds.
 */
export function versionLow(endMs: number, content: number): number {
  return (((endMs % 1024) << 22) | (content & 0x3fffff)) >>> 0;
}

export function versionHigh(endMs: number): number {
  return Math.floor(endMs / 1024);
}
