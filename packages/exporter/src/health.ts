// Whether the service could take a request now, and if not, why: for people, probes and balancers.

import type { Readiness } from './readiness.ts';

export interface HealthReport {
  readonly ready: boolean;
  readonly phase: 'starting' | 'ready' | 'draining';
  /** ClickHouse answered. */
  readonly store: boolean;
  readonly reasons: readonly string[];
}

export class Health {
  readonly #readiness: Readiness;
  readonly #ping: () => Promise<unknown>;

  constructor(readiness: Readiness, ping: () => Promise<unknown>) {
    this.#readiness = readiness;
    this.#ping = ping;
  }

  async report(): Promise<HealthReport> {
    const { phase } = this.#readiness;
    const reasons: string[] = [];
    if (phase === 'starting') reasons.push('migrations are not done yet');
    if (phase === 'draining') reasons.push('the service is stopping');
    const store = await this.#ping().then(
      () => true,
      () => false,
    );
    if (!store) reasons.push('ClickHouse does not answer');
    return { ready: reasons.length === 0, phase, store, reasons };
  }
}
