// What recosting did, or would do, to the cost of each model.

import { plus } from './amount.ts';
import { count, money, plural, signedMoney, UNKNOWN } from './figures.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Style, Terminal } from './terminal.ts';

export interface RecostModel {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly changed: number;
  readonly priced_before: number;
  readonly priced_after: number;
  readonly before_usd: string | null;
  readonly after_usd: string | null;
}

/** What of it lies in a month that is frozen. */
export interface FrozenMonth {
  readonly month: string;
  readonly calls: number;
  readonly changed: number;
  readonly before_usd: string | null;
  readonly after_usd: string | null;
}

export interface RecostSum {
  dry_run: boolean;
  price_book: string;
  traces: number;
  models: (RecostModel & { readonly difference_usd: string | null })[];
  frozen_months: (FrozenMonth & { readonly difference_usd: string | null })[];
}

type Row = RecostSum['models'][number];

const COLUMNS: readonly TableColumn<Row>[] = [
  {
    title: 'model',
    align: 'left',
    text: ({ model }) => model || UNKNOWN,
    style: () => 'model',
    shrink_to: 18,
  },
  { title: 'provider', align: 'left', text: ({ provider }) => provider || UNKNOWN, drop: 1 },
  { title: 'calls', align: 'right', text: ({ calls }) => count(calls) },
  { title: 'changed', align: 'right', text: ({ changed }) => count(changed), style: changeStyle },
  { title: 'priced', align: 'right', text: pricedText },
  { title: 'before', align: 'right', text: ({ before_usd }) => money(before_usd) },
  {
    title: 'after',
    align: 'right',
    text: ({ after_usd }) => money(after_usd),
    style: () => 'money',
  },
  {
    title: 'difference',
    align: 'right',
    text: ({ difference_usd }) => signedMoney(difference_usd),
  },
];

export function renderRecost(terminal: Terminal, sum: RecostSum): string {
  const { dry_run, price_book, traces, models } = sum;
  const book = terminal.paint('quiet', `book ${price_book}`);
  if (models.length === 0) return `No priced call in this period.  ${book}`;
  const changed = models.reduce((total, one) => total + one.changed, 0);
  const total = (name: 'before_usd' | 'after_usd' | 'difference_usd') =>
    models.reduce<string | null>((all, one) => plus(all, one[name]), null);
  const verb = dry_run ? 'would change' : 'changed';
  const words = [
    `${plural(changed, 'call')} ${verb} in ${plural(traces, 'trace')}`,
    `${money(total('before_usd'))} → ${terminal.paint('money', money(total('after_usd')))}`,
    signedMoney(total('difference_usd')),
  ];
  const lines = [renderTable(terminal, COLUMNS, models), `\n${words.join(' · ')}  ${book}`];
  for (const month of sum.frozen_months) lines.push(frozenText(terminal, month, dry_run));
  if (dry_run)
    lines.push(terminal.paint('quiet', 'Nothing was written: leave out --dry-run to do it.'));
  return lines.join('\n');
}

/** The bill of the month stays as it is. */
function frozenText(
  terminal: Terminal,
  { month, changed, difference_usd }: RecostSum['frozen_months'][number],
  dry_run: boolean,
): string {
  const frozen = terminal.paint('doubt', `${month} is frozen`);
  if (changed === 0) return `${frozen}: nothing of it changes`;
  const what = `${plural(changed, 'call')} of it, ${signedMoney(difference_usd)}`;
  const verb = dry_run ? 'would be' : 'is';
  return `${frozen}: ${what}, ${verb} booked as an adjustment on the day of recosting`;
}

function changeStyle({ changed }: Row): Style {
  return changed === 0 ? 'quiet' : 'doubt';
}

/** `0 → 3`, or one figure where nothing is different. */
function pricedText({ priced_before, priced_after }: Row): string {
  return priced_before === priced_after
    ? count(priced_after)
    : `${count(priced_before)} → ${count(priced_after)}`;
}
