// Runs the jobs of the schedule one after another, for ever: never two ticks at once, no error ends
// it, and a mark wakes it. What a job does is not known here, so that it runs on any clock.

import type { Clock } from '../clock.ts';
import { plan, type Intervals, type Job, type JobState, type Plan } from './schedule.ts';

export interface SettleLoopOptions {
  readonly intervals: Intervals;
  readonly clock: Clock;
  readonly dirty: () => number;
  readonly sweepWanted?: () => boolean;
  readonly adjustWanted?: () => boolean;
  readonly run: (job: Job) => Promise<void>;
  readonly onJob?: (job: Job, duration_ms: number, error: unknown) => void;
}

/** Marks come in bursts: a short wait lets one tick take the burst. */
const GATHER_MS = 10;
/** A stop settles what is left in at most this many steps; the next start finds the rest. */
const STEPS_MAX = 1_000;
/** What follows from the ledger, in this order. */
const DERIVED = ['minute', 'hour', 'day', 'adjust'] as const;

export class SettleLoop {
  readonly #options: SettleLoopOptions;
  readonly #jobs: Record<Job, JobState> = {
    sweep: { begun: null, failures: 0 },
    settle: { begun: null, failures: 0 },
    minute: { begun: null, failures: 0 },
    hour: { begun: null, failures: 0 },
    day: { begun: null, failures: 0 },
    adjust: { begun: null, failures: 0 },
  };
  #callOff: (() => void) | null = null;
  #tick: Promise<void> | null = null;
  #started = false;
  #stopped = false;

  constructor(options: SettleLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#started = true;
    this.#sleep(0);
  }

  /** Something became dirty: the next tick comes as soon as the schedule allows. */
  wake(): void {
    if (!this.#started || this.#stopped || this.#tick !== null) return;
    const { jobs, wake } = this.#plan();
    this.#sleep(jobs.length > 0 ? GATHER_MS : wake - this.#options.clock.now());
  }

  /** Settles what is dirty and rolls up every level now, as a tick of its own; rejects on failure. */
  async catchUp(): Promise<void> {
    while (this.#tick !== null) await this.#tick;
    if (this.#stopped) return;
    this.#callOff?.();
    const work = this.#settleAll();
    this.#tick = this.#endOf(work.catch(() => undefined));
    await work;
  }

  /** Ends the running tick, settles what is dirty and rolls up once more; rejects on failure. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#callOff?.();
    await this.#tick;
    if (this.#started) await this.#settleAll();
  }

  async #settleAll(): Promise<void> {
    const { dirty, sweepWanted, adjustWanted } = this.#options;
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      if (dirty() > 0) await this.#run('settle');
      else if (sweepWanted?.() === true) await this.#run('sweep');
      else break;
    }
    for (const job of DERIVED) await this.#run(job);
    for (let steps = 0; steps < STEPS_MAX && adjustWanted?.() === true; steps++) {
      await this.#run('adjust');
    }
  }

  #sleep(wait_ms: number): void {
    this.#callOff?.();
    this.#callOff = this.#options.clock.after(wait_ms, () => {
      this.#callOff = null;
      this.#tick = this.#endOf(this.#once());
    });
  }

  /** After a tick comes the next one, unless the loop was stopped. */
  async #endOf(tick: Promise<void>): Promise<void> {
    await tick;
    this.#tick = null;
    if (this.#stopped) return;
    const { jobs, wake } = this.#plan();
    this.#sleep(jobs.length > 0 ? 0 : wake - this.#options.clock.now());
  }

  #plan(): Plan {
    const { dirty, sweepWanted, adjustWanted, intervals, clock } = this.#options;
    const sweep_wanted = sweepWanted?.() ?? false;
    const adjust_wanted = adjustWanted?.() ?? false;
    return plan(
      { dirty: dirty(), sweep_wanted, adjust_wanted, jobs: this.#jobs },
      intervals,
      clock.now(),
    );
  }

  /** Failures were reported by #run and wait for their next turn; they hold up no other job. */
  async #once(): Promise<void> {
    for (const job of this.#plan().jobs) {
      if (this.#stopped) return;
      await this.#run(job).catch(() => undefined);
    }
  }

  async #run(job: Job): Promise<void> {
    const { clock, run, onJob } = this.#options;
    const begun = clock.now();
    try {
      await run(job);
      this.#jobs[job] = { begun, failures: 0 };
      onJob?.(job, clock.now() - begun, null);
    } catch (error) {
      this.#jobs[job] = { begun, failures: this.#jobs[job].failures + 1 };
      onJob?.(job, clock.now() - begun, error);
      throw error;
    }
  }
}
