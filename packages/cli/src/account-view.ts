// A settled account as a person reads it: calls, tools, agents, totals, coverage.

import type { Account } from '@spanledger/ledger';
import { reasonsOf } from './answers.ts';
import { renderCoverageExplained } from './coverage.ts';
import { count, duration } from './figures.ts';
import { renderMetricOnly } from './metric-view.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';
import { renderTotal, tokenColumns } from './token-columns.ts';

/** From this width on model names are shown whole. */
const WIDE = 100;
const NOTE_INDENT = '    ';

type Call = Account['calls'][number];
type Tool = Account['tools'][number];
type Agent = Account['agents'][number];

export function renderAccount(terminal: Terminal, account: Account): string {
  const parts = [section(terminal, 'Calls', callColumns(terminal.width), account.calls)];
  if (account.tools.length > 0) parts.push(section(terminal, 'Tools', toolColumns, account.tools));
  if (account.agents.length > 0) {
    parts.push(section(terminal, 'Agents', agentColumns, account.agents));
  }
  const { totals, coverage } = account;
  const sum = { calls: totals.calls, tokens: totals, cost_usd: totals.cost_usd };
  parts.push(`${renderTotal(terminal, sum)}\n${renderCoverageExplained(terminal, coverage)}`);
  if (account.metric_only !== undefined) {
    parts.push(renderMetricOnly(terminal, account.metric_only));
  }
  return parts.join('\n\n');
}

function section<Row>(
  terminal: Terminal,
  title: string,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): string {
  const saysSomething = ({ text }: TableColumn<Row>) => rows.some((row) => text(row) !== '');
  const heading = terminal.paint('heading', title);
  return rows.length === 0
    ? `${heading}  none`
    : `${heading}\n${renderTable(terminal, columns.filter(saysSomething), rows)}`;
}

const quietUnlessCounted = (call: Call) => (call.counted ? undefined : 'quiet');

const callColumns = (width: number): TableColumn<Call>[] => [
  {
    title: 'model',
    align: 'left',
    text: (call) => call.response_model || call.request_model || call.operation,
    style: (call) => (call.counted ? 'model' : 'quiet'),
    shrink_to: width < WIDE ? 14 : 26,
  },
  { title: 'agent', align: 'left', text: (call) => call.agent ?? '', shrink_to: 8, drop: 2 },
  { title: 'dialect', align: 'left', text: (call) => call.dialect, drop: 4 },
  {
    title: 'role',
    align: 'left',
    text: (call) => call.role,
    style: (call) => (call.role === 'unknown' ? 'doubt' : quietUnlessCounted(call)),
  },
  ...tokenColumns<Call>((call) => call),
  {
    title: 'rule',
    align: 'left',
    text: (call) => [call.rule, ...reasonsOf(call)].filter(Boolean).join(' · '),
    style: () => 'quiet',
    beneath: () => NOTE_INDENT,
  },
];

const toolColumns: TableColumn<Tool>[] = [
  { title: 'name', align: 'left', text: (tool) => tool.name, style: () => 'tool', shrink_to: 16 },
  { title: 'agent', align: 'left', text: (tool) => tool.agent ?? '', shrink_to: 8 },
  { title: 'status', align: 'left', text: (tool) => tool.status },
  { title: 'duration', align: 'right', text: (tool) => duration(tool.duration_ms) },
];

const agentColumns: TableColumn<Agent>[] = [
  {
    title: 'name',
    align: 'left',
    text: (agent) => agent.name,
    style: () => 'agent',
    shrink_to: 16,
  },
  { title: 'under', align: 'left', text: (agent) => agent.parent ?? '', shrink_to: 8 },
  { title: 'status', align: 'left', text: (agent) => agent.status },
  { title: 'calls', align: 'right', text: (agent) => count(agent.calls) },
  ...tokenColumns<Agent>((agent) => agent),
];
