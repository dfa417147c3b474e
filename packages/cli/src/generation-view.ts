// Generations as tables, and one of them as a record.

import type { Whole } from './answers.ts';
import { nothing } from './empty-answer.ts';
import { errorWord } from './execution-view.ts';
import { count, duration, money, UNKNOWN } from './figures.ts';
import { renderRecord } from './record-view.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Style, Terminal } from './terminal.ts';

/** One generation as the service answers it; of a list without its content. */
export interface GenerationAnswer {
  readonly id: string;
  readonly status: string;
  readonly user_id: string;
  readonly model: string;
  readonly error_type: string;
  readonly error_message: string;
  readonly generation_time_ms: number | null;
  readonly retry_count: number | null;
  readonly calls: number;
  readonly total_tokens: number | null;
  readonly cost_usd: string | null;
  readonly created_at: string;
  readonly [field: string]: unknown;
}

export interface GenerationUserAnswer {
  readonly user_id: string;
  readonly generations: number;
  readonly successful: number;
  readonly failed: number;
  readonly running: number;
  readonly abandoned: number;
  readonly total_tokens: Whole;
  readonly cost_usd: string | null;
}

export interface GenerationDayAnswer {
  readonly day: string;
  readonly requests: number;
  readonly average_time_ms: number | null;
  readonly average_retries: number | null;
  readonly success_rate: number | null;
  readonly abandoned: number;
}

const LOOK_BACK =
  'look further back with --last 90d; generations are told by generationLog() or over REST';
const STYLES: Readonly<Record<string, Style>> = {
  completed: 'good',
  failed: 'bad',
  abandoned: 'bad',
  running: 'doubt',
};
const PERCENT = 100;

const LIST: readonly TableColumn<GenerationAnswer>[] = [
  { title: 'created (UTC)', align: 'left', text: (row) => timeOf(row.created_at) },
  { title: 'id', align: 'left', text: (row) => row.id, shrink_to: 10 },
  {
    title: 'status',
    align: 'left',
    text: (row) => row.status,
    style: (row) => STYLES[row.status],
  },
  { title: 'user', align: 'left', text: (row) => row.user_id || UNKNOWN, shrink_to: 8 },
  { title: 'model', align: 'left', text: (row) => row.model || UNKNOWN, drop: 2, shrink_to: 10 },
  { title: 'calls', align: 'right', text: (row) => count(row.calls), drop: 4 },
  { title: 'tokens', align: 'right', text: (row) => count(row.total_tokens) },
  { title: 'cost', align: 'right', text: (row) => money(row.cost_usd), style: () => 'money' },
  { title: 'time', align: 'right', text: (row) => duration(row.generation_time_ms) },
  { title: 'retries', align: 'right', text: (row) => count(row.retry_count), drop: 3 },
  {
    title: 'error',
    align: 'left',
    text: (row) => errorWord(row.error_type) || row.error_message,
    drop: 1,
    shrink_to: 8,
  },
];

const USERS: readonly TableColumn<GenerationUserAnswer>[] = [
  { title: 'user', align: 'left', text: (row) => row.user_id || UNKNOWN, shrink_to: 10 },
  { title: 'generations', align: 'right', text: (row) => count(row.generations) },
  { title: 'successful', align: 'right', text: (row) => count(row.successful) },
  { title: 'failed', align: 'right', text: (row) => count(row.failed), drop: 1 },
  { title: 'abandoned', align: 'right', text: (row) => count(row.abandoned), drop: 2 },
  { title: 'running', align: 'right', text: (row) => count(row.running), drop: 3 },
  { title: 'tokens', align: 'right', text: (row) => count(row.total_tokens) },
  { title: 'cost', align: 'right', text: (row) => money(row.cost_usd), style: () => 'money' },
];

const DAYS: readonly TableColumn<GenerationDayAnswer>[] = [
  { title: 'day', align: 'left', text: (row) => row.day },
  { title: 'requests', align: 'right', text: (row) => count(row.requests) },
  { title: 'average time', align: 'right', text: (row) => duration(row.average_time_ms) },
  {
    title: 'average retries',
    align: 'right',
    text: (row) => row.average_retries?.toFixed(2) ?? UNKNOWN,
  },
  {
    title: 'success',
    align: 'right',
    text: (row) =>
      row.success_rate === null ? UNKNOWN : `${(row.success_rate * PERCENT).toFixed(1)} %`,
  },
  { title: 'abandoned', align: 'right', text: (row) => count(row.abandoned) },
];

function none(terminal: Terminal): string {
  return nothing(terminal, 'No generation', 'in this period', LOOK_BACK);
}

export function renderGenerations(terminal: Terminal, rows: readonly GenerationAnswer[]): string {
  return rows.length === 0 ? none(terminal) : renderTable(terminal, LIST, rows);
}

export function renderGenerationUsers(
  terminal: Terminal,
  rows: readonly GenerationUserAnswer[],
): string {
  return rows.length === 0 ? none(terminal) : renderTable(terminal, USERS, rows);
}

export function renderGenerationDays(
  terminal: Terminal,
  rows: readonly GenerationDayAnswer[],
): string {
  return rows.length === 0 ? none(terminal) : renderTable(terminal, DAYS, rows);
}

/** Every field on a line of its own; what is not known is a dash. */
export function renderGeneration(terminal: Terminal, record: GenerationAnswer): string {
  return renderRecord(
    terminal,
    Object.entries(record).map(([name, value]) => {
      const style = name === 'status' ? STYLES[record.status] : undefined;
      return { name, value: written(value), ...(style === undefined ? {} : { style }) };
    }),
  );
}

function written(value: unknown): string {
  if (value === null || value === undefined || value === '') return UNKNOWN;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value);
  const flat =
    !Array.isArray(value) && entries.every(([, one]) => typeof one === 'number' || one === null);
  return flat
    ? entries.map(([name, one]) => `${name} ${written(one)}`).join(', ')
    : JSON.stringify(value);
}

function timeOf(iso: string): string {
  return iso.replace('T', ' ').slice(0, 16);
}
