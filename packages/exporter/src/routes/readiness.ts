// Whether the service takes requests: only when the tables are there, and not while it stops.

import { SpanledgerError } from '@spanledger/ledger';

export type Phase = 'starting' | 'ready' | 'draining';

export class Readiness {
  #phase: Phase = 'starting';

  get phase(): Phase {
    return this.#phase;
  }

  /** The tables are there. Has no effect once the service stops. */
  ready(): void {
    if (this.#phase === 'starting') this.#phase = 'ready';
  }

  drain(): void {
    this.#phase = 'draining';
  }

  /** Throws while requests cannot be taken; what it throws can pass later. */
  check(): void {
    if (this.#phase === 'starting') throw new SpanledgerError('store_unavailable', 'starting');
    if (this.#phase === 'draining') throw new SpanledgerError('draining');
  }
}
