// The questions that budgets and forecasts ask, each with its parameters and its row.

import { TOKEN_CLASSES } from '@spanledger/ledger';
import { count, integer, money, nullable, readRow, text } from '../clickhouse/field.ts';
import type { Grouping, Period, Question } from './question.ts';

/** Of one agent, user, model or tool, or of the whole organisation: ''. */
export interface SpendingRow {
  readonly subject: string;
  readonly calls: number;
  readonly calls_with_usage: number;
  readonly calls_priced: number;
  /** Of all classes; null when no call told any. */
  readonly tokens: bigint | null;
  /** In 10⁻¹² dollars; null when no call has a price. */
  readonly cost_usd: bigint | null;
}

export interface SpendingDay extends SpendingRow {
  readonly time_s: number;
}

/** `by` has one dimension, or none for the organisation, whose subject is ''. */
export type SpendingParameters = Period & Grouping & { readonly subjects: readonly string[] };

export interface PlanningQuestions {
  spending: { parameters: SpendingParameters; row: SpendingRow };
  spending_of_users: { parameters: Omit<SpendingParameters, 'by'>; row: SpendingRow };
  spending_by_day: { parameters: SpendingParameters; row: SpendingDay };
  spending_of_users_by_day: { parameters: Omit<SpendingParameters, 'by'>; row: SpendingDay };
}

const readSpending = (row: Readonly<Record<string, unknown>>): SpendingRow =>
  readRow(
    {
      ...{ subject: text, calls: count, calls_with_usage: count, calls_priced: count },
      ...{ tokens: nullable(integer), cost_usd: nullable(money) },
    },
    row,
  );

const readSpendingDay = (row: Readonly<Record<string, unknown>>): SpendingDay => ({
  time_s: count(row['time_s'], 'time_s'),
  ...readSpending(row),
});

/** What `$token_sums` stands for: NULL where no class is known, as in the roll-ups. */
export const TOKEN_SUMS_SQL = (() => {
  const sums = TOKEN_CLASSES.map((name) => `sum(u.${name})`);
  const known = sums.map((sum) => `ifNull(${sum}, 0)`).join(' + ');
  const none = sums.map((sum) => `isNull(${sum})`).join(' AND ');
  return `if(${none}, NULL, toInt64(${known})) AS tokens`;
})();

export const PLANNING_QUESTIONS: {
  readonly [Name in keyof PlanningQuestions]: Question<PlanningQuestions[Name]['row']>;
} = {
  spending: { answer: readSpending, own: { subjects: [] } },
  spending_of_users: { answer: readSpending, own: { subjects: [] } },
  spending_by_day: { answer: readSpendingDay, own: { subjects: [] } },
  spending_of_users_by_day: { answer: readSpendingDay, own: { subjects: [] } },
};
