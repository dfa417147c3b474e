// Whether the service could take a request now, and if not, why: for people, probes and balancers.

import type { Readiness } from './readiness.ts';
import { within } from '../limits/within.ts';

export interface HealthReport {
  readonly ready: boolean;
  readonly phase: 'starting' | 'ready' | 'draining';
  /** ClickHouse answered, and in time. */
  readonly store: boolean;
  /** Requests were refused for lack of room a moment ago. Others are taken, so it is still ready. */
  readonly busy: boolean;
  readonly reasons: readonly string[];
}

/** A ClickHouse that takes longer for the time of day does not answer, whatever its limit is. */
export const PING_WAIT_MS = 5_000;

export class Health {
  readonly #readiness: Readiness;
  readonly #ping: () => Promise<unknown>;
  readonly #busy: () => boolean;
  #answers: Promise<boolean> | null = null;

  constructor(readiness: Readiness, ping: () => Promise<unknown>, busy: () => boolean) {
    this.#readiness = readiness;
    this.#ping = ping;
    this.#busy = busy;
  }

  async report(): Promise<HealthReport> {
    const { phase } = this.#readiness;
    const reasons: string[] = [];
    if (phase === 'starting') reasons.push('migrations are not done yet');
    if (phase === 'draining') reasons.push('the service is stopping');
    const store = await this.#storeAnswers();
    if (!store) reasons.push('ClickHouse does not answer');
    return { ready: reasons.length === 0, phase, store, busy: this.#busy(), reasons };
  }

  /** Whoever asks at the same time shares one question, so that probes cannot be a load. */
  #storeAnswers(): Promise<boolean> {
    this.#answers ??= within(this.#ping(), PING_WAIT_MS)
      .then(
        () => true,
        () => false,
      )
      .finally(() => (this.#answers = null));
    return this.#answers;
  }
}
