// Times as the API writes them: ISO 8601 in UTC, with as many places as the nanoseconds need.

const NS_PER_S = 1_000_000_000n;
const MS_PER_S = 1_000;
const MILLISECOND_PLACES = 3;

export function isoTime(time_ns: bigint): string {
  const seconds = new Date(Number(time_ns / NS_PER_S) * MS_PER_S).toISOString().slice(0, -5);
  const fraction = String(time_ns % NS_PER_S)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${seconds}.${fraction.padEnd(MILLISECOND_PLACES, '0')}Z`;
}
