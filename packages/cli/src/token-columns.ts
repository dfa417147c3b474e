// The columns that every table of calls and sums shares, so that a figure looks the same everywhere.

import { count, money, plural } from './figures.ts';
import { labelledLine } from './labelled-line.ts';
import type { TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Tokens as people read them: the totals, and what of them was cached or reasoning. */
export interface TokenFigures {
  readonly input_total: number | null;
  readonly cache_read: number | null;
  readonly cache_write: number | null;
  readonly output_total: number | null;
  readonly reasoning: number | null;
}

export interface Figures {
  readonly tokens: TokenFigures;
  readonly cost_usd: string | null;
}

export function tokenColumns<Row>(figures: (row: Row) => Figures | null): TableColumn<Row>[] {
  const tokens = (title: string, name: keyof TokenFigures, drop?: number): TableColumn<Row> => ({
    title,
    align: 'right',
    text: (row) => {
      const known = figures(row);
      return known ? count(known.tokens[name]) : '';
    },
    ...(drop === undefined ? {} : { drop }),
  });
  return [
    tokens('in', 'input_total'),
    tokens('cached', 'cache_read'),
    tokens('written', 'cache_write', 3),
    tokens('out', 'output_total'),
    tokens('reasoning', 'reasoning', 2),
    {
      title: 'cost',
      align: 'right',
      text: (row) => {
        const known = figures(row);
        return known ? money(known.cost_usd) : '';
      },
      style: () => 'money',
    },
  ];
}

/** The sum of everything, on one line. */
export function renderTotal(
  terminal: Terminal,
  { calls, tokens, cost_usd }: Figures & { readonly calls: number },
  label = 'Total',
): string {
  const { input_total, cache_read, cache_write, output_total, reasoning } = tokens;
  return labelledLine(terminal, label, [
    { text: plural(calls, 'call') },
    {
      text: `${count(input_total)} in (${count(cache_read)} cached, ${count(cache_write)} written)`,
    },
    { text: `${count(output_total)} out (${count(reasoning)} reasoning)` },
    { text: money(cost_usd), style: 'money' },
  ]);
}
