// Judges the answers of calls in the background, from the content that is stored: beside receiving and
// settling, because a text takes far longer to judge than a span to store, and once for each answer,
// because whoever asks for a month could not wait for it. It gives way to load and takes a tenth of
// the time at most; what waits is judged later, and counts as not judged until then.

import { verdictOn } from '@spanledger/ledger';
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
/** What became visible late is looked for this often. */
const AGAIN_MS = 600_000;

export class AnswerJudge {
  readonly #stages: Stages;
  /** Calls of the page that wait; at most a page, or one insert of the settling where that is more. */
  #waiting: AnsweredCall[] = [];
  /** Where the next page begins; null before the first. */
  #since_ns: bigint | null = null;
  #seen_ns = 0n;
  #missing = true;
  #again_at = 0;
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
    if (first === undefined) return false;
    const batch: AnsweredCall[] = [];
    for (const call of this.#waiting) {
      if (call.org_id !== first.org_id || batch.length >= ANSWERS_READ_MAX) break;
      batch.push(call);
    }
    await this.#judge(first.org_id, batch);
    this.#waiting = this.#waiting.slice(batch.length);
    return true;
  }

  async #nextPage(): Promise<void> {
    const { store, clock } = this.#stages;
    const now_ns = await store.serverTime();
    if (this.#since_ns === null || clock.now() >= this.#again_at) {
      // From where all is known to be visible; what was looked at since is left out.
      if (this.#since_ns !== null) await store.setWatermark('verdicts', this.#seen_ns);
      const known_ns = await store.watermark('verdicts');
      this.#since_ns = known_ns === 0n ? now_ns - FIRST_DAYS_NS : known_ns;
      this.#missing = true;
      this.#again_at = clock.now() + AGAIN_MS;
    }
    const page = await store.answersSince(this.#since_ns, ANSWERS_PAGE_MAX, this.#missing);
    this.#waiting = page.calls.toSorted(byOrganisation);
    if (page.next_ns === null) {
      this.#missing = false;
      this.#seen_ns = now_ns;
    }
    const last = page.calls.at(-1);
    this.#since_ns = page.next_ns ?? (last === undefined ? this.#since_ns : last.written_at + 1n);
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
