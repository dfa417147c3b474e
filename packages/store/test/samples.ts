// Facts and rows to put into a store, and a settling function that a test can see through.

import { createHash } from 'node:crypto';
import {
  EXECUTION_COLUMNS,
  FACT_COLUMNS,
  LEDGER_COLUMNS,
  encodeRows,
  type Column,
  type ExecutionRow,
  type Fact,
  type LedgerRow,
} from '@spanledger/ledger';
import type { DirtyTrace, Settle, Store } from '../src/index.ts';

/** 2026-03-01 12:00:00 UTC */
export const NOON_S = 1_772_366_400;
export const NOON_NS = BigInt(NOON_S) * 1_000_000_000n;
export const SECOND_NS = 1_000_000_000n;
export const MINUTE_NS = 60n * SECOND_NS;
export const HOUR_NS = 60n * MINUTE_NS;

export const hex = (seed: string, length: number): string =>
  createHash('sha256').update(seed).digest('hex').slice(0, length);

export const traceId = (seed: string): string => hex(seed, 32);

function blank<Row>(columns: readonly Column<Row>[]): Row {
  const row: Record<string, unknown> = {};
  for (const { name, type } of columns) {
    if (type.startsWith('Nullable')) row[name] = null;
    else if (type.startsWith('Array')) row[name] = [];
    else if (type === 'UInt64' || type === 'DateTime64(9)') row[name] = 0n;
    else if (type === 'Bool') row[name] = false;
    else row[name] = type.startsWith('UInt') ? 0 : '';
  }
  return row as Row;
}

export function fact(given: Partial<Fact>): Fact {
  return {
    ...blank<Fact>(FACT_COLUMNS),
    org_id: 'default',
    trace_id: traceId('t1'),
    span_id: hex('s1', 16),
    version: 1n,
    signal: 'span',
    start_time: NOON_NS,
    duration_ns: SECOND_NS,
    service_name: 'svc',
    kind: 'llm',
    status: 'ok',
    operation: 'chat',
    provider: 'openai',
    request_model: 'gpt-x',
    ...given,
  };
}

/** A call of ten tokens in and five out, its id made of a text. */
export const span = (seed: string, given: Partial<Fact> = {}): Fact =>
  fact({ span_id: hex(seed, 16), input_tokens: 10, output_tokens: 5, ...given });

export function ledgerRow(given: Partial<LedgerRow>): LedgerRow {
  return { ...blank<LedgerRow>(LEDGER_COLUMNS), ...given };
}

/** Every fact is a call of its own, an agent run, or a tool call, at a thousandth of a cent a token. */
export const settlePlainly: Settle = (facts) => {
  const rows: LedgerRow[] = [];
  const executions: ExecutionRow[] = [];
  for (const one of facts) {
    const counted = one.kind === 'llm';
    const known = counted && one.input_tokens !== null;
    const shared: Record<string, unknown> = {};
    for (const { name } of LEDGER_COLUMNS) if (name in one) shared[name] = one[name as keyof Fact];
    rows.push(
      ledgerRow({
        ...(shared as Partial<LedgerRow>),
        role: counted ? (known ? 'owner' : 'unknown') : 'none',
        counted,
        rule: 'plain',
        agent_span_id: one.kind === 'agent' ? one.span_id : '',
        usage_reason: counted && !known ? 'emitter_reports_no_usage' : '',
        input_uncached: known ? one.input_tokens : null,
        output: known ? one.output_tokens : null,
        cost_usd: known ? BigInt(one.input_tokens ?? 0) * 10_000_000n : null,
        cost_reason: counted && !known ? 'no_usage' : '',
      }),
    );
    if (one.kind !== 'agent') continue;
    executions.push({
      ...blank<ExecutionRow>(EXECUTION_COLUMNS),
      org_id: one.org_id,
      execution_id: one.execution_id || one.span_id,
      trace_id: one.trace_id,
      span_id: one.span_id,
      start_time: one.start_time,
      duration_ns: one.duration_ns,
      agent_name: one.agent_name,
      status: one.status,
      calls: facts.length,
    });
  }
  return { rows, executions };
};

let tokens = 0;

export async function insertFacts(store: Store, facts: readonly Fact[]): Promise<void> {
  await store.insertBlock('genai_facts', encodeRows(FACT_COLUMNS, facts), `facts-${++tokens}`);
}

export function dirtyOf(facts: readonly Fact[]): DirtyTrace[] {
  return facts.map(({ org_id, trace_id, start_time }) => ({
    org_id,
    trace_id,
    first_ns: start_time,
    last_ns: start_time,
  }));
}

/** Inserts facts, settles their traces and rolls all levels up. */
export async function derive(store: Store, facts: readonly Fact[]): Promise<void> {
  await insertFacts(store, facts);
  await store.settle(dirtyOf(facts), settlePlainly);
  for (const level of ['minute', 'hour', 'day'] as const) await store.rollUp(level);
}
