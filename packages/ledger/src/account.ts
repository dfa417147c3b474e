// The account: a settled ledger as plain JSON, straight from OTLP requests and without any store.

import type {
  Account,
  AccountAgent,
  AccountCall,
  AccountTokens,
  AccountTool,
  Refused,
} from './account-contract.ts';
import { bundledPriceBook } from './bundled-price-book.ts';
import { readFacts, readMetricPoints } from './block.ts';
import { blockOf, type Refusal } from './decoded-requests.ts';
import { metricsBeside } from './metric-account.ts';
import { COVERAGE_DOUBTS, DOUBTS, type Doubt } from './doubts.ts';
import { CALL_KINDS, type Status } from './fact.ts';
import {
  INPUT_CLASSES,
  OUTPUT_CLASSES,
  type ExecutionRow,
  type LedgerRow,
  type TokenClass,
} from './ledger-row.ts';
import type { PriceBook } from './price-book.ts';
import type { OtlpRequest } from './requests.ts';
import { settle, type Settlement } from './settle/settle.ts';
import { usd } from './usd.ts';

export function account(
  requests: readonly OtlpRequest[],
  book: PriceBook = bundledPriceBook(),
  hear: (refusal: Refusal) => void = () => {},
): Account {
  const refused: Refused = {};
  const block = blockOf(requests, (refusal) => {
    const { what, reason, count } = refusal;
    const counts = (refused[what] ??= {});
    counts[reason] = (counts[reason] ?? 0) + count;
    hear(refusal);
  });
  const facts = readFacts(block);
  const metric_only = metricsBeside(facts, readMetricPoints(block));
  return {
    ...accountOf(settle(facts, book)),
    ...(metric_only.length === 0 ? {} : { metric_only }),
    ...(Object.keys(refused).length === 0 ? {} : { refused }),
  };
}

export function accountOf(settlement: Settlement): Account {
  const rows = [...settlement.rows].sort((a, b) => Number(a.start_time - b.start_time));
  const counted = rows.filter((row) => row.counted);
  const runs = [...settlement.executions].sort((a, b) => Number(a.start_time - b.start_time));
  const byRun = byExecution(counted);
  const names = new Map(runs.map((run) => [run.execution_id, run.agent_name]));
  return {
    calls: rows.filter(isCall).map(callOf),
    tools: rows.filter((row) => row.kind === 'tool' && row.role === 'none').map(toolOf),
    agents: runs.map((run) => agentOf(run, names, byRun.get(run.execution_id) ?? [])),
    totals: { calls: counted.length, ...sumOf(counted), cost_usd: usd(costOf(counted)) },
    coverage: coverageOf(counted, rows),
  };
}

function byExecution(rows: readonly LedgerRow[]): ReadonlyMap<string, readonly LedgerRow[]> {
  const runs = new Map<string, LedgerRow[]>();
  for (const row of rows) {
    const own = runs.get(row.execution_id);
    if (own === undefined) runs.set(row.execution_id, [row]);
    else own.push(row);
  }
  return runs;
}

/** Whatever looks like a model call, and every sum that carries usage. */
function isCall(row: LedgerRow): boolean {
  return CALL_KINDS.has(row.kind) || row.counted || row.role === 'aggregate';
}

function callOf(row: LedgerRow): AccountCall {
  return {
    trace_id: row.trace_id,
    span_id: row.span_id,
    signal: row.signal,
    dialect: row.dialect,
    role: row.role,
    counted: row.counted,
    rule: row.rule,
    kind: row.kind,
    provider: row.provider,
    request_model: row.request_model,
    response_model: row.response_model,
    agent: row.agent_name || null,
    operation: row.operation,
    status: statusOf(row),
    tokens: tokensOf(row),
    usage_reason: row.usage_reason || null,
    cost_usd: usd(row.cost_usd),
    cost_reason: row.cost_reason || null,
  };
}

