// A bill: what was used, apart from it what is adjusted of months before, and both together.

import { figuresOf, type BillAnswer, type SumsAnswer } from './answers.ts';
import { count, signedMoney } from './figures.ts';
import { labelledLine } from './labelled-line.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';
import { renderTotal, tokenColumns } from './token-columns.ts';
import { dimensionColumn, renderUsage, rowsToShow } from './usage-view.ts';

type Adjustment = BillAnswer['adjustments'][number];

export function renderBill(terminal: Terminal, bill: BillAnswer): string {
  const { by, rows, adjustments } = bill;
  const [from, to] = [bill.from, bill.to].map(shown);
  const parts = [labelledLine(terminal, 'As billed', [{ text: `${from} to ${to}, UTC` }])];
  if (rowsToShow(by, rows).length > 0) parts.push(renderUsage(terminal, by, rows));
  if (adjustments.length > 0) parts.push(renderAdjustments(terminal, by, adjustments));
  parts.push(
    [
      sumLine(terminal, 'Used', bill.used),
      sumLine(terminal, 'Adjusted', bill.adjusted),
      sumLine(terminal, 'Billed', bill.billed),
      ...(isWholeDays(bill) ? [] : [terminal.paint('quiet', AT_MIDNIGHT)]),
    ].join('\n'),
  );
  return parts.join('\n\n');
}

const AT_MIDNIGHT = 'A day of a frozen month, and an adjustment, counts at 00:00 UTC of its day.';

function renderAdjustments(
  terminal: Terminal,
  dimensions: readonly string[],
  rows: readonly Adjustment[],
): string {
  const columns: TableColumn<Adjustment>[] = [
    { title: 'month', align: 'left', text: ({ month }) => month },
    { title: 'booked on', align: 'left', text: ({ booked_on }) => booked_on },
    ...dimensions.map((dimension) => dimensionColumn<Adjustment>(dimension)),
    { title: 'calls', align: 'right', text: ({ calls }) => count(calls) },
    ...tokenColumns<Adjustment>(figuresOf).slice(0, -1),
    {
      title: 'cost',
      align: 'right',
      text: ({ cost_usd }) => signedMoney(cost_usd),
      style: () => 'money',
    },
  ];
  const heading = terminal.paint('heading', 'Adjustments');
  const words = 'changes of frozen months, booked in this period';
  return `${heading}: ${words}\n${renderTable(terminal, columns, rows)}`;
}

function sumLine(terminal: Terminal, label: string, sums: SumsAnswer): string {
  return renderTotal(terminal, { ...figuresOf(sums), calls: Number(sums.calls) }, label);
}

function isWholeDays({ from, to }: BillAnswer): boolean {
  return [from, to].every((time) => time.slice(10) === 'T00:00:00.000Z');
}

/** `2026-10-01`, with the time of day where there is one. */
function shown(time: string): string {
  return time.slice(10) === 'T00:00:00.000Z' ? time.slice(0, 10) : time.slice(0, 16);
}
