// Money as text: whole 10⁻¹² dollars in, an exact decimal out. It never passes through a float.

const PICO_DIGITS = 12;

/** Whole 10⁻¹² dollars as a decimal text, without zeros at its end. */
export function usd(cost: bigint | null): string | null {
  if (cost === null) return null;
  const digits = String(cost < 0n ? -cost : cost).padStart(PICO_DIGITS + 1, '0');
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, '');
  const whole = digits.slice(0, -PICO_DIGITS);
  return `${cost < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
