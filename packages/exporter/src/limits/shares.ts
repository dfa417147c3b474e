// Who holds how much of something bounded. An organisation may hold up to four times of what is
// free: alone it gets four fifths, a flood beside others never the whole, and whoever comes new
// always finds room, without a share that anyone would have to configure.

import { Busy, type BusyLimit } from '../receive/try-later.ts';

export const TIMES_FREE = 4;

export class Shares {
  readonly #limit: number;
  readonly #unit: string;
  readonly #names: { readonly all: BusyLimit; readonly own: BusyLimit };
  readonly #held = new Map<string, number>();
  #total = 0;

  /** `names`: which limit is told when everything is full, and when only the own share is. */
  constructor(limit: number, unit: string, names: { all: BusyLimit; own: BusyLimit }) {
    this.#limit = limit;
    this.#unit = unit;
    this.#names = names;
  }

  get held(): number {
    return this.#total;
  }

  heldBy(org_id: string): number {
    return this.#held.get(org_id) ?? 0;
  }

  /** Throws `busy` when there is no room. What is larger than the whole is taken when nothing is held. */
  take(org_id: string, amount: number): void {
    const free = this.#limit - this.#total;
    const own = this.heldBy(org_id);
    const limit = `limit: ${this.#limit} ${this.#unit}`;
    if (this.#total > 0) {
      const { all, own: share } = this.#names;
      if (amount > free) throw new Busy(all, `in flight; ${limit}`);
      if (own >= free * TIMES_FREE)
        throw new Busy(share, `in flight of the organisation; ${limit}`);
    }
    this.#total += amount;
    this.#held.set(org_id, own + amount);
  }

  give(org_id: string, amount: number): void {
    const own = this.heldBy(org_id) - amount;
    this.#total -= amount;
    if (own > 0) this.#held.set(org_id, own);
    else this.#held.delete(org_id);
  }
}
