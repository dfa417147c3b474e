// The slow check in the background: verifies what is stored, a small step at a time, round after round
// over the last days of every organisation. It changes nothing and gives way to load. What differs once
// may only be late, here or in another replica; what differs the same once every level had its turn
// again is told: in metrics, and in one line of the log that names the command to run.

import {
  identityOf,
  type Difference,
  type VerifyPeriod,
  type VerifyPlace,
} from '@spanledger/store';
import { restDifferences } from '../routes/verify-rest.ts';
import type { Stages } from '../stages.ts';
import { settling } from '../routes/verify-answer.ts';

/** Places that wait for their second look; what is beyond is found in the next round. */
export const SUSPECTS_MAX = 100;
/** Organisations whose last difference is known to the alerts. */
export const DRIFTED_MAX = 1_000;
/** Where settling is this late, a step waits for its next turn. */
const LATE_MS = 5_000;
const HOUR_S = 3_600;
const NS_PER_S = 1_000_000_000n;
const MS_PER_S = 1_000;

/** Differences that stood after a second look. */
export interface Drifted {
  readonly at_s: number;
  readonly differences: number;
  /** The command that mends them. */
  readonly next: string;
}

interface Suspect {
  readonly org_id: string;
  readonly from_s: number;
  readonly to_s: number;
  readonly first: ReadonlySet<string>;
  readonly due: number;
  again(): Promise<readonly Difference[]>;
}

interface Round {
  readonly from_s: number;
  readonly to_s: number;
  /** Organisations that are still to be checked, the current one first. */
  readonly orgs: string[];
  place: VerifyPlace | null;
}

export class DriftCheck {
  readonly #stages: Stages;
  readonly #suspects: Suspect[] = [];
  #round: Round | null = null;
  /** Where little is stored a round is short: the next one begins no sooner than this. */
  #restsUntil = 0;
  #callOff: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(stages: Stages) {
    this.#stages = stages;
    stages.metrics.source('spanledger_drift_suspects', () => this.#suspects.length);
  }

  start(): void {
    if (this.#stages.config.drift.enabled) this.#sleep();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#callOff?.();
    await this.#running;
  }

  #sleep(): void {
    const { clock, config } = this.#stages;
    if (this.#stopped) return;
    this.#callOff = clock.after(config.drift.step_ms, () => {
      this.#running = this.#turn().finally(() => this.#sleep());
    });
  }

  async #turn(): Promise<void> {
    const { metrics, log, dirty, grouper } = this.#stages;
    if (dirty.age_ms > LATE_MS || grouper.free === 0) {
      metrics.count('spanledger_drift_steps_total', { outcome: 'gave_way' });
      return;
    }
    try {
      const worked = await this.#step();
      if (worked) metrics.count('spanledger_drift_steps_total', { outcome: 'done' });
    } catch (error) {
      metrics.count('spanledger_drift_steps_total', { outcome: 'failed' });
      log.warn({ reason: (error as Error).message }, 'drift check: step failed');
    }
  }

  /** False where nothing is to be looked at yet. */
  async #step(): Promise<boolean> {
    const now = this.#stages.clock.now();
    const [suspect] = this.#suspects;
    if (suspect !== undefined && suspect.due <= now) {
      await this.#lookAgain(suspect);
      this.#suspects.shift();
      return true;
    }
    if (this.#round === null && now < this.#restsUntil) return false;
    this.#round ??= await this.#begin();
    const { orgs, from_s, to_s, place } = this.#round;
    const [org_id] = orgs;
    if (org_id !== undefined) {
      const period = { org_id, from_s, to_s };
      this.#round.place = await this.#look(period, place);
      if (this.#round.place !== null) return true;
      await this.#lookAtAnswers(period);
      orgs.shift();
    }
    if (orgs.length === 0) {
      this.#stages.metrics.count('spanledger_drift_rounds_total');
      this.#round = null;
    }
    return true;
  }

  async #begin(): Promise<Round> {
    const { store, config } = this.#stages;
    this.#restsUntil = this.#later();
    const to_s = Number((await store.serverTime()) / NS_PER_S);
    const from_s = Math.max(0, to_s - config.drift.hours * HOUR_S);
    return { from_s, to_s, orgs: await store.organisations(from_s, to_s), place: null };
  }

  /** Every level had its turn once more after this time, here and in other replicas. */
  #later(): number {
    const { sweep_ms, hour_ms, day_ms } = this.#stages.config.settle;
    return this.#stages.clock.now() + sweep_ms + hour_ms + day_ms;
  }

  async #look(period: VerifyPeriod, place: VerifyPlace | null): Promise<VerifyPlace | null> {
    const { store, metrics, config } = this.#stages;
    const look = () => store.verifyStep(period, place, settling(this.#stages), config.drift.facts);
    const { findings, rows, first_s, end_s, next } = await look();
    metrics.count('spanledger_drift_rows_total', {}, rows);
    metrics.set('spanledger_drift_checked_from_seconds', first_s);
    metrics.set('spanledger_drift_checked_to_seconds', Math.min(end_s, period.to_s));
    this.#suspect(period.org_id, { first_s, end_s }, findings.list, async () => {
      return (await look()).findings.list;
    });
    return next;
  }

  async #lookAtAnswers(period: VerifyPeriod): Promise<void> {
    const look = () => restDifferences(this.#stages, period);
    const { org_id, from_s, to_s } = period;
    this.#suspect(org_id, { first_s: from_s, end_s: to_s }, await look(), look);
  }

  #suspect(
    org_id: string,
    { first_s, end_s }: { readonly first_s: number; readonly end_s: number },
    differences: readonly Difference[],
    again: Suspect['again'],
  ): void {
    if (differences.length === 0 || this.#suspects.length >= SUSPECTS_MAX) return;
    const due = this.#later();
    const first = new Set(differences.map(identityOf));
    this.#suspects.push({ org_id, from_s: first_s, to_s: end_s, first, due, again });
  }

  async #lookAgain({ org_id, from_s, to_s, first, again }: Suspect): Promise<void> {
    const { metrics, log, catchUp } = this.#stages;
    await catchUp();
    const lasting = (await again()).filter((one) => first.has(identityOf(one)));
    const [example] = lasting;
    if (example === undefined) return;
    const levels: Record<string, number> = {};
    for (const { level } of lasting) {
      levels[level] = (levels[level] ?? 0) + 1;
      metrics.count('spanledger_drift_differences_total', { level });
    }
    metrics.set('spanledger_drift_last_finding_seconds', await this.#now_s());
    const [from, to] = [timeOf(from_s), timeOf(to_s)];
    const next = `spanledger verify --from ${from} --to ${to} --repair`;
    const differences = lasting.length;
    const { drifted } = this.#stages;
    const [oldest] = drifted.keys();
    if (oldest !== undefined && drifted.size >= DRIFTED_MAX) drifted.delete(oldest);
    drifted.set(org_id, { at_s: await this.#now_s(), differences, next });
    log.error(
      { org: org_id, from, to, differences, levels, example, next },
      'what is stored is not what follows from its facts',
    );
  }

  async #now_s(): Promise<number> {
    return Number((await this.#stages.store.serverTime()) / NS_PER_S);
  }
}

function timeOf(time_s: number): string {
  return new Date(time_s * MS_PER_S).toISOString().replace('.000Z', 'Z');
}
