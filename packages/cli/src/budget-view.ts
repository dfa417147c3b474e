// Budgets as people see them: what is left, how fast it goes, and whether it lasts.

import { count, money, UNKNOWN } from './figures.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Style, Terminal } from './terminal.ts';

/** Amounts are dollars as decimal text or whole tokens, as `unit` says. */
export interface BudgetAnswer {
  readonly name: string;
  readonly scope: string;
  readonly subject: string | null;
  readonly period: string;
  readonly time_zone: string;
  readonly stops: boolean;
  readonly unit: 'usd' | 'tokens';
  readonly limit: string;
  readonly from: string;
  readonly to: string;
  readonly calls: number;
  readonly unknown_calls: number;
  readonly spent: string | null;
  readonly remaining: string | null;
  readonly used_share: number | null;
  readonly exhausted: boolean;
  readonly burn: readonly { readonly window_s: number; readonly rate: number | null }[];
  readonly used_up_at: string | null;
  readonly used_up_early: boolean;
}

const COLUMNS: readonly TableColumn<BudgetAnswer>[] = [
  {
    title: 'budget',
    align: 'left',
    text: ({ name }) => name,
    style: () => 'heading',
    shrink_to: 8,
  },
  {
    title: 'of',
    align: 'left',
    text: ({ scope, subject }) => (subject === null ? scope : `${scope} ${subject}`),
    shrink_to: 12,
  },
  {
    title: 'period',
    align: 'left',
    text: ({ period, time_zone }) => (time_zone === 'UTC' ? period : `${period}, ${time_zone}`),
    shrink_to: 5,
  },
  { title: 'limit', align: 'right', text: (row) => amountOf(row, row.limit) },
  { title: 'spent', align: 'right', text: (row) => amountOf(row, row.spent), style: () => 'money' },
  {
    title: 'used',
    align: 'right',
    text: ({ used_share }) => (used_share === null ? UNKNOWN : `${Math.floor(used_share * 100)} %`),
    style: (row) => stateOf(row),
  },
  { title: 'unknown', align: 'right', text: unknownOf, style: () => 'doubt' },
  { title: 'pace 1 h', align: 'right', text: ({ burn }) => paceOf(burn[0]), drop: 2 },
  { title: '6 h', align: 'right', text: ({ burn }) => paceOf(burn[1]), drop: 1 },
  { title: 'used up', align: 'left', text: endOf, style: (row) => stateOf(row) },
];

const MEANINGS = [
  'pace: 1 uses up the budget in just its period',
  'unknown: calls that are in no sum, as nobody knows their price or tokens',
];

export function renderBudgets(terminal: Terminal, budgets: readonly BudgetAnswer[]): string {
  if (budgets.length === 0) {
    return `No budget is set. ${terminal.hint('Set one with: spanledger budgets set month --limit 50')}`;
  }
  const meanings = MEANINGS.map((line) => terminal.paint('quiet', line));
  return [renderTable(terminal, COLUMNS, budgets), '', ...meanings].join('\n');
}

function amountOf({ unit }: BudgetAnswer, amount: string | null): string {
  return unit === 'usd' ? money(amount) : amount === null ? UNKNOWN : `${count(amount)} tokens`;
}

function unknownOf({ unknown_calls, calls }: BudgetAnswer): string {
  return unknown_calls === 0 ? '' : `${count(unknown_calls)} of ${count(calls)}`;
}

function paceOf(window: BudgetAnswer['burn'][number] | undefined): string {
  const rate = window?.rate ?? null;
  return rate === null ? UNKNOWN : rate >= 10 ? rate.toFixed(0) : rate.toFixed(2);
}

function endOf({ exhausted, used_up_at, used_up_early }: BudgetAnswer): string {
  if (exhausted) return 'now';
  if (used_up_at === null || !used_up_early) return 'it lasts';
  return `${used_up_at.slice(0, 16).replace('T', ' ')}Z`;
}

function stateOf({ exhausted, used_up_early, used_share }: BudgetAnswer): Style {
  if (exhausted) return 'bad';
  return used_up_early || used_share === null ? 'doubt' : 'good';
}
