// The days that follow some days: a level, the pattern of the week, and a growth. Everything is reckoned in
// logarithms, where a day that lies far off is taken for less far, so that an outage does not carry the level
// away, and a jump that stays does.

import { mean, median } from './order-statistics.ts';

export interface PredictedDays {
  readonly days: readonly number[];
  /** How far a day lies from what was said the day before, as the deviation of a logarithm. */
  readonly scatter: number;
}

export const WEEK = 7;
/** A pattern is of what weeks have in common, so of two at least. */
const PATTERN_DAYS_MIN = 14;
const PATTERN_WEEKS = 8;
const GROWTH_WEEKS = 10;
const GROWTH_WEEKS_MIN = 4;
/** Growth goes on more slowly each day, and is no more than this in a week. */
const DAMPING = 0.985;
const GROWTH_MAX = Math.log(1.25);
/** How much of a day's surprise the level takes; which of them is told by the days themselves. */
const PACES = [0.04, 0.08, 0.16, 0.32] as const;
const PACE_DAYS = 56;
/** In deviations: what lies further off counts as this. */
const FAR = 2.5;
/** As a logarithm: a day is no more than some twenty times another's worth. */
const FURTHEST = 3;
/** Of a normal error the median distance is two thirds of its deviation. */
const DEVIATION_OF_MEDIAN = 0.6745;
const LEAST_SCATTER = 0.02;
/** Of a day of the week on which nothing is used, but for exceptions. */
const IDLE_SHARE = 0.001;
/** A jump is this many deviations of a week's median, and is looked for this far back. */
const JUMP = 5;
const JUMP_DAYS = 120;

export function predict(days: readonly number[], first_day: number, count: number): PredictedDays {
  const weekday = (index: number): number => (first_day + index) % WEEK;
  const pattern = patternOf(days, weekday);
  const all = days.flatMap((amount, index) =>
    amount > 0 ? [{ index, log: Math.log(amount / (pattern[weekday(index)] ?? 1)) }] : [],
  );
  const steady = all.slice(lastJump(all.map(({ log }) => log)));
  const growth = growthOf(steady);
  const level = levelOf(steady.map(({ index, log }) => log + growth * (days.length - 1 - index)));
  // Days on which nothing was used have no logarithm: they are a share of their own, unless it is a day of
  // the week on which nothing ever is.
  const working = days
    .slice(-PACE_DAYS)
    .filter((_, at) => !isIdle(pattern[weekday(Math.max(0, days.length - PACE_DAYS) + at)]));
  const active = working.filter((day) => day > 0).length / Math.max(1, working.length);
  let grown = 0;
  let step = growth;
  const predicted = Array.from({ length: Math.max(0, count) }, (_, ahead) => {
    grown += step;
    step *= DAMPING;
    const share = pattern[weekday(days.length + ahead)] ?? 1;
    return isIdle(share) ? 0 : active * level.height * Math.exp(grown) * share;
  });
  return { days: predicted, scatter: level.scatter };
}

/** What each day of the week is of its week's mean; one for each where too little is known. */
function patternOf(days: readonly number[], weekday: (index: number) => number): number[] {
  const even = Array.from({ length: WEEK }, () => 1);
  if (days.length < PATTERN_DAYS_MIN) return even;
  const shares = even.map((): number[] => []);
  const first = Math.max(0, days.length - PATTERN_WEEKS * WEEK);
  for (let index = first; index < days.length; index += 1) {
    const from = Math.min(Math.max(0, index - 3), days.length - WEEK);
    const around = mean(days.slice(from, from + WEEK));
    if (around > 0) shares[weekday(index)]?.push((days[index] ?? 0) / around);
  }
  const found = shares.map((list) => (list.length === 0 ? 1 : Math.max(IDLE_SHARE, median(list))));
  const whole = mean(found);
  return found.map((share) => (share === IDLE_SHARE ? share : share / whole));
}

function isIdle(share: number | undefined): boolean {
  return share === IDLE_SHARE;
}

