// The model calls of an execution as a table, and what was said in each where it is kept.

import { errorWord } from './execution-view.ts';
import { count, duration, money } from './figures.ts';
import { printable, renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface InteractionAnswer {
  readonly provider: string;
  readonly model_id: string;
  readonly call_type: string;
  readonly status: string;
  readonly start_time: string;
  readonly duration_ms: number;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly total_cost_usd: string | null;
  readonly time_to_first_chunk_ms: number | null;
  readonly error_type: string | null;
  readonly error_message: string | null;
  readonly prompt?: unknown;
  readonly response?: unknown;
}

const SHOWN_CHARACTERS = 2_000;

const COLUMNS: readonly TableColumn<InteractionAnswer>[] = [
  { title: 'at (UTC)', align: 'left', text: ({ start_time }) => start_time.slice(11, 23) },
  { title: 'model', align: 'left', text: ({ model_id }) => model_id, style: () => 'model' },
  { title: 'type', align: 'left', text: ({ call_type }) => call_type, drop: 2 },
  { title: 'time', align: 'right', text: ({ duration_ms }) => duration(duration_ms) },
  {
    title: 'first chunk',
    align: 'right',
    text: ({ time_to_first_chunk_ms }) => duration(time_to_first_chunk_ms),
    drop: 1,
  },
  { title: 'in', align: 'right', text: ({ input_tokens }) => count(input_tokens) },
  { title: 'out', align: 'right', text: ({ output_tokens }) => count(output_tokens) },
  {
    title: 'cost',
    align: 'right',
    text: ({ total_cost_usd }) => money(total_cost_usd),
    style: () => 'money',
  },
  {
    title: 'error',
    align: 'left',
    text: ({ error_type, error_message }) =>
      [errorWord(error_type), error_message].filter(Boolean).join(': '),
    style: () => 'bad',
    beneath: () => '  ',
  },
];

/** `said`: with what was said, beneath the table. */
export function renderInteractions(
  terminal: Terminal,
  calls: readonly InteractionAnswer[],
  said: boolean,
): string {
  const table = renderTable(terminal, COLUMNS, calls);
  if (!said) return table;
  const texts = calls.flatMap((call, at) => {
    const parts = [
      ['asked', call.prompt],
      ['answered', call.response],
    ].flatMap(([word, value]) => {
      const text = textOf(value);
      return text === '' ? [] : [`${terminal.paint('quiet', `${at + 1} ${String(word)}`)} ${text}`];
    });
    return parts;
  });
  const none = 'What was said is not kept, or this key may not see it.';
  return [table, ...(texts.length === 0 ? [terminal.paint('quiet', none)] : texts)].join('\n\n');
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return cut.split('\n').map(printable).join('\n');
}
