// Judges the answers of calls in the background, from the content that is stored: beside receiving and
// settling, because a text takes far longer to judge than a span to store, and once for each answer,
// because whoever asks for a month could not wait for it. It gives way to load and takes a tenth of
// the time at most; what waits is judged later, and counts as not judged until then.

import { SpanledgerError, verdictOn } from '@spanledger/ledger';
import { ANSWERS_READ_MAX, type AnsweredCall, type JudgedCall } from '@spanledger/store';
import type { Stages } from '../stages.ts';

/** Calls whose names are read at once. */
export const ANSWERS_PAGE_MAX = 2_000;
/** It rests so many times as long as it worked. */
const RESTS = 9;
/** Where settling is this late, a step waits for its next turn. */
const LATE_MS = 5_000;
/** Texts are judged in pieces of so many calls, so that requests are answered in between. */
const JUDGED_AT_ONCE = 8;
/** At the first start: older answers stay as they are. */
const FIRST_DAYS_NS = 7n * 86_400_000_000_000n;
/** The time in which a page is looked for, and how often it is doubled where nothing is found. */
const WINDOW_NS = 3_600_000_000_000n;
const WINDOWS_MAX = 12;
/** What became visible late is looked for this often. */
const AGAIN_MS = 600_000;

export class AnswerJudge {
  readonly #stages: Stages;
  /** Calls of the page that wait; at most a page, or one insert of the settling where that is more. */
  #waiting: AnsweredCall[] = [];
  /** Where the next page begins; null before the first. */
  #since_ns: bigint | null = null;
  /** Behind the page there is more to look through. */
  #more = false;
  #again_at = 0;
  #read_max = ANSWERS_READ_MAX;
  #callOff: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(stages: Stages) {
    this.#stages = stages;
    stages.metrics.source('spanledger_answers_waiting', () => this.#waiting.length);
  }

  start(): void {
    if (this.#stages.config.verdicts.enabled) this.#sleep(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#callOff?.();
    await this.#running;
  }

  #sleep(wait_ms: number): void {
    if (this.#stopped) return;
    this.#callOff = this.#stages.clock.after(wait_ms, () => {
      this.#running = this.#turn().then((next_ms) => this.#sleep(next_ms));
    });
  }

  /** How long to rest. */
  async #turn(): Promise<number> {
    const { clock, config, metrics, log, dirty, grouper } = this.#stages;
    const count = (outcome: string): void =>
      metrics.count('spanledger_answer_steps_total', { outcome });
    if (dirty.age_ms > LATE_MS || grouper.free === 0) {
      count('gave_way');
      return config.verdicts.wait_ms;
    }
    const begun = clock.now();
    try {
      const more = await this.#step();
      if (!more) return config.verdicts.wait_ms;
      count('done');
      return (clock.now() - begun) * RESTS;
    } catch (error) {
      count('failed');
      log.warn({ reason: (error as Error).message }, 'judging answers: step failed');
      return Math.max(config.verdicts.wait_ms, (clock.now() - begun) * RESTS);
    }
  }

  /** False where there is nothing to do. */
  async #step(): Promise<boolean> {
    if (this.#waiting.length === 0) await this.#nextPage();
    const [first] = this.#waiting;
    if (first === undefined) return this.#more;
    const batch: AnsweredCall[] = [];
    for (const call of this.#waiting) {
      if (call.org_id !== first.org_id || batch.length >= this.#read_max) break;
      batch.push(call);
    }
    try {
      await this.#judge(first.org_id, batch);
      this.#read_max = ANSWERS_READ_MAX;
    } catch (error) {
      if (!(error instanceof SpanledgerError && error.code === 'answer_too_large')) throw error;
      // Fewer at once; one that is too large alone is left out.
      this.#read_max = Math.ceil(batch.length / 2);
      if (batch.length > 1) return true;
      this.#stages.metrics.count('spanledger_answers_total', { outcome: 'too_large' });
    }
    this.#waiting = this.#waiting.slice(batch.length);
    return true;
  }

  async #nextPage(): Promise<void> {
    const { store, clock } = this.#stages;
    const now_ns = await store.serverTime();
    if (this.#since_ns === null || clock.now() >= this.#again_at) {
      // From where all is known to be visible; what is judged since is left out.
      if (this.#since_ns !== null) await store.setWatermark('verdicts', this.#since_ns);
      const known_ns = await store.watermark('verdicts');
      this.#since_ns = known_ns === 0n ? now_ns - FIRST_DAYS_NS : known_ns;
      this.#again_at = clock.now() + AGAIN_MS;
    }
    let window_ns = WINDOW_NS;
    for (let windows = 0; windows < WINDOWS_MAX; windows++) {
      const asked = { since_ns: this.#since_ns, now_ns, window_ns };
      const { calls, next_ns } = await store.answersSince(asked, ANSWERS_PAGE_MAX);
      const last = calls.at(-1);
      this.#waiting = calls.toSorted(byOrganisation);
      this.#more = next_ns !== null;
      this.#since_ns = next_ns ?? (last === undefined ? this.#since_ns : last.written_at + 1n);
      if (last !== undefined || next_ns === null) return;
      // A long time without a call is passed in few steps.
      window_ns *= 2n;
    }
  }

  async #judge(org_id: string, calls: readonly AnsweredCall[]): Promise<void> {
    const { store, clock, metrics } = this.#stages;
    const judged_at = await store.serverTime();
    const stored = await store.storedAnswers(org_id, calls);
    const judged: JudgedCall[] = [];
    for (const [at, call] of calls.entries()) {
      const answer = stored[at];
      const verdict = answer === undefined ? null : verdictOn(answer);
      if (answer !== undefined && verdict !== null) {
        judged.push({ call, verdict, request_hash: answer.request_hash });
      }
      const outcome = verdict === null ? 'nothing_stored' : verdict.reason || verdict.source;
      metrics.count('spanledger_answers_total', { outcome });
      if (at % JUDGED_AT_ONCE === JUDGED_AT_ONCE - 1) {
        await new Promise<void>((resolve) => void clock.after(0, resolve));
      }
    }
    await store.writeVerdicts(judged, judged_at);
  }
}

/** Answers of one organisation are read together. */
function byOrganisation(one: AnsweredCall, other: AnsweredCall): number {
  return one.org_id < other.org_id ? -1 : one.org_id > other.org_id ? 1 : 0;
}
