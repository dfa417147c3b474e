// The models in use, each with the price row of now.

import type { PriceDescription, TokenClass } from '@spanledger/ledger';
import { count, plural, UNKNOWN } from './figures.ts';
import { perMillion } from './price-view.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';

export type UsedPrice = PriceDescription & { readonly calls: number };

function price(title: string, name: TokenClass, drop?: number): TableColumn<UsedPrice> {
  return {
    title,
    align: 'right',
    text: (used) => (used.price === null ? UNKNOWN : perMillion(used.price.usd_per_million[name])),
    ...(drop === undefined ? {} : { drop }),
  };
}

const COLUMNS: readonly TableColumn<UsedPrice>[] = [
  {
    title: 'model',
    align: 'left',
    text: ({ model }) => model,
    style: () => 'model',
    shrink_to: 16,
  },
  { title: 'provider', align: 'left', text: ({ provider }) => provider || UNKNOWN, drop: 2 },
  { title: 'calls', align: 'right', text: ({ calls }) => count(calls) },
  price('in', 'input_uncached'),
  price('cached', 'cache_read'),
  price('written', 'cache_write_5m', 1),
  price('out', 'output'),
  {
    title: 'price row',
    align: 'left',
    text: (used) => used.price?.price_id ?? used.reason ?? '',
    style: (used) => (used.price === null ? 'bad' : undefined),
    shrink_to: 20,
  },
];

export function renderUsedPrices(
  terminal: Terminal,
  prices: readonly UsedPrice[],
  more: number,
): string {
  const book = prices[0]?.price_book ?? '';
  const rest = more > 0 ? `; ${plural(more, 'more model')} not shown` : '';
  const words = `$ per million tokens, ordinary tier, by ${book}${rest}`;
  return `${renderTable(terminal, COLUMNS, prices)}\n${terminal.paint('quiet', words)}`;
}
