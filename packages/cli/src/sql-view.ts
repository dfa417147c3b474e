// The answer to a query: a table where it fits, else one column a line. No value is ever cut.

import { UNKNOWN } from './figures.ts';
import { printable, renderTable, wholeWidth, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

export interface SqlAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

type Row = readonly unknown[];

export function renderSql(terminal: Terminal, { columns, rows }: SqlAnswer): string {
  const typed = columns.map(column);
  if (rows.length === 0 && wholeWidth(typed, rows) > terminal.width) {
    const names = wrap(columns.map(({ name }) => printable(name)).join(', '), terminal.width);
    return ['No row. The columns:', ...names.map((line) => terminal.paint('quiet', line))].join(
      '\n',
    );
  }
  return wholeWidth(typed, rows) <= terminal.width
    ? renderTable({ ...terminal, width: Infinity }, typed, rows)
    : rows.map((row, at) => renderRow(terminal, typed, row, at)).join('\n\n');
}

function renderRow(
  terminal: Terminal,
  columns: readonly TableColumn<Row>[],
  row: Row,
  at: number,
): string {
  const widest = columns.reduce((most, { title }) => Math.max(most, title.length), 0);
  const lines = columns.map(({ title, text }) =>
    `${terminal.paint('quiet', printable(title).padEnd(widest))}  ${printable(text(row))}`.trimEnd(),
  );
  return [terminal.paint('heading', `Row ${at + 1}`), ...lines].join('\n');
}

function column(
  { name, type }: SqlAnswer['columns'][number],
  index: number,
): TableColumn<readonly unknown[]> {
  const numeric = /^(Nullable\()?(U?Int|Float|Decimal)/.test(type);
  return {
    title: name,
    align: numeric ? 'right' : 'left',
    text: (row) => cell(row[index]),
  };
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return UNKNOWN;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
