// Models without a price: how much is at stake, why, what to do, and what to paste.

import { COST_REASONS } from '@spanledger/ledger';
import { count, plural, UNKNOWN } from './figures.ts';
import { snippetOf, type Unpriced } from './price-snippet.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

const COLUMNS: readonly TableColumn<Unpriced>[] = [
  {
    title: 'model',
    align: 'left',
    text: ({ model }) => model || UNKNOWN,
    style: () => 'model',
    shrink_to: 18,
  },
  { title: 'provider', align: 'left', text: ({ provider }) => provider || UNKNOWN, shrink_to: 10 },
  { title: 'tier', align: 'left', text: ({ service_tier }) => service_tier, drop: 1 },
  { title: 'calls', align: 'right', text: ({ calls }) => count(calls) },
  { title: 'in', align: 'right', text: ({ input }) => count(input) },
  { title: 'out', align: 'right', text: ({ output }) => count(output) },
  {
    title: 'reason',
    align: 'left',
    text: ({ cost_reason, price_id_now }) =>
      price_id_now === null ? cost_reason : `${cost_reason}; today ${price_id_now}`,
    style: ({ price_id_now }) => (price_id_now === null ? 'bad' : 'doubt'),
    shrink_to: 16,
  },
];

const INDENT = '  ';

export function renderUnpriced(
  terminal: Terminal,
  rows: readonly Unpriced[],
  period: string,
): string {
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  const parts = [
    `${terminal.paint('bad', `${plural(calls, 'call')} without a price`)} in the last ${period}`,
    renderTable(terminal, COLUMNS, rows),
    ...remedies(terminal, rows),
  ];
  const snippet = snippetOf(rows);
  if (snippet !== '') {
    parts.push(
      `${terminal.paint('heading', 'Add to the price file')} ${terminal.paint('quiet', '(SPANLEDGER_PRICES), with a number or a name for each FILL_IN:')}`,
      snippet.trimEnd(),
    );
  }
  const recost = `spanledger recost --last ${period}`;
  if (snippet !== '') {
    parts.push(terminal.hint(`Then "${recost}" prices what is stored already.`));
  } else if (rows.some((row) => row.price_id_now !== null)) {
    parts.push(terminal.hint(`The prices of today know more: "${recost}" prices what is stored.`));
  }
  return parts.join('\n\n');
}

/** Each reason once, in the words of the ledger. */
function remedies(terminal: Terminal, rows: readonly Unpriced[]): string[] {
  const open = rows.filter((row) => row.price_id_now === null);
  return [...new Set(open.map((row) => row.cost_reason))].map((reason) => {
    const { means, remedy } = COST_REASONS[reason as keyof typeof COST_REASONS] ?? NO_WORDS;
    const room = terminal.width - INDENT.length;
    const lines = [means, remedy].filter((text) => text !== '').flatMap((text) => wrap(text, room));
    return [terminal.paint('doubt', reason), ...lines.map((line) => INDENT + line)].join('\n');
  });
}

/** A newer service may know reasons that this command does not. */
const NO_WORDS = { means: '', remedy: '' };
