// The questions that budgets and forecasts ask, each with its parameters and its row.

import { TOKEN_CLASSES } from '@spanledger/ledger';
import { count, integer, money, nullable, readRow, text, type Field } from '../clickhouse/field.ts';
import type { Grouping, Limit, Period, Question } from './question.ts';

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

/** Runs that used the same tools, of which there are at most 20 in the list. */
export interface CombinationRow {
  readonly combination: readonly string[];
  readonly traces: number;
  readonly tool_calls: number;
  readonly tool_errors: number;
  readonly calls: number;
  readonly calls_priced: number;
  readonly tokens: bigint | null;
  readonly cost_usd: bigint | null;
}

/** `by` has one dimension, or none for the organisation, whose subject is ''. */
export type SpendingParameters = Period & Grouping & { readonly subjects: readonly string[] };

export interface PlanningQuestions {
  spending: { parameters: SpendingParameters; row: SpendingRow };
  spending_of_users: { parameters: Omit<SpendingParameters, 'by'>; row: SpendingRow };
  spending_by_day: { parameters: SpendingParameters; row: SpendingDay };
  tool_combinations: { parameters: Period & Limit; row: CombinationRow };
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

const texts: Field<readonly string[]> = (value, name) => {
  if (!Array.isArray(value)) throw new TypeError(`cannot read ${name}: no list`);
  return value.map((one) => text(one, name));
};

const readCombination = (row: Readonly<Record<string, unknown>>): CombinationRow => ({
  combination: texts(row['combination'], 'combination'),
  traces: count(row['traces'], 'traces'),
  tool_calls: count(row['tool_calls_made'], 'tool_calls_made'),
  tool_errors: count(row['tool_errors_made'], 'tool_errors_made'),
  calls: count(row['calls_made'], 'calls_made'),
  calls_priced: count(row['priced'], 'priced'),
  tokens: nullable(integer)(row['tokens_used'], 'tokens_used'),
  cost_usd: nullable(money)(row['cost_usd'], 'cost_usd'),
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
  tool_combinations: { answer: readCombination },
  spending_by_day: { answer: readSpendingDay, own: { subjects: [] } },
  spending_of_users_by_day: { answer: readSpendingDay, own: { subjects: [] } },
};
