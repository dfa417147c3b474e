// Generated histories of days, each with what real usage has: a pattern of the week and noise, and growth, a
// step or an outage beside them. Seeded, so that figures are the same everywhere.

export interface Season {
  readonly name: string;
  /** `random` gives numbers from 0 to 1. */
  readonly day: (index: number, random: () => number) => number;
}

/** Of Monday to Sunday. */
const WORK = [1.15, 1.2, 1.25, 1.2, 1.1, 0.6, 0.5];
const EVEN = [1.02, 0.98, 1, 1, 1.01, 0.99, 1];

export const DAYS = 210;

/** Of a normal distribution with this deviation, as a factor. */
function noise(random: () => number, deviation: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return Math.exp(deviation * radius * Math.cos(2 * Math.PI * random()));
}

const weekday = (index: number, pattern: readonly number[]): number => pattern[index % 7] ?? 1;

export const SEASONS: readonly Season[] = [
  {
    name: 'steady, every day alike',
    day: (index, random) => 100 * weekday(index, EVEN) * noise(random, 0.1),
  },
  {
    name: 'weekday pattern',
    day: (index, random) => 100 * weekday(index, WORK) * noise(random, 0.12),
  },
  {
    name: 'weekday pattern, growth of 30 % a month',
    day: (index, random) =>
      20 * Math.exp((Math.log(1.3) / 30) * index) * weekday(index, WORK) * noise(random, 0.12),
  },
  {
    name: 'weekday pattern, twice as much from one day on',
    day: (index, random) =>
      (index < DAYS - 48 ? 100 : 200) * weekday(index, WORK) * noise(random, 0.12),
  },
  {
    name: 'weekday pattern, an outage of three days',
    day: (index, random) =>
      (index >= DAYS - 38 && index < DAYS - 35 ? 2 : 100) *
      weekday(index, WORK) *
      noise(random, 0.12),
  },
  {
    name: 'days that differ widely',
    day: (index, random) => 100 * weekday(index, WORK) * noise(random, 0.6),
  },
];

export function daysOf(season: Season, seed: number): number[] {
  const random = seeded(seed);
  return Array.from({ length: DAYS }, (_, index) => season.day(index, random));
}

/** mulberry32. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
