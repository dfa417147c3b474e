// Answers agents that ask before each piece of work whether a budget is used up: how the budgets stand is
// kept a moment, so that many who ask at once cost one look.

import type { Budget, BudgetScope, Store } from '@spanledger/store';
import type { Clock } from '../clock.ts';
import { standingBudgets, type StandingBudget } from './standing-budgets.ts';

/** Who is about to work; what is not said matches no budget of it. */
export type Asker = {
  readonly [Scope in Exclude<BudgetScope, 'organisation'>]?: string | undefined;
};

/** Agents that ask meanwhile get the same answer. */
export const BUDGET_ANSWER_MS = 2_000;
export const KEPT_ORGANISATIONS_MAX = 1_000;

interface Kept {
  readonly at: number;
  readonly standing: Promise<readonly StandingBudget[]>;
}

export class BudgetBook {
  readonly #store: Store;
  readonly #clock: Clock;
  /** By organisation, the oldest first. */
  readonly #kept = new Map<string, Kept>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The budgets that say stop to whoever asks; at most a moment old. */
  async stopping(org_id: string, asker: Asker): Promise<readonly StandingBudget[]> {
    const standing = await this.#recent(org_id);
    return standing.filter(({ budget, status }) => status.exhausted && isAbout(budget, asker));
  }

  /** After a change here; another replica follows within a moment. */
  forget(org_id: string): void {
    this.#kept.delete(org_id);
  }

  #recent(org_id: string): Promise<readonly StandingBudget[]> {
    const kept = this.#kept.get(org_id);
    if (kept !== undefined && this.#clock.now() - kept.at < BUDGET_ANSWER_MS) return kept.standing;
    this.#kept.delete(org_id);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= KEPT_ORGANISATIONS_MAX) this.forget(oldest);
    const standing = this.#ask(org_id);
    this.#kept.set(org_id, { at: this.#clock.now(), standing });
    // A failure is not kept: the next one asks again.
    standing.catch(() => this.forget(org_id));
    return standing;
  }

  async #ask(org_id: string): Promise<readonly StandingBudget[]> {
    const budgets = await this.#store.budgets.list(org_id);
    return standingBudgets(
      this.#store,
      budgets.filter(({ stops }) => stops),
      [],
    );
  }
}

function isAbout({ scope, subject }: Budget, asker: Asker): boolean {
  return scope === 'organisation' || asker[scope] === subject;
}
