// What only metrics tell of a service, in a section of its own: no column here is in any total.

import { renderTable, type TableColumn } from './table.ts';
import { count, money, UNKNOWN } from './figures.ts';
import type { Terminal } from './terminal.ts';
import type { TokenFigures } from './token-columns.ts';

/** One model of one service. */
export interface MetricRow {
  readonly service: string;
  readonly scope: string;
  readonly model: string;
  readonly tokens: TokenFigures;
  readonly reported_cost_usd: string | null;
}

/** The same as `GET /api/v1/usage` answers it. */
export interface MetricAnswer extends TokenFigures {
  readonly service_name: string;
  readonly scope_name: string;
  readonly model: string;
  readonly reported_cost_usd: string | null;
}

export function metricRowOf(answer: MetricAnswer): MetricRow {
  const { service_name, scope_name, model, reported_cost_usd } = answer;
  return { service: service_name, scope: scope_name, model, tokens: answer, reported_cost_usd };
}

const NOTE = 'sums, no calls, not in the totals';

export function renderMetricOnly(terminal: Terminal, rows: readonly MetricRow[]): string {
  const tokens = (title: string, name: keyof TokenFigures, drop?: number) => ({
    title,
    align: 'right' as const,
    text: (row: MetricRow) => count(row.tokens[name]),
    ...(drop === undefined ? {} : { drop }),
  });
  const columns: TableColumn<MetricRow>[] = [
    { title: 'service', align: 'left', text: (row) => row.service || UNKNOWN, shrink_to: 19 },
    {
      title: 'model',
      align: 'left',
      text: (row) => row.model || UNKNOWN,
      style: () => 'model',
      shrink_to: 19,
    },
    { title: 'told by', align: 'left', text: (row) => row.scope, drop: 4, shrink_to: 19 },
    tokens('in', 'input_total'),
    tokens('cached', 'cache_read'),
    tokens('written', 'cache_write', 3),
    tokens('out', 'output_total'),
    tokens('reasoning', 'reasoning', 2),
    { title: 'told cost', align: 'right', text: (row) => money(row.reported_cost_usd) },
  ];
  const heading = terminal.paint('heading', 'From metrics only');
  return `${heading}: ${terminal.paint('doubt', NOTE)}\n${renderTable(terminal, columns, rows)}`;
}
