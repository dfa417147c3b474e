// Nanoseconds since 1970 in two 32-bit words, and what is derived from them without big integers.

/** Milliseconds beyond this do not fit a version; such an end time is no measurement. */
const VERSION_MS_END = 2 ** 42;

/** Whole milliseconds of a time; exact, because every step stays below 2^53. */
export function millisecondsOf(low: number, high: number): number {
  const millions = Math.floor(high / 1_000_000);
  const rest = (high - millions * 1_000_000) * 0x100000000 + low;
  return millions * 0x100000000 + Math.floor(rest / 1_000_000);
}

/** Version of a record: end in milliseconds << 22 | 22 bits of its content. Low word, high word. */
export function versionLow(endMs: number, content: number): number {
  const ms = Math.min(endMs, VERSION_MS_END - 1);
  return (((ms % 1024) << 22) | (content & 0x3fffff)) >>> 0;
}

export function versionHigh(endMs: number): number {
  return Math.floor(Math.min(endMs, VERSION_MS_END - 1) / 1024);
}
