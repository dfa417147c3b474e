// One row per agent run, with the sums of the calls it owns directly.

import { TOKEN_CLASSES, type ExecutionRow, type LedgerRow, type Tokens } from '../ledger-row.ts';
import { NO_TOKENS } from '../usage.ts';
import type { Contexts } from './context.ts';
import { compareText, type Node } from './forest.ts';

interface Sums {
  calls: number;
  calls_with_usage: number;
  calls_priced: number;
  tool_calls: number;
  cost_usd: bigint | null;
  tokens: Tokens;
}

export function executionsOf(contexts: Contexts, rows: readonly LedgerRow[]): ExecutionRow[] {
  const sums = sumsByExecution(rows);
  const depths = new Map<Node, number>();
  const sequences = new Map<Node | null, number>();
  const found: ExecutionRow[] = [];
  for (const agent of [...contexts.agents].sort((a, b) => a.index - b.index)) {
    const above = contexts.of(agent).agent;
    const sequence = sequences.get(above) ?? 0;
    sequences.set(above, sequence + 1);
    found.push(executionOf(agent, above, sequence, contexts, sums));
  }
  for (const agent of contexts.agents) {
    const above = contexts.of(agent).agent;
    depths.set(agent, above === null ? 0 : (depths.get(above) ?? 0) + 1);
  }
  const byId = new Map(contexts.agents.map((agent) => [contexts.executionOf(agent), agent]));
  return found
    .map((row) => ({ ...row, depth: depths.get(byId.get(row.execution_id) as Node) ?? 0 }))
    .sort((a, b) => compareText(a.execution_id, b.execution_id));
}

function executionOf(
  agent: Node,
  above: Node | null,
  sequence: number,
  contexts: Contexts,
  sums: ReadonlyMap<string, Sums>,
): ExecutionRow {
  const { fact } = agent;
  const execution_id = contexts.executionOf(agent);
  const context = contexts.of(agent);
  const sum = sums.get(execution_id) ?? emptySums();
  const { tokens, ...counts } = sum;
  return {
    org_id: fact.org_id,
    execution_id,
    trace_id: fact.trace_id,
    span_id: fact.span_id,
    parent_execution_id: above === null ? '' : contexts.executionOf(above),
    depth: 0,
    sequence,
    start_time: fact.start_time,
    duration_ns: fact.duration_ns,
    service_name: fact.service_name,
    environment: fact.environment,
    agent_name: fact.agent_name,
    operation: fact.operation,
    conversation_id: context.conversation_id,
    user_id: context.user_id,
    status: fact.status,
    error_type: fact.error_type,
    ...counts,
    ...tokens,
  };
}

function emptySums(): Sums {
  return {
    calls: 0,
    calls_with_usage: 0,
    calls_priced: 0,
    tool_calls: 0,
    cost_usd: null,
    tokens: { ...NO_TOKENS },
  };
}

function sumsByExecution(rows: readonly LedgerRow[]): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const row of rows) {
    if (row.execution_id === '') continue;
    let sum = sums.get(row.execution_id);
    if (sum === undefined) sums.set(row.execution_id, (sum = emptySums()));
    if (row.kind === 'tool' && row.role === 'none') sum.tool_calls += 1;
    if (row.counted) addCall(sum, row);
  }
  return sums;
}

/** A class that no call names stays null: nothing is known of it. */
function addCall(sum: Sums, row: LedgerRow): void {
  sum.calls += 1;
  if (row.role === 'owner') sum.calls_with_usage += 1;
  if (row.cost_usd !== null) {
    sum.calls_priced += 1;
    sum.cost_usd = (sum.cost_usd ?? 0n) + row.cost_usd;
  }
  for (const name of TOKEN_CLASSES) {
    const count = row[name];
    if (count !== null) sum.tokens[name] = (sum.tokens[name] ?? 0) + count;
  }
}