/** Where the days begin that are like the last ones: a week that lies far from the week before it. */
function lastJump(logs: readonly number[]): number {
  const far = JUMP * scatterOf(logs) * Math.sqrt(2 / WEEK);
  const first = Math.max(0, logs.length - JUMP_DAYS - 2 * WEEK);
  const medians = logs.slice(first, logs.length - WEEK + 1).map((_, at) => {
    return median(logs.slice(first + at, first + at + WEEK));
  });
  const distance = (at: number): number =>
    Math.abs((medians[at - first] ?? 0) - (medians[at - first - WEEK] ?? 0));
  for (let at = logs.length - WEEK; at >= Math.max(WEEK, logs.length - JUMP_DAYS); at -= 1) {
    if (distance(at) < far) continue;
    // Around a jump several places look like it: the furthest is the one.
    const near = Array.from({ length: WEEK }, (_, back) => at - back).filter(
      (one) => one >= first + WEEK,
    );
    return near.reduce((best, next) => (distance(next) > distance(best) ? next : best), at);
  }
  return 0;
}

function scatterOf(logs: readonly number[]): number {
  const steps = logs.slice(1).map((log, index) => Math.abs(log - (logs[index] ?? 0)));
  // The distance of two days has the scatter of both in it.
  return Math.max(LEAST_SCATTER, median(steps) / DEVIATION_OF_MEDIAN / Math.SQRT2);
}

interface SteadyDay {
  readonly index: number;
  readonly log: number;
}

/** A day's growth: the slope over weeks, less what chance alone would make of it. */
function growthOf(steady: readonly SteadyDay[]): number {
  const last = steady.at(-1)?.index ?? 0;
  const weeks: number[] = [];
  for (let week = 0; week < GROWTH_WEEKS; week += 1) {
    const inWeek = steady.filter(({ index }) => Math.floor((last - index) / WEEK) === week);
    if (inWeek.length < WEEK / 2) break;
    weeks.unshift(median(inWeek.map(({ log }) => log)));
  }
  if (weeks.length < GROWTH_WEEKS_MIN) return 0;
  const middle = (weeks.length - 1) / 2;
  const height = mean(weeks);
  const width = weeks.reduce((sum, _, week) => sum + (week - middle) ** 2, 0);
  const slope = weeks.reduce((sum, log, week) => sum + (week - middle) * (log - height), 0) / width;
  const left = weeks.map((log, week) => log - height - slope * (week - middle));
  const error = left.reduce((sum, one) => sum + one * one, 0) / (weeks.length - 2) / width;
  const sure = slope === 0 ? 0 : Math.max(0, 1 - (3 * error) / slope ** 2);
  return Math.min(GROWTH_MAX, Math.max(-GROWTH_MAX, slope * sure)) / WEEK;
}

interface Level {
  readonly height: number;
  readonly scatter: number;
}

function levelOf(logs: readonly number[]): Level {
  const scatter = scatterOf(logs);
  const followed = PACES.map((pace) => follow(logs, pace, scatter * FAR));
  const best = followed.reduce((found, next) => (next.error < found.error ? next : found));
  // The mean of what lies around a level in logarithms lies above it.
  const far = Math.min(scatter * FAR, FURTHEST);
  const above = best.surprises.map((surprise) => Math.exp(Math.min(far, Math.max(-far, surprise))));
  return { height: Math.exp(best.level) * (above.length === 0 ? 1 : mean(above)), scatter };
}

function follow(logs: readonly number[], pace: number, far: number) {
  let level = median(logs.slice(0, WEEK));
  const surprises: number[] = [];
  for (const [index, log] of logs.entries()) {
    const surprise = log - level;
    surprises.push(surprise);
    // The first days set the level, however slow its pace is later.
    level += Math.max(pace, 1 / (index + 2)) * Math.min(far, Math.max(-far, surprise));
  }
  const recent = surprises.slice(-PACE_DAYS);
  const error = mean(recent.map((one) => Math.min(far, Math.abs(one)) ** 2));
  return { level, error, surprises: recent };
}
