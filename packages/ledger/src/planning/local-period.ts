// Days, weeks and months as a time zone has them: a day of 23 or 25 hours included. Pure: which zones
// there are is known by the runtime.

export const PERIOD_KINDS = ['day', 'week', 'month'] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** Seconds since 1970 UTC; the end is not included. */
export interface LocalPeriod {
  readonly from_s: number;
  readonly to_s: number;
}

const MS_PER_S = 1_000;
const MINUTE_S = 60;
const DAY_S = 86_400;
/** Zones are from 12 hours behind UTC to 14 before it. */
const BEFORE_S = 15 * 3_600;
const AFTER_S = 13 * 3_600;
/** 1 January 1970 was a Thursday; weeks begin on Mondays. */
const THURSDAY = 3;
const DAYS_PER_WEEK = 7;

/** By zone: there are a few hundred. */
const formats = new Map<string, Intl.DateTimeFormat>();

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The day, week or month of a zone that a time lies in. Throws a RangeError for no zone. */
export function localPeriod(kind: PeriodKind, zone: string, time_s: number): LocalPeriod {
  const day = localDay(zone, time_s);
  const [first, next] = daysOf(kind, day);
  return { from_s: startOfDay(zone, first), to_s: startOfDay(zone, next) };
}

/** The day of a zone that a time lies in, in days since 1970-01-01. */
export function localDay(zone: string, time_s: number): number {
  const parts = formatOf(zone).formatToParts(time_s * MS_PER_S);
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
  return dayNumber(part('year'), part('month') - 1, part('day'));
}

/** The first instant of a day: not always its midnight, which a change of the clock can leave out. */
export function startOfDay(zone: string, day: number): number {
  let before_s = day * DAY_S - BEFORE_S;
  let from_s = day * DAY_S + AFTER_S;
  while (from_s - before_s > MINUTE_S) {
    const steps = Math.floor((from_s - before_s) / MINUTE_S / 2);
    const middle_s = before_s + steps * MINUTE_S;
    if (localDay(zone, middle_s) >= day) from_s = middle_s;
    else before_s = middle_s;
  }
  return from_s;
}

/** The first day of the period, and of the one after it. */
function daysOf(kind: PeriodKind, day: number): [number, number] {
  if (kind === 'day') return [day, day + 1];
  if (kind === 'week') {
    const monday = day - ((((day + THURSDAY) % DAYS_PER_WEEK) + DAYS_PER_WEEK) % DAYS_PER_WEEK);
    return [monday, monday + DAYS_PER_WEEK];
  }
  const date = new Date(day * DAY_S * MS_PER_S);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return [dayNumber(year, month, 1), dayNumber(year, month + 1, 1)];
}

function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month, day) / (DAY_S * MS_PER_S);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    const date = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
    format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', { timeZone: zone, ...date });
    formats.set(zone, format);
  }
  return format;
}
