// What a month will come to, from its days so far and the days before: a level, a pattern of the week and a
// growth, each taken from medians, so that an outage or a jump of some days does not carry them away. An
// estimate, and so in floats; what is already spent is counted elsewhere and exactly.

import { naiveTotals, type NaiveMethod } from './naive-forecast.ts';
import { mean, quantile } from './order-statistics.ts';
import { predict, WEEK } from './predicted-days.ts';

export interface ForecastInput {
  /** Amounts of whole days that lie end to end, the oldest first; the last is yesterday. */
  readonly days: readonly number[];
  /** The first of them, in days since 1970. */
  readonly first_day: number;
  /** How many of the last of them are in the period. */
  readonly elapsed: number;
  /** Days of the whole period. */
  readonly length: number;
  /** Of today so far. */
  readonly today: number;
}

export interface Forecast {
  readonly total: number;
  /** The middle 80 % of what it may come to. */
  readonly low: number;
  readonly high: number;
  /** How this method did in the days that are known, as a mean share of what came; null: too few. */
  readonly error_share: number | null;
  /** How simple methods did on the same days. */
  readonly naive_error_shares: Readonly<Record<NaiveMethod, number>> | null;
  /** Periods of the past that were forecast for these errors. */
  readonly tried: number;
}

/** Less tells nothing of what is to come. */
export const DAYS_MIN = 3;
/** A pattern is of what weeks have in common, so of two at least. */
const TRIAL_DAYS_MIN = 14;
const LIKELY = 0.8;
/** Periods of the past that are tried, and days between them. */
const TRIALS_MAX = 24;
const TRIAL_STEP = 3;
const TRIALS_MIN = 4;
/** Trials overlap, so their errors are more alike than those to come. */
const OVERLAP = 1.25;
const LEAST_SPREAD = 0.02;
/** As a logarithm: who knows less than this knows nothing. */
const WIDEST_SPREAD = 3;

/** Null where too little is known. */
export function forecast(input: ForecastInput): Forecast | null {
  const known = withoutBeginning(input);
  if (known.days.length < DAYS_MIN) return null;
  const total = totalOf(known);
  const trials = trialsOf(known);
  const errors = trials.map(({ ours, actual }) => Math.abs(ours - actual) / actual);
  const spent = sumOf(known.days.slice(known.days.length - known.elapsed)) + known.today;
  const rest = Math.max(0, total - spent);
  const spread = spreadOf(known, trials);
  const measured = errors.length >= TRIALS_MIN;
  return {
    total,
    low: spent + rest * Math.exp(-spread),
    high: spent + rest * Math.exp(spread),
    error_share: measured ? mean(errors) : null,
    naive_error_shares: measured ? naiveErrors(trials) : null,
    tried: errors.length,
  };
}

/** Days before anything was used tell nothing. */
function withoutBeginning(input: ForecastInput): ForecastInput {
  const first = input.days.findIndex((amount) => amount > 0);
  if (first <= 0) return first === 0 ? input : { ...input, days: [] };
  const days = input.days.slice(first);
  const elapsed = Math.min(input.elapsed, days.length);
  // The days of the period before the first use were known, and had nothing.
  return { ...input, days, first_day: input.first_day + first, elapsed };
}

function totalOf(input: ForecastInput): number {
  const { days, length, today } = input;
  const elapsed = days.slice(days.length - input.elapsed);
  const rest = predict(days, input.first_day, length - input.elapsed).days;
  // What is known of today already is the least that it will be.
  const [first = 0, ...later] = rest;
  return sumOf(elapsed) + Math.max(first, today) + sumOf(later);
}

interface Trial {
  readonly ours: number;
  readonly actual: number;
  /** What came of the days that were forecast, as a share of what was forecast. */
  readonly rest_share: number | null;
  readonly naive: Readonly<Record<NaiveMethod, number>>;
}

/** Periods of the same length that ended in the past, each forecast from as far in. */
function trialsOf({ days, first_day, elapsed, length }: ForecastInput): Trial[] {
  const trials: Trial[] = [];
  for (let back = 0; trials.length < TRIALS_MAX; back += TRIAL_STEP) {
    const end = days.length - back;
    const begin = end - length;
    const at = begin + elapsed;
    if (begin < 0 || at < TRIAL_DAYS_MIN) break;
    const actual = sumOf(days.slice(begin, end));
    const input = { days: days.slice(0, at), first_day, elapsed, length, today: 0 };
    const ours = totalOf(input);
    const done = sumOf(days.slice(begin, at));
    const share = ours > done ? (actual - done) / (ours - done) : null;
    if (actual > 0) trials.push({ ours, actual, rest_share: share, naive: naiveTotals(input) });
  }
  return trials;
}

function naiveErrors(trials: readonly Trial[]): Readonly<Record<NaiveMethod, number>> {
  const error = (method: NaiveMethod): number =>
    mean(trials.map(({ naive, actual }) => Math.abs(naive[method] - actual) / actual));
  return {
    last_period: error('last_period'),
    run_rate: error('run_rate'),
    last_week: error('last_week'),
  };
}

/** Half of the interval as a logarithm: from trials, and never less than the days' own scatter says. */
function spreadOf(input: ForecastInput, trials: readonly Trial[]): number {
  const rest = Math.max(1, input.length - input.elapsed);
  const { scatter } = predict(input.days, input.first_day, 0);
  // Errors of one day even out over many; an error of the level does not.
  const own = 1.28 * scatter * Math.sqrt(1 / rest + 1 / WEEK);
  const shares = trials.flatMap(({ rest_share }) =>
    rest_share !== null && rest_share > 0 ? [Math.abs(Math.log(rest_share))] : [],
  );
  const tried = shares.length < TRIALS_MIN ? 0.35 : quantile(shares, LIKELY) * OVERLAP;
  return Math.min(WIDEST_SPREAD, Math.max(LEAST_SPREAD, Math.min(own, 2), tried));
}

function sumOf(list: readonly number[]): number {
  return list.reduce((sum, value) => sum + value, 0);
}
