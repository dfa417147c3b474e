// Decimal texts as exact whole numbers: sums of money never pass through a float.

const PLACES = 12;

/** In 10⁻¹²; the service writes no more places. */
export function amountOf(decimal: string): bigint {
  const negative = decimal.startsWith('-');
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const amount = BigInt(whole + fraction.padEnd(PLACES, '0').slice(0, PLACES));
  return negative ? -amount : amount;
}

/** Null only where both are not known. */
export function plus(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return decimalOf(amountOf(a) + amountOf(b));
}

export function minus(a: string | null, b: string | null): string | null {
  if (a === null && b === null) return null;
  return decimalOf(amountOf(a ?? '0') - amountOf(b ?? '0'));
}

function decimalOf(amount: bigint): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(PLACES + 1, '0');
  const text = `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
  return `${amount < 0n ? '-' : ''}${text.replace(/\.?0+$/, '')}`;
}
