// Carries deletions out beside the settle loop: what was asked of this service at once, and what another
// one left behind when it died. Totals follow as soon as possible; rows are removed in batches.

import { settle } from '@spanledger/ledger';
import type { Deletion } from '@spanledger/store';
import type { Stages } from '../stages.ts';

export class DeletionWorker {
  readonly #stages: Stages;
  /** Asked of this service and not carried out yet, by id. */
  readonly #own = new Map<string, Deletion>();
  /** The deletions whose rows are being removed; empty between batches. */
  #batch: readonly Deletion[] = [];
  #batchBegun: number | null = null;
  #open = 0;
  #round: Promise<void> | null = null;
  #callOff: (() => void) | null = null;
  #again = false;
  #stopped = false;

  constructor(stages: Stages) {
    this.#stages = stages;
    stages.metrics.source('spanledger_deletions_open', () => this.#open);
  }

  start(): void {
    this.#sleep(0);
  }

  /** Begins at once; the deletion is in the table already. */
  take(deletion: Deletion): void {
    this.#own.set(deletion.deletion_id, deletion);
    this.#again = true;
    if (this.#callOff !== null) this.#sleep(0);
  }

  /** Ends after the page that is under way; the next start goes on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#callOff?.();
    await this.#round;
  }

  #sleep(wait_ms: number): void {
    this.#callOff?.();
    if (this.#stopped) return;
    this.#callOff = this.#stages.clock.after(wait_ms, () => {
      this.#callOff = null;
      this.#again = false;
      this.#round = this.#run().then(() =>
        this.#sleep(this.#again ? 0 : this.#stages.config.deletions.look_ms),
      );
    });
  }

  /** One after another: what fails waits for the next round and holds up no other. */
  async #run(): Promise<void> {
    const { store, log, metrics } = this.#stages;
    const failed = (what: string, error: unknown): void => {
      metrics.count('spanledger_deletions_total', { step: 'failed' });
      log.warn({ what, reason: (error as Error).message }, 'a deletion waits to be tried again');
    };
    try {
      const left = await store.deletions.unfinished();
      const known = new Map([...left, ...this.#own.values()].map((one) => [one.deletion_id, one]));
      this.#open = known.size;
      const removing: Deletion[] = [];
      for (const deletion of known.values()) {
        if (this.#stopped) return;
        if (deletion.state === 'removing') removing.push(deletion);
        else {
          const followed = await this.#carryOut(deletion).catch((error: unknown) => {
            failed(deletion.deletion_id, error);
            return null;
          });
          if (followed !== null) removing.push(followed);
        }
      }
      await this.#remove(removing).catch((error: unknown) => failed('rows', error));
    } catch (error) {
      failed('the list of deletions', error);
    }
  }

  /** Null where it was stopped. */
  async #carryOut(deletion: Deletion): Promise<Deletion | null> {
    const { store, prices, metrics, log } = this.#stages;
    // What is deleted is told by the ledger, too, so that has to be of all that was sent.
    await this.#stages.catchUp();
    const settled = await store.deletions.carryOut(
      deletion,
      (facts) => settle(facts, prices.book),
      () => this.#stopped,
    );
    if (settled === null) return null;
    await this.#stages.catchUp();
    const followed = await store.deletions.followed(settled);
    this.#own.delete(deletion.deletion_id);
    const { deletion_id, kind, traces, records } = followed;
    metrics.count('spanledger_deletions_total', { step: 'followed' });
    log.info({ deletion_id, kind, traces, records }, 'deleted; the totals have followed');
    return followed;
  }

  async #remove(removing: readonly Deletion[]): Promise<void> {
    const { store, clock, config, metrics } = this.#stages;
    const begun = this.#batchBegun;
    const due = begun === null || clock.now() - begun >= config.deletions.removal_ms;
    if (this.#batch.length === 0 && due && removing.length > 0) {
      this.#batch = removing;
      this.#batchBegun = clock.now();
    }
    if (this.#batch.length === 0) return;
    const { done, rows } = await store.deletions.remove(this.#batch);
    for (const [table, count] of Object.entries(rows)) {
      metrics.count('spanledger_deleted_rows_total', { table }, count);
    }
    if (!done) return;
    metrics.count('spanledger_deletions_total', { step: 'removed' }, this.#batch.length);
    this.#batch = [];
  }
}
