// Numbers as text, the way the collector's exporter writes them: integers in decimal, doubles in
// their shortest form.

/** Writes a whole number from 0 to 2^53; answers the position behind it. */
export function putWhole(u8: Uint8Array, at: number, value: number): number {
  if (value > 0x7fffffff) return putAscii(u8, at, String(value));
  let end = at + 1;
  for (let bound = value; bound >= 10; bound = (bound / 10) | 0) end++;
  let rest = value | 0;
  for (let i = end - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    u8[i] = 48 + rest - next * 10;
    rest = next;
  }
  return end;
}

/** A signed 64-bit integer in two words. */
export function putInteger(u8: Uint8Array, at: number, low: number, high: number): number {
  if (high === 0) return putWhole(u8, at, low >>> 0);
  return putAscii(u8, at, integerText(low, high));
}

export function integerText(low: number, high: number): string {
  return BigInt.asIntN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString();
}

export function doubleText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return String(value);
}

/** Powers of ten that a double holds exactly. */
export const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/**
 * Writes a double. Most doubles in telemetry are short decimals: if m / 10^k with at most 15 digits
 * is the same double, those digits are its shortest form, and no string is made.
 */
export function putDouble(u8: Uint8Array, at: number, value: number): number {
  const size = value < 0 ? -value : value;
  if (size >= 1e-5 && size < 1e9) {
    for (let k = 0; k <= 6; k += 1) {
      const power = POWERS[k]!;
      const m = Math.round(size * power);
      if (m < 1e15 && m / power === size) return putDecimal(u8, at, value < 0, m, k);
    }
  }
  return putAscii(u8, at, doubleText(value));
}

function putDecimal(u8: Uint8Array, at: number, negative: boolean, m: number, k: number): number {
  if (negative) u8[at++] = 45;
  const power = POWERS[k]!;
  const whole = Math.floor(m / power);
  at = putWhole(u8, at, whole);
  if (k === 0) return at;
  u8[at++] = 46;
  let rest = m - whole * power;
  for (let i = at + k - 1; i >= at; i--) {
    const next = Math.floor(rest / 10);
    u8[i] = 48 + rest - next * 10;
    rest = next;
  }
  return at + k;
}

export function putAscii(u8: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) u8[at + i] = text.charCodeAt(i);
  return at + text.length;
}
