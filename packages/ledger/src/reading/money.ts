// US dollars as emitters and price lists write them, turned into whole 10⁻¹² dollars without ever
// calculating with a float.

const DIGITS = 12;
/** Decimal(18, 12) holds less than this; anything larger is no price of one call. */
const LIMIT_USD = 10n ** 18n;
const DECIMAL = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** `0.000669`, `6.69e-4` or `3` as 10⁻¹² dollars, rounded half up; null for anything else. */
export function picodollars(text: string): bigint | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  if (digits.length > 400) return null;
  const shift = Number(exponent) - fraction.length + DIGITS;
  const value = shifted(BigInt(digits), shift);
  if (value >= LIMIT_USD) return null;
  return sign === '-' ? -value : value;
}

function shifted(digits: bigint, shift: number): bigint {
  if (shift >= 0) return digits * 10n ** BigInt(Math.min(shift, 400));
  const divisor = 10n ** BigInt(Math.min(-shift, 800));
  return (digits + divisor / 2n) / divisor;
}

/** The number a double stands for is its shortest decimal text. */
export function picodollarsOfNumber(value: number): bigint | null {
  return Number.isFinite(value) ? picodollars(String(value)) : null;
}
