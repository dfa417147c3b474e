// Combinations of tools as people see them.

import { nothing } from './empty-answer.ts';
import { count, money, UNKNOWN } from './figures.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface CombinationAnswer {
  readonly tools: readonly string[];
  readonly traces: number;
  readonly tool_calls: number;
  readonly success_rate: number | null;
  readonly tokens: string | null;
  readonly tokens_per_successful_call: string | null;
  readonly calls: number;
  readonly calls_priced: number;
  readonly cost_usd: string | null;
  readonly cost_usd_per_trace: string | null;
}

const COLUMNS: readonly TableColumn<CombinationAnswer>[] = [
  {
    title: 'tools',
    align: 'left',
    text: ({ tools }) => tools.join(' + '),
    style: () => 'tool',
    shrink_to: 16,
  },
  { title: 'traces', align: 'right', text: ({ traces }) => count(traces) },
  { title: 'calls', align: 'right', text: ({ tool_calls }) => count(tool_calls), drop: 1 },
  {
    title: 'success',
    align: 'right',
    text: ({ success_rate: rate }) => (rate === null ? UNKNOWN : `${Math.floor(rate * 100)} %`),
  },
  { title: 'tokens', align: 'right', text: ({ tokens }) => count(tokens), drop: 2 },
  {
    title: 'tokens/success',
    align: 'right',
    text: ({ tokens_per_successful_call: tokens }) => count(tokens),
    drop: 3,
  },
  { title: 'cost', align: 'right', text: (row) => money(row.cost_usd), style: () => 'money' },
  { title: 'cost/trace', align: 'right', text: (row) => money(row.cost_usd_per_trace) },
];

export function renderCombinations(
  terminal: Terminal,
  combinations: readonly CombinationAnswer[],
): string {
  if (combinations.length === 0) return nothing(terminal, 'No tool was used', 'in this period');
  return renderTable(terminal, COLUMNS, combinations);
}
