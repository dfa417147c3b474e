// Text tables that fit the terminal: numbers to the right, texts cut with an ellipsis, notes on lines
// of their own beneath their row, and columns that are left out, by name, when nothing else helps.

import type { Style, Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

export interface TableColumn<Row> {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly text: (row: Row) => string;
  readonly style?: (row: Row) => Style | undefined;
  /** Paints a cell of several styles; gets the text as it was cut and padded. */
  readonly paint?: (text: string, row: Row) => string;
  /** May be cut down to this many characters. */
  readonly shrink_to?: number;
  /** Where there is no room the text stands beneath its row, whole, behind this. */
  readonly beneath?: (row: Row) => string;
  /** Left out, and named below the table, when there is still no room; the highest first. */
  readonly drop?: number;
}

const GAP = 2;
const NARROW_GAP = 1;

export function renderTable<Row>(
  terminal: Terminal,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): string {
  const { laid, gap, beneath, dropped } = layOut(columns.map(safely), rows, terminal.width);
  const line = (cells: readonly string[]) => cells.join(' '.repeat(gap)).trimEnd();
  const lines = [
    line(
      laid.map(({ column, width }) =>
        terminal.paint('quiet', place(column.title, column.align, width)),
      ),
    ),
  ];
  for (const row of rows) {
    lines.push(line(laid.map((entry) => cell(terminal, entry, row))));
    for (const column of beneath) lines.push(...notes(terminal, column, row));
  }
  if (dropped.length > 0) {
    const names = dropped.map(({ title }) => title).join(', ');
    lines.push(terminal.paint('quiet', `(no room for: ${names})`));
  }
  return lines.join('\n');
}

/** What a table takes where nothing is cut. */
export function wholeWidth<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): number {
  return total(measure(columns.map(safely), rows), GAP);
}

function cell<Row>(terminal: Terminal, { column, width }: Laid<Row>, row: Row): string {
  const text = place(column.text(row), column.align, width);
  if (column.paint) return column.paint(text, row);
  const style = column.style?.(row);
  return style ? terminal.paint(style, text) : text;
}

function notes<Row>(terminal: Terminal, column: TableColumn<Row>, row: Row): string[] {
  const text = column.text(row);
  if (text === '') return [];
  const before = column.beneath?.(row) ?? '';
  const style = column.style?.(row) ?? 'quiet';
  return wrap(text, terminal.width - length(before)).map(
    (part) => terminal.paint('quiet', before) + terminal.paint(style, part),
  );
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

interface Layout<Row> {
  readonly laid: readonly Laid<Row>[];
  readonly gap: number;
  readonly beneath: readonly TableColumn<Row>[];
  readonly dropped: readonly TableColumn<Row>[];
}

/** Tries in this order: cut, notes beneath, the widest first, narrow gaps, leaving out. */
function layOut<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  room: number,
): Layout<Row> {
  const all = measure(columns, rows);
  const fits = (laid: readonly Laid<Row>[], gap: number) => total(laid, gap) - slack(laid) <= room;
  const lay = (laid: Laid<Row>[], gap: number, dropped: readonly TableColumn<Row>[] = []) => ({
    laid: cut(laid, room, gap),
    gap,
    beneath: all.map(({ column }) => column).filter((column) => beneath.includes(column)),
    dropped,
  });
  let laid = all;
  const beneath: TableColumn<Row>[] = [];
  for (const entry of all.filter(({ column }) => column.beneath).sort(widestFirst)) {
    if (fits(laid, GAP)) break;
    laid = laid.filter((one) => one !== entry);
    beneath.push(entry.column);
  }
  if (fits(laid, GAP)) return lay(laid, GAP);
  const dropped: TableColumn<Row>[] = [];
  for (const entry of laid.filter(({ column }) => column.drop).sort(dropOrder)) {
    if (fits(laid, NARROW_GAP)) break;
    laid = laid.filter((one) => one !== entry);
    dropped.push(entry.column);
  }
  return lay(laid, NARROW_GAP, dropped);
}

function measure<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): Laid<Row>[] {
  return columns.map((column) => ({
    column,
    width: rows.reduce(
      (most, row) => Math.max(most, length(column.text(row))),
      length(column.title),
    ),
  }));
}

/** Takes from the widest that may be cut, one character after the other. */
function cut<Row>(laid: Laid<Row>[], room: number, gap: number): Laid<Row>[] {
  for (let excess = total(laid, gap) - room; excess > 0; excess -= 1) {
    const [widest] = laid
      .filter(({ column, width }) => width > (column.shrink_to ?? Infinity))
      .sort((a, b) => b.width - a.width);
    if (!widest) break;
    widest.width -= 1;
  }
  return laid;
}

function widestFirst<Row>(a: Laid<Row>, b: Laid<Row>): number {
  return b.width - a.width;
}

function dropOrder<Row>(a: Laid<Row>, b: Laid<Row>): number {
  return (b.column.drop ?? 0) - (a.column.drop ?? 0);
}

function total<Row>(laid: readonly Laid<Row>[], gap: number): number {
  return laid.reduce((sum, { width }) => sum + width, gap * (laid.length - 1));
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
