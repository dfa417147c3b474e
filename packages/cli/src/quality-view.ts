// Poor answers as a table, and beneath it what was judged and found.

import { count, money, plural } from './figures.ts';
import { nothing } from './empty-answer.ts';
import { labelledLine, type Part } from './labelled-line.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';
import { dimensionColumn } from './usage-view.ts';

/** `GET /api/v1/quality/poor`. */
export interface PoorAnswers {
  readonly threshold: number;
  readonly rows: readonly PoorAnswer[];
}

interface PoorAnswer {
  readonly trace_id: string;
  readonly span_id: string;
  /** Nanoseconds since 1970. */
  readonly start_ns: string;
  readonly agent_name: string;
  readonly conversation_id: string;
  readonly model: string;
  readonly score: number;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly words: number | null;
  readonly cost_usd: string | null;
}

/** A row of `GET /api/v1/quality`. */
export interface QualitySums {
  readonly answers: number;
  readonly judged: number;
  readonly tool_calls: number;
  readonly unreadable: number;
  readonly valid: number;
  readonly score: number | null;
  readonly errors: Readonly<Record<string, number>>;
  readonly warnings: Readonly<Record<string, number>>;
}

const LOOK_BACK =
  'look further back with --hours 720; "spanledger doctor" says whether anything arrives';
const NS_PER_MS = 1_000_000n;

const COLUMNS: readonly TableColumn<PoorAnswer>[] = [
  { title: 'time (UTC)', align: 'left', text: (row) => timeOf(row.start_ns) },
  { title: 'score', align: 'right', text: ({ score }) => score.toFixed(2) },
  { ...dimensionColumn<PoorAnswer>('agent_name'), shrink_to: 12 },
  { ...dimensionColumn<PoorAnswer>('model'), shrink_to: 12, drop: 2 },
  {
    title: 'found',
    align: 'left',
    text: ({ errors, warnings }) => [...errors, ...warnings].join(', '),
    style: ({ errors }) => (errors.length > 0 ? 'bad' : 'doubt'),
    beneath: () => '  found: ',
  },
  { title: 'words', align: 'right', text: ({ words }) => count(words), drop: 3 },
  { title: 'cost', align: 'right', text: ({ cost_usd }) => money(cost_usd), style: () => 'money' },
  { title: 'trace', align: 'left', text: ({ trace_id }) => trace_id, beneath: () => '  trace: ' },
];

export function renderPoor(
  terminal: Terminal,
  { rows, threshold }: PoorAnswers,
  sums: QualitySums | null,
  hours: number,
): string {
  const words = `in the last ${plural(hours, 'hour')}`;
  if (sums === null) return nothing(terminal, 'No answer', words, LOOK_BACK);
  const lines =
    rows.length === 0
      ? [`No poor answer (below ${threshold}, or with an error) ${words}.`]
      : [renderTable(terminal, COLUMNS, rows)];
  lines.push('', labelledLine(terminal, 'Judged', judgedParts(sums)));
  const found = [...Object.entries(sums.errors), ...Object.entries(sums.warnings)];
  if (found.length > 0) {
    const parts = found.map(([name, number]) => ({ text: `${name} ${count(number)}` }));
    lines.push(labelledLine(terminal, 'Found', parts));
  }
  return lines.join('\n');
}

function judgedParts({
  answers,
  judged,
  tool_calls,
  unreadable,
  valid,
  score,
}: QualitySums): Part[] {
  const silent = answers - judged - tool_calls - unreadable;
  const parts: Part[] = [{ text: `${count(judged)} of ${plural(answers, 'answer')}` }];
  if (score !== null) {
    parts.push({ text: `mean score ${score.toFixed(2)}` }, { text: `${count(valid)} valid` });
  }
  if (tool_calls > 0) parts.push({ text: `${count(tool_calls)} call tools and say nothing` });
  if (unreadable > 0) {
    parts.push({ text: `${count(unreadable)} withheld or cut off`, style: 'doubt' });
  }
  if (silent > 0) {
    parts.push({
      text: `${count(silent)} without a stored text, or not judged yet`,
      style: 'doubt',
    });
  }
  return parts;
}

/** To the second, in UTC as everywhere. */
export function timeOf(ns: string): string {
  const at = new Date(Number(BigInt(ns) / NS_PER_MS));
  return at.toISOString().slice(0, 19).replace('T', ' ');
}
