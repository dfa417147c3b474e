// What a verification says to a person: how much was derived again, what differs and why, what was
// mended, and what to do next.

import { count, plural } from './figures.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

export interface Difference {
  readonly level: string;
  readonly where: string;
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly cause: string;
}

export interface Repaired {
  readonly traces: number;
  readonly minutes: number;
  readonly hours: number;
  readonly days: number;
  readonly views: number;
}

export interface Verdict {
  from: string;
  to: string;
  repair: boolean;
  traces: number;
  rows: number;
  differences: readonly Difference[];
  /** False when there were more differences than are listed. */
  complete: boolean;
  /** Priced with another book than that of today, so their prices were not compared. */
  rows_of_other_books: number;
  repaired: Repaired | null;
  /** What still differs after the repair. */
  remaining: readonly Difference[];
}

const COLUMNS: TableColumn<Difference>[] = [
  { title: 'level', align: 'left', text: (one) => one.level },
  { title: 'where', align: 'left', text: (one) => one.where, shrink_to: 16 },
  { title: 'what', align: 'left', text: (one) => one.what },
  { title: 'expected', align: 'left', text: (one) => one.expected, shrink_to: 8 },
  { title: 'found', align: 'left', text: (one) => one.found, shrink_to: 8, style: () => 'bad' },
];
const SHOWN_MAX = 100;
const INDENT = '  ';
const MINUTE_MS = 60_000;

export function renderVerdict(terminal: Terminal, verdict: Verdict): string {
  const { traces, rows, differences, complete, rows_of_other_books, repair } = verdict;
  const period = `${minuteOf(verdict.from)} to ${minuteOf(verdict.to)}`;
  const none = differences.length === 0 && complete;
  const found = none
    ? terminal.paint('good', 'no difference')
    : terminal.paint('bad', plural(differences.length, 'difference'));
  const lines = [
    `${plural(traces, 'trace')} and ${plural(rows, 'row')} derived again: ${found}${
      complete ? '' : ', and more than are listed'
    }`,
    terminal.paint('quiet', `${period}, from facts to the answers of REST`),
  ];
  if (rows_of_other_books > 0) {
    const words = `${plural(rows_of_other_books, 'row')} keep the prices of another book: "spanledger recost" prices them again`;
    lines.push(terminal.paint('quiet', terminal.hint(words)));
  }
  lines.push(...table(terminal, differences));
  if (repair) lines.push(...repairLines(terminal, verdict));
  else if (!none) {
    const command = `spanledger verify --from ${minuteOf(verdict.from)} --to ${minuteOf(verdict.to, MINUTE_MS - 1)} --repair`;
    lines.push('', 'Settle and sum again what differs:', terminal.hint(`  "${command}"`));
  }
  return lines.join('\n');
}

/** The minute that a time lies in, or with what makes a minute full the next one. */
function minuteOf(time: string, more_ms = 0): string {
  return `${new Date(Date.parse(time) + more_ms).toISOString().slice(0, 16)}Z`;
}

/** By cause: many rows have one. */
function table(terminal: Terminal, differences: readonly Difference[]): string[] {
  const shown = differences.slice(0, SHOWN_MAX);
  const lines: string[] = [];
  for (const cause of new Set(shown.map((one) => one.cause))) {
    const own = shown.filter((one) => one.cause === cause);
    const why = wrap(cause, terminal.width - INDENT.length);
    lines.push('', renderTable(terminal, COLUMNS, own));
    lines.push(...why.map((line) => INDENT + terminal.paint('doubt', line)));
  }
  if (differences.length > shown.length) {
    const more = differences.length - shown.length;
    lines.push('', terminal.paint('quiet', `and ${count(more)} more: --json lists them`));
  }
  return lines;
}

function repairLines(terminal: Terminal, { repaired, remaining, complete }: Verdict): string[] {
  if (repaired === null) return [];
  const { traces, minutes, hours, days, views } = repaired;
  const summed = `${plural(minutes, 'minute')}, ${plural(hours, 'hour')} and ${plural(days, 'day')} summed again`;
  const made = views === 0 ? '' : `, ${plural(views, 'view')} made again`;
  const lines = ['', `${plural(traces, 'trace')} settled again, ${summed}${made}`];
  if (remaining.length === 0 && complete) {
    return [...lines, `verified once more: ${terminal.paint('good', 'no difference')}`];
  }
  const left = terminal.paint('bad', `${plural(remaining.length, 'difference')} left`);
  const next = complete ? '' : '; run it again for what was not listed';
  return [...lines, `verified once more: ${left}${next}`, ...table(terminal, remaining)];
}
