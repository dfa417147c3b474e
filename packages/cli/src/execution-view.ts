// Executions as tables: lists, and the figures of one.

import { count, duration, money, UNKNOWN } from './figures.ts';
import { renderRecord } from './record-view.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Style, Terminal } from './terminal.ts';

/** As the REST API answers it; null is unknown. */
export interface ExecutionAnswer {
  readonly execution_id: string;
  readonly agent_type: string;
  readonly execution_step: string | null;
  readonly action_type: string | null;
  readonly status: string;
  readonly stage: string | null;
  readonly start_time: string;
  readonly end_time: string | null;
  readonly duration_ms: number | null;
  readonly model_ms?: number | null;
  readonly overhead_ms?: number | null;
  readonly error_type: string | null;
  readonly error_message: string | null;
  readonly llm_call_count: number;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: string | null;
  readonly trace_id: string;
  readonly parent_execution_id: string | null;
  readonly user_id: string | null;
  readonly conversation_id: string | null;
  readonly service_name: string;
  readonly metadata: Readonly<Record<string, string>>;
}

const STYLES: Readonly<Record<string, Style>> = {
  success: 'good',
  skipped: 'quiet',
  failed: 'bad',
  timeout: 'bad',
  abandoned: 'bad',
  cancelled: 'doubt',
};

export function statusStyle(status: string): Style {
  return STYLES[status] ?? 'doubt';
}

export function renderExecutions(terminal: Terminal, rows: readonly ExecutionAnswer[]): string {
  return renderTable(terminal, COLUMNS, rows);
}

const COLUMNS: readonly TableColumn<ExecutionAnswer>[] = [
  { title: 'started (UTC)', align: 'left', text: ({ start_time }) => timeOf(start_time) },
  {
    title: 'agent',
    align: 'left',
    text: ({ agent_type }) => agent_type || UNKNOWN,
    style: () => 'agent',
    shrink_to: 10,
  },
  {
    title: 'status',
    align: 'left',
    text: ({ status }) => status,
    style: ({ status }) => statusStyle(status),
  },
  { title: 'stage', align: 'left', text: ({ stage }) => stage ?? '', drop: 3 },
  { title: 'time', align: 'right', text: ({ duration_ms }) => duration(duration_ms) },
  {
    title: 'outside model',
    align: 'right',
    text: ({ overhead_ms }) => duration(overhead_ms),
    drop: 4,
  },
  { title: 'calls', align: 'right', text: (row) => count(row.llm_call_count), drop: 5 },
  { title: 'cost', align: 'right', text: (row) => money(row.cost_usd), style: () => 'money' },
  {
    title: 'execution',
    align: 'left',
    text: ({ execution_id }) => execution_id,
    style: () => 'quiet',
    beneath: () => '  ',
  },
  {
    title: 'error',
    align: 'left',
    text: errorOf,
    style: () => 'bad',
    beneath: () => '  ',
  },
];

/** OpenTelemetry's word for an error of no known kind says nothing. */
export function errorWord(error_type: string | null): string {
  return error_type === null || error_type === '_OTHER' ? '' : error_type;
}

export function errorOf({ error_type, error_message }: ExecutionAnswer): string {
  return [errorWord(error_type), error_message].filter(Boolean).join(': ');
}

/** The day and the time of it, to the second. */
export function timeOf(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}

/** Names and values of one execution, each on its line. */
export function renderExecution(terminal: Terminal, row: ExecutionAnswer): string {
  const of = (text: string | null | undefined) => text || UNKNOWN;
  const tokens = `${count(row.input_tokens)} in, ${count(row.output_tokens)} out`;
  const outside = `${duration(row.model_ms)} in model calls, ${duration(row.overhead_ms)} outside`;
  const lines: readonly (readonly [string, string])[] = [
    ['Execution', row.execution_id],
    ['Agent', of(row.agent_type)],
    ['Status', row.status],
    ['Stage', of(row.stage)],
    ['Step, action', `${of(row.execution_step)}, ${of(row.action_type)}`],
    ['Started', `${timeOf(row.start_time)} UTC`],
    ['Took', `${duration(row.duration_ms)}: ${outside}`],
    ['Model calls', `${count(row.llm_call_count)}, ${tokens}, ${money(row.cost_usd)}`],
    ['For', `user ${of(row.user_id)}, conversation ${of(row.conversation_id)}`],
    ['Called by', of(row.parent_execution_id)],
    ['Trace', row.trace_id],
    ...Object.entries(row.metadata).map(([name, value]) => [name, value] as const),
    ...(errorOf(row) === '' ? [] : [['Error', errorOf(row)] as const]),
  ];
  const styles: Readonly<Record<string, Style>> = { Status: statusStyle(row.status), Error: 'bad' };
  return renderRecord(
    terminal,
    lines.map(([name, value]) => {
      const style = styles[name];
      return style === undefined ? { name, value } : { name, value, style };
    }),
  );
}
