// Text tables that fit the terminal: numbers to the right, texts cut with an ellipsis, and columns
// that may be left out when there is no room.

import type { Style, Terminal } from './terminal.ts';

export interface TableColumn<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly text: (row: Row) => string;
  readonly style?: (row: Row) => Style | undefined;
  /** Paints a cell of several styles; gets the text as it was cut and padded. */
  readonly paint?: (text: string, row: Row) => string;
  /** May be cut down to this many characters. */
  readonly shrink_to?: number;
  /** Cut first, and left out when there is still no room; the highest first. */
  readonly drop?: number;
}

const GAP = '  ';

export function renderTable<Row>(
  terminal: Terminal,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): string {
  const laid = layOut(columns.map(safely), rows, terminal.width);
  const lines = [
    laid.map(({ column, width }) =>
      terminal.paint('quiet', place(column.title, column.align, width)),
    ),
    ...rows.map((row) =>
      laid.map(({ column, width }) => {
        const text = place(column.text(row), column.align, width);
        if (column.paint) return column.paint(text, row);
        const style = column.style?.(row);
        return style ? terminal.paint(style, text) : text;
      }),
    ),
  ];
  return lines.map((cells) => cells.join(GAP).trimEnd()).join('\n');
}

/** What telemetry says may be anything: it must not move the cursor or break the line. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, '\ufffd');
}

function safely<Row>(column: TableColumn<Row>): TableColumn<Row> {
  return { ...column, text: (row) => printable(column.text(row)) };
}

interface Laid<Row> {
  readonly column: TableColumn<Row>;
  width: number;
}

function layOut<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  room: number,
): Laid<Row>[] {
  let laid = columns.map((column) => ({
    column,
    width: Math.max(length(column.title), ...rows.map((row) => length(column.text(row)))),
  }));
  const over = () => total(laid) - room;
  for (const step of [...laid].filter((entry) => entry.column.drop).sort(dropOrder)) {
    if (over() - slack(laid) <= 0) break;
    laid = laid.filter((entry) => entry !== step);
  }
  for (let excess = over(); excess > 0; excess -= 1) {
    const next = laid
      .filter(({ column, width }) => width > (column.shrink_to ?? Infinity))
      .sort((a, b) => dropOrder(a, b) || b.width - a.width)[0];
    if (!next) break;
    next.width -= 1;
  }
  return laid;
}

function dropOrder<Row>(a: Laid<Row>, b: Laid<Row>): number {
  return (b.column.drop ?? 0) - (a.column.drop ?? 0);
}

function total<Row>(laid: readonly Laid<Row>[]): number {
  return laid.reduce((sum, { width }) => sum + width, GAP.length * (laid.length - 1));
}

/** What cutting alone can win. */
function slack<Row>(laid: readonly Laid<Row>[]): number {
  return laid.reduce(
    (sum, { column, width }) => sum + Math.max(0, width - (column.shrink_to ?? width)),
    0,
  );
}

function place(text: string, align: 'left' | 'right', width: number): string {
  const cut =
    length(text) > width ? `${[...text].slice(0, Math.max(0, width - 1)).join('')}…` : text;
  const padding = ' '.repeat(Math.max(0, width - length(cut)));
  return align === 'left' ? cut + padding : padding + cut;
}

function length(text: string): number {
  return [...text].length;
}
