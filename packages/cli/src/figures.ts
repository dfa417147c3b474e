// How numbers, money, times and ids look to a person. Unknown is a dash, never a zero.

export const UNKNOWN = '–';

export function count(value: number | bigint | string | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  return BigInt(value).toLocaleString('en-US');
}

/** What is less than this and more than nothing says so, instead of looking like nothing. */
const LEAST_SHOWN = '0.000001';

/** A decimal string in dollars: six places below one dollar, four below a hundred, then two. */
export function money(decimal: string | null | undefined): string {
  return amount(decimal, '$');
}

/** The same with another sign, or none where the title of a column says what it is. */
export function amount(decimal: string | null | undefined, sign: string): string {
  if (decimal === null || decimal === undefined || decimal === '') return UNKNOWN;
  const negative = decimal.startsWith('-');
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const places = whole.length > 2 ? 2 : whole === '0' ? 6 : 4;
  const scaled = BigInt(whole + fraction.padEnd(places, '0').slice(0, places));
  const rounded = scaled + (Number(fraction[places] ?? '0') >= 5 ? 1n : 0n);
  if (rounded === 0n && /[1-9]/.test(fraction))
    return `${negative ? '-' : ''}<${sign}${LEAST_SHOWN}`;
  const digits = rounded.toString().padStart(places + 1, '0');
  const dollars = BigInt(digits.slice(0, -places)).toLocaleString('en-US');
  return `${negative ? '-' : ''}${sign}${dollars}.${digits.slice(-places)}`;
}

/** What is more says so. */
export function signedMoney(decimal: string | null | undefined): string {
  const text = money(decimal);
  const more = decimal !== null && decimal !== undefined && !decimal.startsWith('-');
  return more && /[1-9]/.test(decimal) ? `+${text}` : text;
}

export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return UNKNOWN;
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${milliseconds.toFixed(0)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(2)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
}

export function plural(number: number, one: string): string {
  return `${count(number)} ${number === 1 ? one : `${one}s`}`;
}
