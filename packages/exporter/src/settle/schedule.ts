// When the settle loop does what: pure, from the state of the loop and the time. Finer levels are
// done before coarser ones, each on its own clock; a job that fails waits longer each time and
// holds up no other.

import type { JOBS } from '../metrics/metric-labels.ts';

export type Job = (typeof JOBS)[number];

export interface Intervals {
  readonly tick_ms: number;
  readonly hour_ms: number;
  readonly day_ms: number;
  readonly adjust_ms: number;
  readonly sweep_ms: number;
}

export interface JobState {
  /** When it was last begun; null before its first time. */
  readonly begun: number | null;
  /** Failures in a row. */
  readonly failures: number;
}

export interface LoopState {
  readonly dirty: number;
  /** A sweep has more to find, or marks were lost that only a sweep finds again. */
  readonly sweep_wanted: boolean;
  /** The last booking of adjustments left some for the next one. */
  readonly adjust_wanted: boolean;
  readonly jobs: Readonly<Record<Job, JobState>>;
}

export interface Plan {
  /** What is due now, in the order to do it. */
  readonly jobs: readonly Job[];
  /** When to look again if nothing happens before. */
  readonly wake: number;
}

const FIRST_RETRY_MS = 250;
/** Short, because after an outage the numbers stand still this long. */
const LONGEST_RETRY_MS = 5_000;
const RETRY_DOUBLINGS_MAX = 10;

export function plan(state: LoopState, intervals: Intervals, now: number): Plan {
  const due = (job: Job, every_ms: number): number => {
    const { begun, failures } = state.jobs[job];
    if (begun === null) return now;
    return begun + (failures > 0 ? retryWait(failures) : every_ms);
  };
  const sweep = due('sweep', state.sweep_wanted ? 0 : intervals.sweep_ms);
  const settle = due('settle', intervals.tick_ms);
  const minute = due('minute', 0);
  const hour = due('hour', intervals.hour_ms);
  const day = due('day', intervals.day_ms);
  const adjust = due('adjust', state.adjust_wanted ? 0 : intervals.adjust_ms);

  const jobs: Job[] = [];
  if (now >= sweep) jobs.push('sweep');
  // The sweep may find dirty traces, so a tick follows it at once.
  const swept = jobs.length > 0;
  if (now >= settle && (state.dirty > 0 || swept)) jobs.push('settle');
  // Minutes follow what was settled here; with each hour also what other replicas settled.
  const rollUp = jobs.length > 0 || now >= hour || state.jobs.minute.failures > 0;
  if (now >= minute && rollUp) jobs.push('minute');
  if (now >= hour) jobs.push('hour');
  if (now >= day) jobs.push('day');
  if (now >= adjust) jobs.push('adjust');

  const later = [sweep, hour, day, adjust].filter((time) => time > now);
  if (state.dirty > 0) later.push(Math.max(settle, now));
  if (state.jobs.minute.failures > 0) later.push(Math.max(minute, now));
  return { jobs, wake: Math.min(...later, now + intervals.sweep_ms) };
}

function retryWait(failures: number): number {
  const wait = FIRST_RETRY_MS * 2 ** Math.min(failures - 1, RETRY_DOUBLINGS_MAX);
  return Math.min(wait, LONGEST_RETRY_MS);
}
