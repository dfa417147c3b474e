// What tools cost, as tables: by tool, server, agent and request. Estimates carry a tilde.

import { nothing } from './empty-answer.ts';
import { count, duration, money, UNKNOWN } from './figures.ts';
import { labelledLine } from './labelled-line.ts';
import { renderTable, type TableColumn } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface ToolAnswer {
  readonly tool_name: string;
  readonly mcp_server: string;
  readonly offered: number;
  readonly requested: number;
  readonly never_used: boolean | null;
  readonly runs: number;
  readonly success_rate: number | null;
  readonly definition_tokens: number | null;
  readonly definition_basis: string | null;
  readonly definition_cost_usd: string | null;
  readonly result_tokens: number | null;
  readonly result_tokens_again: number | null;
}

export interface ToolSums {
  readonly requests: number;
  readonly requests_with_tools: number;
  readonly tool_share: number | null;
  readonly errors: number;
  readonly input_tokens: number | null;
  readonly definition_tokens: number | null;
  readonly definition_basis: string | null;
  readonly definition_cost_usd: string | null;
  readonly result_tokens: number | null;
  readonly overhead_share: number | null;
  readonly cost_usd: string | null;
}

export interface ToolGroup extends ToolSums {
  readonly agent_name: string;
  readonly action: string;
}

export interface ToolServer {
  readonly mcp_server: string;
  readonly tools: number;
  readonly runs: number;
  readonly errors: number;
  readonly definition_tokens: number | null;
  readonly result_tokens: number | null;
  readonly never_used: number;
}

export interface ToolReport {
  readonly totals: ToolSums;
  readonly groups: readonly ToolGroup[];
  readonly tools: readonly ToolAnswer[];
  readonly servers: readonly ToolServer[];
}

export interface ToolRequestAnswer {
  readonly start_ns: string;
  readonly agent_name: string;
  readonly action: string;
  readonly model: string;
  readonly definitions: number | null;
  readonly tools_used: readonly string[];
  readonly input_tokens: number | null;
  readonly definition_tokens: number | null;
  readonly definition_basis: string | null;
  readonly result_tokens: number | null;
  readonly duration_ns: string;
  readonly success: boolean;
}

const PERCENT = 100;
const NS_PER_MS = 1e6;
const OF_PROVIDER = 'tokenizer';

const TOOLS: readonly TableColumn<ToolAnswer>[] = [
  {
    title: 'tool',
    align: 'left',
    text: (row) => row.tool_name || UNKNOWN,
    style: () => 'tool',
    shrink_to: 12,
  },
  {
    title: 'server',
    align: 'left',
    text: (row) => row.mcp_server || UNKNOWN,
    shrink_to: 8,
    drop: 3,
  },
  { title: 'offered', align: 'right', text: (row) => count(row.offered) },
  {
    title: 'used',
    align: 'right',
    text: usedText,
    style: (row) => (row.never_used === true ? 'bad' : undefined),
  },
  { title: 'success', align: 'right', text: (row) => percent(row.success_rate), drop: 2 },
  {
    title: 'definitions',
    align: 'right',
    text: (row) => estimate(row.definition_tokens, row.definition_basis),
  },
  {
    title: 'their cost',
    align: 'right',
    text: (row) => money(row.definition_cost_usd),
    style: () => 'money',
  },
  { title: 'results', align: 'right', text: (row) => estimate(row.result_tokens, 'bytes') },
  {
    title: 'sent again',
    align: 'right',
    text: (row) => estimate(row.result_tokens_again, 'bytes'),
    drop: 1,
  },
];

const SUMS: readonly TableColumn<ToolSums>[] = [
  { title: 'requests', align: 'right', text: (row) => count(row.requests) },
  { title: 'with tools', align: 'right', text: (row) => percent(row.tool_share) },
  { title: 'errors', align: 'right', text: (row) => count(row.errors), drop: 4 },
  { title: 'input', align: 'right', text: (row) => count(row.input_tokens), drop: 3 },
  {
    title: 'definitions',
    align: 'right',
    text: (row) => estimate(row.definition_tokens, row.definition_basis),
  },
  { title: 'results', align: 'right', text: (row) => estimate(row.result_tokens, 'bytes') },
  { title: 'overhead', align: 'right', text: (row) => percent(row.overhead_share), drop: 2 },
  { title: 'cost', align: 'right', text: (row) => money(row.cost_usd), style: () => 'money' },
];

