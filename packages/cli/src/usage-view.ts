// Sums by agent, model, tool or any other dimension, as a table.

import {
  figuresOf,
  whole,
  type RateAnswer,
  type SumsAnswer,
  type UsageAnswer,
  type Whole,
} from './answers.ts';
import { amount, count, duration, UNKNOWN } from './figures.ts';
import { labelledLine } from './labelled-line.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Style, Terminal } from './terminal.ts';
import { tokenColumns } from './token-columns.ts';

/** What people call the dimensions, and how they look. */
const DIMENSIONS: Readonly<Record<string, { title: string; style?: Style }>> = {
  service_name: { title: 'service' },
  agent_name: { title: 'agent', style: 'agent' },
  tool_name: { title: 'tool', style: 'tool' },
  model: { title: 'model', style: 'model' },
};

const NS_PER_MS = 1e6;
const TOOL = 'tool_name';

/** Sums of model calls; of tools too, where they are asked for. */
export function renderUsage(
  terminal: Terminal,
  dimensions: readonly string[],
  rows: readonly SumsAnswer[],
  currency?: RateAnswer,
): string {
  const columns: TableColumn<SumsAnswer>[] = [
    ...dimensions.map((dimension) => dimensionColumn<SumsAnswer>(dimension)),
    number('calls', (row) => row.calls),
    number('errors', (row) => row.call_errors, 8),
    ...(dimensions.includes(TOOL) ? [number('tool runs', (row) => row.tool_calls)] : []),
    ...tokenColumns<SumsAnswer>(figuresOf).slice(0, currency === undefined ? undefined : -1),
    ...(currency === undefined ? [] : [costIn(currency)]),
  ];
  return renderTable(terminal, columns, rowsToShow(dimensions, rows));
}

/** In place of the dollars: two sums of money side by side are read as two costs. */
function costIn({ code }: RateAnswer): TableColumn<SumsAnswer> {
  return {
    title: `cost ${code}`,
    align: 'right',
    text: (row) => amount(row.cost, ''),
    style: () => 'money',
  };
}

/** The rate and its day, beneath what was made with it. */
export function renderRate(terminal: Terminal, { code, per_usd, date }: RateAnswer): string {
  return labelledLine(terminal, 'Rate', [
    { text: `1 USD = ${per_usd} ${code}, fixed on ${date}` },
    { text: 'what is stored is dollars' },
  ]);
}

/** What says something under these dimensions: failed calls do, agent runs alone do not. */
export function rowsToShow(
  dimensions: readonly string[],
  rows: readonly SumsAnswer[],
): readonly SumsAnswer[] {
  const tools = dimensions.includes(TOOL);
  return rows.filter(
    (row) => whole(row.calls) || whole(row.call_errors) || (tools && whole(row.tool_calls)),
  );
}

/** Tools have runs and times; tokens belong to the model calls. */
export function renderToolUsage(terminal: Terminal, rows: readonly UsageAnswer[]): string {
  const mean = (row: UsageAnswer) => Number(row.duration_ns) / NS_PER_MS / Number(row.tool_calls);
  const columns: TableColumn<UsageAnswer>[] = [
    dimensionColumn(TOOL),
    number('tool runs', (row) => row.tool_calls),
    number('errors', (row) => row.tool_errors),
    { title: 'mean time', align: 'right', text: (row) => duration(mean(row)) },
  ];
  return renderTable(
    terminal,
    columns,
    rows.filter((row) => whole(row.tool_calls)),
  );
}

/** A dimension that was asked for, as people call it. */
export function dimensionColumn<Row extends object>(
  dimension: keyof Row & string,
): TableColumn<Row> {
  const { title, style } = DIMENSIONS[dimension] ?? { title: dimension };
  return {
    title,
    align: 'left',
    text: (row) => String(row[dimension] || UNKNOWN),
    style: () => style,
    shrink_to: 19,
  };
}

function number(
  title: string,
  read: (row: SumsAnswer) => Whole,
  drop?: number,
): TableColumn<SumsAnswer> {
  return {
    title,
    align: 'right',
    text: (row) => count(read(row)),
    ...(drop === undefined ? {} : { drop }),
  };
}