function toolOf(row: LedgerRow): AccountTool {
  return {
    span_id: row.span_id,
    name: row.tool_name,
    agent: row.agent_name || null,
    status: statusOf(row),
    duration_ms: Number(row.duration_ns) / 1e6,
  };
}

function agentOf(
  run: ExecutionRow,
  names: ReadonlyMap<string, string>,
  calls: readonly LedgerRow[],
): AccountAgent {
  return {
    span_id: run.span_id,
    name: run.agent_name,
    parent: names.get(run.parent_execution_id) ?? null,
    status: statusOf(run),
    calls: calls.length,
    tokens: sumOf(calls),
    cost_usd: usd(costOf(calls)),
  };
}

function statusOf(row: { readonly status: Status }): 'ok' | 'error' {
  return row.status === 'error' ? 'error' : 'ok';
}

function known(row: LedgerRow, classes: readonly TokenClass[]): number | null {
  let sum: number | null = null;
  for (const name of classes) {
    const count = row[name];
    if (count !== null) sum = (sum ?? 0) + count;
  }
  return sum;
}

/** Without a word about its cache nobody knows how much of a call's input was uncached. */
function tokensOf(row: LedgerRow): AccountTokens {
  const silent = row.doubts.includes('class_not_reported');
  return {
    input_total: known(row, INPUT_CLASSES),
    input_uncached: silent ? null : row.input_uncached,
    cache_read: row.cache_read,
    cache_write: known(row, ['cache_write_5m', 'cache_write_1h']),
    output_total: known(row, OUTPUT_CLASSES),
    reasoning: row.reasoning,
  };
}

/** Sums of what is known: null when no call of several knows it, 0 where there was no call. */
function sumOf(rows: readonly LedgerRow[]): AccountTokens {
  const none = rows.length === 0 ? 0 : null;
  const sum: AccountTokens = {
    input_total: none,
    input_uncached: none,
    cache_read: none,
    cache_write: none,
    output_total: none,
    reasoning: none,
  };
  for (const row of rows) {
    const tokens = tokensOf(row);
    for (const name of Object.keys(sum) as (keyof AccountTokens)[]) {
      const count = tokens[name];
      if (count !== null) sum[name] = (sum[name] ?? 0) + count;
    }
  }
  return sum;
}

function costOf(rows: readonly LedgerRow[]): bigint | null {
  let sum = rows.length === 0 ? 0n : null;
  for (const { cost_usd } of rows) if (cost_usd !== null) sum = (sum ?? 0n) + cost_usd;
  return sum;
}

function coverageOf(
  counted: readonly LedgerRow[],
  rows: readonly LedgerRow[],
): Account['coverage'] {
  const reasons = new Map<string, number>();
  for (const row of counted) {
    const missing = [row.usage_reason, row.cost_reason === 'no_usage' ? '' : row.cost_reason];
    for (const reason of new Set(missing)) {
      if (reason !== '') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  for (const [doubt, places] of placesOfDoubts(rows)) reasons.set(doubt, places.size);
  return {
    calls: counted.length,
    with_usage: counted.filter((row) => row.role === 'owner').length,
    priced: counted.filter((row) => row.cost_usd !== null).length,
    reasons: Object.fromEntries([...reasons].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Where each doubt stands that takes something from the figures. */
function placesOfDoubts(rows: readonly LedgerRow[]): ReadonlyMap<Doubt, ReadonlySet<string>> {
  const places = new Map<Doubt, Set<string>>();
  for (const { doubts, trace_id, span_id, event_id } of rows) {
    for (const doubt of doubts) {
      if (!COVERAGE_DOUBTS.has(doubt)) continue;
      const place = DOUBTS[doubt].on === 'trace' ? trace_id : `${trace_id}:${span_id}:${event_id}`;
      const found = places.get(doubt);
      if (found === undefined) places.set(doubt, new Set([place]));
      else found.add(place);
    }
  }
  return places;
}
