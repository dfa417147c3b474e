// The months of an organisation: what each was billed, what changed since, and what freezing one does.

import { figuresOf, type SumsAnswer } from './answers.ts';
import { count, money, plural, signedMoney } from './figures.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';
import { renderTotal } from './token-columns.ts';

/** One month as `GET /api/v1/periods` answers it. */
export interface PeriodAnswer {
  readonly month: string;
  readonly state: 'open' | 'frozen';
  readonly frozen_at: string | null;
  readonly frozen_by: string;
  readonly used: SumsAnswer;
  readonly booked: SumsAnswer;
  readonly billed: SumsAnswer;
  readonly adjusted_later: SumsAnswer;
  readonly priced_today: SumsAnswer;
  readonly not_booked_yet: SumsAnswer | null;
}

export interface FreezeAnswer {
  readonly month: string;
  readonly frozen: boolean;
  readonly already: boolean;
  readonly open: Readonly<Record<'traces' | 'minutes' | 'hours' | 'days', number>>;
  /** Null for a month with nothing in it. */
  readonly period: PeriodAnswer | null;
}

const COLUMNS: readonly TableColumn<PeriodAnswer>[] = [
  { title: 'month', align: 'left', text: ({ month }) => month },
  {
    title: 'state',
    align: 'left',
    text: ({ state, frozen_at }) =>
      frozen_at === null ? state : `${state} ${frozen_at.slice(0, 10)}`,
    style: ({ state }) => (state === 'frozen' ? 'good' : 'quiet'),
  },
  { title: 'calls', align: 'right', text: ({ billed }) => count(billed.calls), drop: 1 },
  { title: 'used', align: 'right', text: ({ used }) => money(used.cost_usd), drop: 2 },
  { title: 'booked in it', align: 'right', text: ({ booked }) => signedMoney(booked.cost_usd) },
  {
    title: 'billed',
    align: 'right',
    text: ({ billed }) => money(billed.cost_usd),
    style: () => 'money',
  },
  {
    title: 'changed later',
    align: 'right',
    text: ({ adjusted_later }) => signedMoney(adjusted_later.cost_usd),
    style: ({ adjusted_later }) => (adjusted_later.cost_usd === null ? undefined : 'doubt'),
  },
  { title: 'today', align: 'right', text: ({ priced_today }) => money(priced_today.cost_usd) },
];

const MEANING =
  'billed: what was used, as it was when the month was frozen, and what was booked in it of months before';

export function renderPeriods(terminal: Terminal, periods: readonly PeriodAnswer[]): string {
  if (periods.length === 0) return 'No month has any usage yet.';
  const lines = [renderTable(terminal, COLUMNS, periods), terminal.paint('quiet', `\n${MEANING}`)];
  for (const { month, not_booked_yet } of periods) {
    if (not_booked_yet === null) continue;
    const { calls, cost_usd } = not_booked_yet;
    const words = `${month}: ${plural(Number(calls), 'call')}, ${signedMoney(cost_usd)} changed and not booked yet`;
    lines.push(terminal.paint('doubt', words));
  }
  return lines.join('\n');
}

export function renderFreeze(terminal: Terminal, answer: FreezeAnswer): string {
  const { month, frozen, already, period } = answer;
  const lines = [headline(terminal, answer)];
  if (period !== null) {
    const sums = frozen ? period.used : period.priced_today;
    lines.push(renderTotal(terminal, { ...figuresOf(sums), calls: Number(sums.calls) }, 'Used'));
  } else lines.push(`Nothing was used in ${month}.`);
  if (frozen && !already) {
    const words =
      'What changes in it from now on is booked as an adjustment on the day it is seen.';
    lines.push(terminal.paint('quiet', words));
  }
  return lines.join('\n');
}

function headline(
  terminal: Terminal,
  { month, frozen, already, open, period }: FreezeAnswer,
): string {
  if (already)
    return `${month} is frozen since ${period?.frozen_at ?? 'before'}; nothing was done.`;
  if (frozen) return `${terminal.paint('good', 'Frozen')} ${month}.`;
  const left = Object.entries(open).filter(([, number]) => number > 0);
  const words = left.map(([what, number]) => plural(number, what.slice(0, -1))).join(', ');
  const first = left.length === 0 ? 'all of it is settled' : `first it settles ${words}`;
  return `${month} would be frozen: ${first}. Nothing was written: leave out --dry-run to do it.`;
}
