// Bodies that were just acknowledged, by hash: a repeat is acknowledged again without work, and one
// that arrives while the first is on its way shares its outcome. It only saves work: collectors
// that batch resend the same spans in other bodies, so nothing may rest on it.

import { bodyHash } from './body-hash.ts';

export class RecentBodies<Outcome> {
  readonly #limit: number;
  readonly #outcomes = new Map<string, Promise<Outcome>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#outcomes.size;
  }

  /** Organisation, path and encoding are part of the hash: equal bytes may mean other things. */
  hash(org_id: string, path: string, encoding: string, body: Uint8Array): string {
    return `${org_id}\n${path}\n${encoding}\n${bodyHash(body)}`;
  }

  find(hash: string): Promise<Outcome> | undefined {
    return this.#outcomes.get(hash);
  }

  /** Remembers the outcome; one that fails is forgotten at once, so that a resend does the work. */
  remember(hash: string, outcome: Promise<Outcome>): void {
    if (this.#limit === 0) return;
    this.#outcomes.set(hash, outcome);
    outcome.catch(() => {
      if (this.#outcomes.get(hash) === outcome) this.#outcomes.delete(hash);
    });
    if (this.#outcomes.size <= this.#limit) return;
    const oldest = this.#outcomes.keys().next();
    if (!oldest.done) this.#outcomes.delete(oldest.value);
  }
}
