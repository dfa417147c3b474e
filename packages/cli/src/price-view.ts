// A model's price as people read it: the row that holds and why, then every row that it has or had.

import type { DescribedPrice, PriceDescription, TokenClass } from '@spanledger/ledger';
import { count, UNKNOWN } from './figures.ts';
import { labelledLine, type Part } from './labelled-line.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';

/** One line of the table: a row, or what it costs above a size of input. */
interface PriceLine {
  readonly row: DescribedPrice;
  readonly above: number | null;
  readonly usd_per_million: DescribedPrice['usd_per_million'];
}

export function renderPrice(terminal: Terminal, found: PriceDescription): string {
  const { price, history } = found;
  const lines = [headOf(terminal, found), ...(price === null ? [] : [priceLine(terminal, price)])];
  lines.push(labelledLine(terminal, 'Book', [{ text: found.price_book }]));
  // A row that shares or discounts were taken of is not what is paid: that one stands first.
  const scaled = price !== null && !history.some((row) => row.price_id === price.price_id);
  const rows = scaled ? [price, ...history.map((row) => ({ ...row, holds: false }))] : history;
  if (rows.length === 0) return lines.join('\n');
  const table = renderTable(terminal, ...filled(rows.flatMap(linesOf)));
  return `${lines.join('\n')}\n\n${table}\n${terminal.paint('quiet', `$ per million tokens, UTC days${marked(rows)}`)}`;
}

function marked(rows: readonly DescribedPrice[]): string {
  return rows.some((row) => row.holds) ? '; ● holds at the time asked for' : '';
}

function headOf(terminal: Terminal, found: PriceDescription): string {
  const { model, provider, service_tier, org_id, at, reason, means, remedy } = found;
  const asked: Part[] = [
    { text: model, style: 'model' },
    { text: provider === '' ? 'no provider named' : provider },
    ...(service_tier === '' ? [] : [{ text: `tier ${service_tier}` }]),
    ...(org_id === '' || org_id === 'default' ? [] : [{ text: `organisation ${org_id}` }]),
    { text: `${at.slice(0, 16).replace('T', ' ')} UTC` },
  ];
  const head = labelledLine(terminal, 'Model', asked);
  if (reason === null) return head;
  const why = labelledLine(terminal, 'No price', [
    { text: reason, style: 'bad' },
    { text: means ?? '' },
  ]);
  const next = labelledLine(terminal, 'Next', [{ text: remedy ?? '' }]);
  return [head, why, next].join('\n');
}

function priceLine(terminal: Terminal, price: DescribedPrice): string {
  const parts: Part[] = [{ text: price.price_id, style: 'money' }, { text: price.source }];
  if (price.usd_per_request !== null) parts.push({ text: `$${price.usd_per_request} a call` });
  if (price.usd_per_search !== null) parts.push({ text: `$${price.usd_per_search} a search` });
  for (const doubt of [price.cost_reason, ...price.doubts].filter(Boolean)) {
    parts.push({ text: doubt, style: 'doubt' });
  }
  return labelledLine(terminal, 'Price', parts);
}

function linesOf(row: DescribedPrice): PriceLine[] {
  const { above, usd_per_million } = row;
  return [
    { row, above: null, usd_per_million },
    ...above.map((tier) => ({
      row,
      above: tier.input_tokens,
      usd_per_million: tier.usd_per_million,
    })),
  ];
}

const first = ({ above }: PriceLine): boolean => above === null;

function prices(
  title: string,
  names: readonly TokenClass[],
  drop?: number,
): TableColumn<PriceLine> {
  return {
    title,
    align: 'right',
    text: ({ usd_per_million }) =>
      perMillion(names.map((name) => usd_per_million[name]).find((text) => text !== undefined)),
    ...(drop === undefined ? {} : { drop }),
  };
}

const COLUMNS: readonly TableColumn<PriceLine>[] = [
  {
    title: '',
    align: 'left',
    text: (line) => (first(line) && line.row.holds ? '●' : ''),
    style: () => 'good',
  },
  {
    title: 'price row',
    align: 'left',
    text: ({ row, above }) =>
      above === null ? row.price_id : `  above ${count(above)} input tokens`,
    style: (line) => (line.row.holds ? 'money' : undefined),
    shrink_to: 24,
  },
  { title: 'from', align: 'left', text: (line) => (first(line) ? dayOf(line.row.from) : '') },
  { title: 'until', align: 'left', text: (line) => (first(line) ? dayOf(line.row.until) : '') },
  { title: 'hours', align: 'left', text: (line) => (first(line) ? line.row.hours : '') },
  {
    title: 'tier',
    align: 'left',
    text: (line) => (first(line) ? line.row.service_tier : ''),
    drop: 8,
  },
  prices('in', ['input_uncached']),
  prices('cached', ['cache_read']),
  prices('written', ['cache_write_5m'], 2),
  prices('1 hour', ['cache_write_1h'], 5),
  prices('out', ['output']),
  prices('audio in', ['audio_in'], 7),
  prices('audio out', ['audio_out'], 6),
];

/** Without the columns that say nothing of any row. */
function filled(
  lines: readonly PriceLine[],
): [readonly TableColumn<PriceLine>[], readonly PriceLine[]] {
  const says = ({ text }: TableColumn<PriceLine>): boolean =>
    lines.some((line) => !['', UNKNOWN].includes(text(line)));
  return [COLUMNS.filter((column) => column.title === '' || says(column)), lines];
}

function dayOf(time: string | null): string {
  return time === null ? UNKNOWN : time.replace(/:\d\dZ$/, 'Z');
}

/** `2.5` as `2.50`: at least two places, and no digit less than there is. */
export function perMillion(decimal: string | undefined): string {
  if (decimal === undefined) return UNKNOWN;
  const [whole = '0', fraction = ''] = decimal.split('.');
  return `${whole}.${fraction.padEnd(2, '0')}`;
}
