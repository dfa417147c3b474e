// What an execution told while it went on: stages, log lines and decisions, with the time between.

import { duration } from './figures.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface TimelineAnswer {
  readonly time: string;
  readonly event: string;
  readonly at_ms: number;
  readonly gap_ms: number;
  readonly stage: string;
  readonly status: string;
  readonly message: string;
  readonly duration_ms: number | null;
  readonly error_type: string;
  readonly fields: Readonly<Record<string, string>>;
}

const COLUMNS: readonly TableColumn<TimelineAnswer>[] = [
  { title: 'at', align: 'right', text: ({ at_ms }) => duration(at_ms) },
  {
    title: 'after',
    align: 'right',
    text: ({ gap_ms }) => `+${duration(gap_ms)}`,
    style: () => 'quiet',
    drop: 1,
  },
  { title: 'event', align: 'left', text: ({ event }) => event },
  { title: 'stage', align: 'left', text: ({ stage }) => stage, style: () => 'agent' },
  {
    title: 'took',
    align: 'right',
    text: ({ duration_ms }) => (duration_ms === null ? '' : duration(duration_ms)),
  },
  { title: 'what', align: 'left', text: wordsOf, beneath: () => '    ' },
];

export function renderTimeline(terminal: Terminal, entries: readonly TimelineAnswer[]): string {
  if (entries.length === 0) return 'Nothing was told while it ran: see its trace.';
  return renderTable(terminal, COLUMNS, entries);
}

function wordsOf({ status, message, error_type, fields }: TimelineAnswer): string {
  const told = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return [status, message, error_type, ...told].filter(Boolean).join(' ');
}
