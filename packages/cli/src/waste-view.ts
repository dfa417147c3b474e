// Waste as a table: what was found, by whom, what it cost, and one call that shows it.

import { nothing } from './empty-answer.ts';
import { count, money, plural } from './figures.ts';
import { labelledLine } from './labelled-line.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';
import { dimensionColumn } from './usage-view.ts';

interface Sums {
  readonly calls: number;
  readonly unpriced: number;
  readonly cost_usd: string | null;
}

interface WasteRow extends Sums {
  readonly rule: string;
  readonly agent_name: string;
  readonly model: string;
  readonly evidence: readonly { readonly trace_id: string; readonly span_id: string }[];
}

/** `GET /api/v1/waste`. */
export interface WasteAnswer {
  readonly total: Sums;
  readonly rows: readonly WasteRow[];
}

const LOOK_BACK =
  'look further back with --last 30d; of answers whose text is not stored, few rules can say anything';

const COLUMNS: readonly TableColumn<WasteRow>[] = [
  { title: 'found', align: 'left', text: ({ rule }) => rule, style: () => 'doubt' },
  { ...dimensionColumn<WasteRow>('agent_name'), shrink_to: 12 },
  { ...dimensionColumn<WasteRow>('model'), shrink_to: 12 },
  { title: 'calls', align: 'right', text: ({ calls }) => count(calls) },
  { title: 'unpriced', align: 'right', text: ({ unpriced }) => count(unpriced), drop: 1 },
  { title: 'cost', align: 'right', text: ({ cost_usd }) => money(cost_usd), style: () => 'money' },
  {
    title: 'as in trace',
    align: 'left',
    text: ({ evidence }) => evidence[0]?.trace_id ?? '',
    beneath: () => '  as in trace ',
  },
];

export function renderWaste(terminal: Terminal, { rows, total }: WasteAnswer): string {
  if (rows.length === 0)
    return nothing(terminal, 'No rule found waste', 'in this period', LOOK_BACK);
  const parts = [
    { text: `${plural(total.calls, 'call')}, each once` },
    { text: money(total.cost_usd), style: 'money' as const },
    ...(total.unpriced > 0 ? [{ text: `${count(total.unpriced)} without a price` }] : []),
  ];
  const hint = 'The cost is that of the calls, which is not always what could be saved.';
  return [
    renderTable(terminal, COLUMNS, rows),
    '',
    labelledLine(terminal, 'In all', parts),
    terminal.paint('quiet', terminal.hint(hint)),
  ].join('\n');
}
