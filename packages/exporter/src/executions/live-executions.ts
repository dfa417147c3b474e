// Executions while they run: all that do now, then each that begins, changes or ends.

import type { ExecutionAt, ExecutionFilters } from '@spanledger/store';
import type { StreamedEvent } from '../routes/event-stream.ts';
import type { Stages } from '../stages.ts';
import { executionAnswer, RUNNING } from './execution-answer.ts';

/** Runs that began longer ago are not looked for. */
const REACH_S = 86_400;
const SHOWN_MAX = 200;
export const TOLD_MAX = 2 * SHOWN_MAX;
/** A run may be received so long after it began and ended. */
const LATE_S = 5;
const LOOK_MS = 1_000;
/** Looking takes no more than this part of the time. */
const REST_PER_LOOK = 4;
const MS_PER_S = 1_000;
const NS_PER_S = 1_000_000_000n;

export interface LiveAsked {
  readonly org: string;
  readonly agent?: string | undefined;
  /** Only what runs now. */
  readonly once: boolean;
}

export async function* liveExecutions(
  stages: Stages,
  { org, agent, once }: LiveAsked,
  signal: AbortSignal,
): AsyncGenerator<StreamedEvent> {
  const told = new Told();
  let since_s = secondNow();
  while (!signal.aborted) {
    const begun = stages.clock.now();
    const reached_s = secondNow() - LATE_S;
    const running = await lookFor(stages, org, agent, { statuses: RUNNING }, REACH_S);
    // What began and ended between two looks was never seen to run.
    const short = once ? [] : await lookFor(stages, org, agent, {}, secondNow() - since_s);
    const over = await Promise.all(told.missingIn(running).map((row) => lookAt(stages, org, row)));
    for (const row of [...running, ...short, ...over.flat()].toSorted(byStart)) {
      const data = executionAnswer(row);
      if (told.isNew(row, JSON.stringify(data))) yield { event: 'execution', data };
    }
    if (once) return;
    since_s = reached_s;
    const took_ms = stages.clock.now() - begun;
    await wait(stages, Math.max(LOOK_MS, took_ms * REST_PER_LOOK), signal);
  }
}

/** What was told of the latest executions, as many as fit; those that ran, in their last state. */
class Told {
  readonly #texts = new Map<string, string>();
  readonly #running = new Map<string, ExecutionAt>();

  isNew(row: ExecutionAt, text: string): boolean {
    const key = `${row.trace_id}:${row.span_id}`;
    if (row.over || row.status === 'abandoned') this.#running.delete(key);
    else this.#running.set(key, row);
    if (this.#texts.get(key) === text) return false;
    this.#texts.delete(key);
    this.#texts.set(key, text);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > TOLD_MAX && oldest !== undefined) this.#texts.delete(oldest);
    return true;
  }

  /** Those that ran and are looked at once more: what goes on is told again. */
  missingIn(running: readonly ExecutionAt[]): readonly ExecutionAt[] {
    const keys = new Set(running.map(({ trace_id, span_id }) => `${trace_id}:${span_id}`));
    const missing = [...this.#running].filter(([key]) => !keys.has(key));
    for (const [key] of missing) this.#running.delete(key);
    return missing.map(([, row]) => row);
  }
}

/** Those that began in the last seconds. */
async function lookFor(
  { store, config }: Stages,
  org: string,
  agent: string | undefined,
  filters: ExecutionFilters,
  reach_s: number,
): Promise<readonly ExecutionAt[]> {
  const to_s = secondNow() + 1;
  return store.ask('executions', {
    ...{ org, from_s: to_s - reach_s - LATE_S, to_s, limit: SHOWN_MAX, ...filters },
    abandoned_ms: config.abandoned_ms,
    ...(agent === undefined ? {} : { agent }),
  });
}

/** One that ran: nothing where it was deleted meanwhile. */
async function lookAt(
  { store, config }: Stages,
  org: string,
  { trace_id: trace, span_id: span, start_ns }: ExecutionAt,
): Promise<readonly ExecutionAt[]> {
  const from_s = Number(start_ns / NS_PER_S) - LATE_S;
  const asked = { org, from_s, to_s: from_s + 2 * LATE_S, trace, span };
  return store.ask('executions', { ...asked, abandoned_ms: config.abandoned_ms });
}

function byStart(a: ExecutionAt, b: ExecutionAt): number {
  return a.start_ns < b.start_ns ? -1 : 1;
}

function secondNow(): number {
  return Math.floor(Date.now() / MS_PER_S);
}

function wait({ clock }: Stages, time_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const callOff = clock.after(time_ms, done);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      callOff();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
