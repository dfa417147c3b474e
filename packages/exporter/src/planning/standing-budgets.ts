// How budgets stand: what is spent of each, from the roll-ups; of users from the ledger. Asked once for all
// budgets that share a scope and a start.

import {
  budgetStatus,
  localPeriod,
  type BudgetStatus,
  type LocalPeriod,
  type Spending,
} from '@spanledger/ledger';
import type { Budget, BudgetScope, Dimension, SpendingRow, Store } from '@spanledger/store';

export interface StandingBudget {
  readonly budget: Budget;
  readonly period: LocalPeriod;
  readonly status: BudgetStatus;
}

/** How fast a budget is spent is told over both; the longer one says when it will be used up. */
export const BURN_WINDOWS_S = [3_600, 21_600] as const;

/** What the roll-ups know of each scope; users are in the ledger alone. */
export const SCOPE_DIMENSIONS: Readonly<
  Record<Exclude<BudgetScope, 'user'>, readonly Dimension[]>
> = {
  organisation: [],
  agent: ['agent_name'],
  model: ['model'],
  tool: ['tool_name'],
};

/** How each of these stands now, all of one organisation. */
export async function standingBudgets(
  store: Store,
  budgets: readonly Budget[],
  windows_s: readonly number[] = BURN_WINDOWS_S,
  now_s: number = Math.floor(Date.now() / 1_000),
): Promise<StandingBudget[]> {
  const spendings = new Spendings(store, budgets, now_s);
  return Promise.all(
    budgets.map(async (budget) => {
      const period = localPeriod(budget.period, budget.time_zone, now_s);
      const used = await spendings.of(budget, period.from_s);
      const windows = await Promise.all(
        windows_s.map(async (window_s) => {
          return [window_s, await spendings.of(budget, now_s - window_s)] as const;
        }),
      );
      const limit = budget.limit_usd ?? budget.limit_tokens ?? 0n;
      return { budget, period, status: budgetStatus(limit, period, now_s, used, windows) };
    }),
  );
}

/** Asks once for all budgets of one scope and one start. */
class Spendings {
  readonly #store: Store;
  readonly #budgets: readonly Budget[];
  readonly #now_s: number;
  readonly #asked = new Map<string, Promise<ReadonlyMap<string, SpendingRow>>>();

  constructor(store: Store, budgets: readonly Budget[], now_s: number) {
    this.#store = store;
    this.#budgets = budgets;
    this.#now_s = now_s;
  }

  async of({ org_id, scope, subject, limit_usd }: Budget, from_s: number): Promise<Spending> {
    const key = `${scope} ${from_s}`;
    let asked = this.#asked.get(key);
    if (asked === undefined) {
      asked = this.#ask(org_id, scope, from_s);
      this.#asked.set(key, asked);
    }
    const row = (await asked).get(subject);
    if (row === undefined) return { calls: 0, unknown_calls: 0, amount: null };
    const { calls, calls_priced, calls_with_usage, cost_usd, tokens } = row;
    return limit_usd === null
      ? { calls, unknown_calls: calls - calls_with_usage, amount: tokens }
      : { calls, unknown_calls: calls - calls_priced, amount: cost_usd };
  }

  async #ask(
    org: string,
    scope: BudgetScope,
    from_s: number,
  ): Promise<ReadonlyMap<string, SpendingRow>> {
    const ofScope = this.#budgets.filter((budget) => budget.scope === scope);
    const subjects = [...new Set(ofScope.map(({ subject }) => subject))];
    // To the end of this minute: what was settled of it counts.
    const asked = { org, from_s, to_s: this.#now_s + 60, subjects };
    const rows =
      scope === 'user'
        ? await this.#store.ask('spending_of_users', asked)
        : await this.#store.ask('spending', { ...asked, by: SCOPE_DIMENSIONS[scope] });
    return new Map(rows.map((row) => [row.subject, row]));
  }
}