const GROUPS: readonly TableColumn<ToolGroup>[] = [
  {
    title: 'agent',
    align: 'left',
    text: (row) => row.agent_name || UNKNOWN,
    style: () => 'agent',
    shrink_to: 10,
  },
  { title: 'action', align: 'left', text: (row) => row.action || UNKNOWN, shrink_to: 8 },
  ...SUMS,
];

const SERVERS: readonly TableColumn<ToolServer>[] = [
  { title: 'server', align: 'left', text: (row) => row.mcp_server, shrink_to: 12 },
  { title: 'tools', align: 'right', text: (row) => count(row.tools) },
  { title: 'never used', align: 'right', text: (row) => count(row.never_used) },
  { title: 'runs', align: 'right', text: (row) => count(row.runs) },
  { title: 'errors', align: 'right', text: (row) => count(row.errors) },
  {
    title: 'definitions',
    align: 'right',
    text: (row) => estimate(row.definition_tokens, 'bytes'),
  },
  { title: 'results', align: 'right', text: (row) => estimate(row.result_tokens, 'bytes') },
];

const REQUESTS: readonly TableColumn<ToolRequestAnswer>[] = [
  { title: 'time (UTC)', align: 'left', text: (row) => timeOf(row.start_ns) },
  { title: 'agent', align: 'left', text: (row) => row.agent_name || UNKNOWN, shrink_to: 8 },
  { title: 'action', align: 'left', text: (row) => row.action || UNKNOWN, drop: 2 },
  { title: 'model', align: 'left', text: (row) => row.model || UNKNOWN, drop: 3, shrink_to: 10 },
  { title: 'input', align: 'right', text: (row) => count(row.input_tokens) },
  { title: 'tools', align: 'right', text: (row) => count(row.definitions) },
  {
    title: 'definitions',
    align: 'right',
    text: (row) => estimate(row.definition_tokens, row.definition_basis),
  },
  { title: 'results', align: 'right', text: (row) => estimate(row.result_tokens, 'bytes') },
  { title: 'used', align: 'left', text: (row) => row.tools_used.join(', '), shrink_to: 8 },
  {
    title: 'took',
    align: 'right',
    text: (row) => duration(Number(row.duration_ns) / NS_PER_MS),
    drop: 1,
  },
];

const none = (terminal: Terminal, what: string): string =>
  nothing(terminal, what, 'in this period');

export function renderTools(terminal: Terminal, rows: readonly ToolAnswer[]): string {
  return rows.length === 0 ? none(terminal, 'No tool') : renderTable(terminal, TOOLS, rows);
}

export function renderToolGroups(terminal: Terminal, rows: readonly ToolGroup[]): string {
  return rows.length === 0 ? none(terminal, 'No model call') : renderTable(terminal, GROUPS, rows);
}

export function renderToolServers(terminal: Terminal, rows: readonly ToolServer[]): string {
  return rows.length === 0
    ? none(terminal, 'No tool of an MCP server')
    : renderTable(terminal, SERVERS, rows);
}

export function renderToolRequests(terminal: Terminal, rows: readonly ToolRequestAnswer[]): string {
  return rows.length === 0
    ? none(terminal, 'No model call')
    : renderTable(terminal, REQUESTS, rows);
}

export function renderToolTotals(terminal: Terminal, totals: ToolSums): string {
  const { requests, requests_with_tools, definition_tokens, result_tokens } = totals;
  return labelledLine(terminal, 'All', [
    { text: `${count(requests_with_tools)} of ${count(requests)} requests with tools` },
    { text: `definitions ${estimate(definition_tokens, totals.definition_basis)} tokens` },
    { text: `results ${estimate(result_tokens, 'bytes')}` },
    { text: `${percent(totals.overhead_share)} of ${count(totals.input_tokens)} input tokens` },
    { text: '~ is an estimate; both are tokens of the input that is billed' },
  ]);
}

function usedText({ runs, requested, never_used }: ToolAnswer): string {
  if (never_used === true) return 'never';
  return never_used === null ? 'not seen' : count(Math.max(runs, requested));
}

/** Only what the provider's own tokenizer counted stands without a tilde. */
function estimate(tokens: number | null, basis: string | null): string {
  if (tokens === null) return UNKNOWN;
  return basis === OF_PROVIDER || tokens === 0 ? count(tokens) : `~${count(tokens)}`;
}

function percent(share: number | null): string {
  return share === null ? UNKNOWN : `${(share * PERCENT).toFixed(1)} %`;
}

function timeOf(time_ns: string): string {
  const iso = new Date(Number(BigInt(time_ns) / 1_000_000n)).toISOString();
  return iso.replace('T', ' ').slice(0, 19);
}
