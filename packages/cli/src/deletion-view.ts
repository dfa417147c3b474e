// What a deletion takes, and how far it has come, for people.

import { count, plural, UNKNOWN } from './figures.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './wrap.ts';

export interface DeletionAnswer {
  readonly deletion_id: string;
  readonly kind: string;
  readonly subject: string;
  readonly state: 'listing' | 'settling' | 'removing' | 'done';
  readonly totals_followed: boolean;
  readonly traces: number;
  readonly settled: number;
  readonly records: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly asked_at: string;
  readonly keep_until: string | null;
}

export type RowCounts = Readonly<Record<string, number>>;

const WHAT: Readonly<Record<string, string>> = {
  otel_traces: 'spans as received',
  otel_logs: 'log records as received',
  genai_content: 'prompts, answers and what tools were given',
  genai_facts: 'what spans and log records say',
  genai_metric_points: 'points of metrics',
  execution_events: 'what runs told while they went on',
  answer_verdicts: 'what was found of answers',
  ledger: 'calls, tool calls and agent runs, each with its cost',
  executions: 'agent runs with their sums',
};

interface RowCount {
  readonly table: string;
  readonly rows: number;
}

const COUNT_COLUMNS: readonly TableColumn<RowCount>[] = [
  { title: 'table', align: 'left', text: ({ table }) => table },
  { title: 'rows', align: 'right', text: ({ rows }) => count(rows) },
  { title: 'what', align: 'left', text: ({ table }) => WHAT[table] ?? '', shrink_to: 10 },
];

/** `named`: what is deleted, in words. */
export function renderCounts(terminal: Terminal, named: string, rows: RowCounts): string {
  const list = Object.entries(rows).map(([table, number]) => ({ table, rows: number }));
  if (list.every((one) => one.rows === 0)) return `Nothing is stored of ${named}.`;
  return `${renderTable(terminal, COUNT_COLUMNS, list)}\n\nThat is ${named}; the sums over it follow.`;
}

export function renderDeleted(terminal: Terminal, named: string, one: DeletionAnswer): string {
  const rows = one.state === 'done' ? 'the rows are gone' : 'the rows go with the next batch';
  const said = [
    plural(one.records, 'tombstone'),
    `${plural(one.settled, 'trace')} derived again`,
    rows,
    one.deletion_id,
  ];
  return [
    `${terminal.paint('good', 'deleted')} ${named}: the totals are without it`,
    ...wrap(said.join(' · '), terminal.width).map((line) => terminal.paint('quiet', line)),
  ].join('\n');
}

const STATES: Readonly<Record<DeletionAnswer['state'], string>> = {
  listing: 'being looked up',
  settling: 'deleted, totals follow',
  removing: 'totals followed, rows go next',
  done: 'done, rows gone',
};

const DELETION_COLUMNS: readonly TableColumn<DeletionAnswer>[] = [
  {
    title: 'asked',
    align: 'left',
    text: ({ asked_at }) => timeText(asked_at),
  },
  { title: 'kind', align: 'left', text: ({ kind }) => kind },
  { title: 'what', align: 'left', text: subjectOf, shrink_to: 12 },
  { title: 'state', align: 'left', text: ({ state }) => STATES[state] },
  { title: 'records', align: 'right', text: ({ records }) => count(records), drop: 2 },
  { title: 'traces', align: 'right', text: ({ traces }) => count(traces), drop: 3 },
  {
    title: 'held until',
    align: 'left',
    text: ({ keep_until }) => keep_until?.slice(0, 10) ?? 'for ever',
    drop: 1,
  },
];

export function renderDeletions(terminal: Terminal, list: readonly DeletionAnswer[]): string {
  return list.length === 0 ? 'Nothing was deleted.' : renderTable(terminal, DELETION_COLUMNS, list);
}

function subjectOf({ kind, subject, from, to }: DeletionAnswer): string {
  if (kind === 'range') return `${timeText(from)} – ${timeText(to)}`;
  return kind === 'organisation' ? `all before ${timeText(to)}` : subject;
}

/** To the minute, in UTC as all times here. */
export function timeText(time: string | null | undefined): string {
  return (time ?? UNKNOWN).slice(0, 16).replace('T', ' ');
}
