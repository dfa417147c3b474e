// What settling derives: one row per model call, agent run and tool call, each with its role, the
// rule that decided and the sums it stands for; and one row per execution (agent run).

import type { Column } from './column.ts';
import type { Doubt, UsageReason } from './doubts.ts';
import type { Kind, Signal, Status } from './fact.ts';

/** design.md 5. Only `owner` and `unknown` rows are counted as calls; `none` is no call at all. */
export type Role = 'owner' | 'aggregate' | 'duplicate' | 'echo' | 'attempt' | 'unknown' | 'none';

/**
 * Disjoint classes of tokens: their sums are the totals, so nothing can be added twice.
 * `input_uncached` is what is not known to be cached: where the doubt `class_not_reported` stands, the
 * emitter named no cached tokens and the class holds the whole input.
 */
export const INPUT_CLASSES = [
  'input_uncached',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'audio_in',
  'image_in',
] as const;
export const OUTPUT_CLASSES = ['output', 'reasoning', 'audio_out', 'image_out'] as const;
export const TOKEN_CLASSES = [...INPUT_CLASSES, ...OUTPUT_CLASSES] as const;
export type TokenClass = (typeof TOKEN_CLASSES)[number];

/** Tokens by class; null is "not known", never 0. */
export type Tokens = Record<TokenClass, number | null>;

export interface LedgerRow extends Tokens {
  org_id: string;
  trace_id: string;
  span_id: string;
  event_id: string;
  signal: Signal;
  start_time: bigint;
  duration_ns: bigint;
  service_name: string;
  environment: string;
  scope_name: string;
  name: string;
  dialect: string;
  kind: Kind;
  operation: string;
  role: Role;
  /** True for the rows that totals add: owners, and calls whose usage is unknown. */
  counted: boolean;
  /** The rules that decided, in words a person can check: `D2b same response id chatcmpl-…`. */
  rule: string;
  doubts: readonly Doubt[];
  /** For a duplicate, echo, attempt or aggregate: the call that owns it, '' where none does. */
  owner_trace_id: string;
  owner_span_id: string;
  parent_span_id: string;
  /** For a call: nothing of its trace is known above it, so it may tell what a sum elsewhere holds. */
  lacks_place: boolean;
  /** The nearest agent above, and the run it belongs to. */
  agent_name: string;
  agent_span_id: string;
  execution_id: string;
  conversation_id: string;
  user_id: string;
  provider: string;
  request_model: string;
  response_model: string;
  response_id: string;
  /** As the provider told it, else as it was asked for; '' when nothing was said. */
  service_tier: string;
  /** Searches that the provider ran within the call and bills apart. */
  web_searches: number | null;
  tool_name: string;
  tool_call_id: string;
  status: Status;
  error_type: string;
  streaming: boolean | null;
  attempts: number | null;
  time_to_first_chunk_ns: number | null;
  finish_reasons: readonly string[];
  /** Why tokens are null or partial; '' when all that was billed is known. */
  usage_reason: UsageReason;
  cost_usd: bigint | null;
  /** Why cost is null; '' when it is known. */
  cost_reason: string;
  /** The price row and book that cost was computed with. */
  price_id: string;
  price_book: string;
  reported_cost_usd: bigint | null;
  /** An emitter's own estimate or a parent's figure: shown as a hint, never added. */
  hint_input: number | null;
  hint_output: number | null;
}

const CLASS_COLUMNS = TOKEN_CLASSES.map((name) => ({ name, type: 'Nullable(UInt32)' as const }));
/** Sums do not fit where one call fits. */
const CLASS_SUM_COLUMNS = TOKEN_CLASSES.map((name) => ({
  name,
  type: 'Nullable(UInt64)' as const,
}));

/** The columns of `ledger`; `hour`, `minute`, `settled_at` and `is_deleted` are the table's own. */
export const LEDGER_COLUMNS: readonly Column<LedgerRow>[] = [
  { name: 'org_id', type: 'LowCardinality(String)' },
  { name: 'trace_id', type: 'String' },
  { name: 'span_id', type: 'String' },
  { name: 'event_id', type: 'String' },
  { name: 'signal', type: 'LowCardinality(String)' },
  { name: 'start_time', type: 'DateTime64(9)' },
  { name: 'duration_ns', type: 'UInt64' },
  { name: 'service_name', type: 'LowCardinality(String)' },
  { name: 'environment', type: 'LowCardinality(String)' },
  { name: 'scope_name', type: 'LowCardinality(String)' },
  { name: 'name', type: 'LowCardinality(String)' },
  { name: 'dialect', type: 'LowCardinality(String)' },
  { name: 'kind', type: 'LowCardinality(String)' },
  { name: 'operation', type: 'LowCardinality(String)' },
  { name: 'role', type: 'LowCardinality(String)' },
  { name: 'counted', type: 'Bool' },
  { name: 'rule', type: 'String' },
  { name: 'doubts', type: 'Array(LowCardinality(String))' },
  { name: 'owner_trace_id', type: 'String' },
  { name: 'owner_span_id', type: 'String' },
  { name: 'parent_span_id', type: 'String' },
  { name: 'lacks_place', type: 'Bool' },
  { name: 'agent_name', type: 'LowCardinality(String)' },
  { name: 'agent_span_id', type: 'String' },
  { name: 'execution_id', type: 'String' },
  { name: 'conversation_id', type: 'String' },
  { name: 'user_id', type: 'String' },
  { name: 'provider', type: 'LowCardinality(String)' },
  { name: 'request_model', type: 'LowCardinality(String)' },
  { name: 'response_model', type: 'LowCardinality(String)' },
  { name: 'response_id', type: 'String' },
  { name: 'service_tier', type: 'LowCardinality(String)' },
  { name: 'tool_name', type: 'LowCardinality(String)' },
  { name: 'tool_call_id', type: 'String' },
  { name: 'status', type: 'LowCardinality(String)' },
  { name: 'error_type', type: 'LowCardinality(String)' },
  { name: 'streaming', type: 'Nullable(Bool)' },
  { name: 'attempts', type: 'Nullable(UInt32)' },
  { name: 'time_to_first_chunk_ns', type: 'Nullable(UInt64)' },
  { name: 'finish_reasons', type: 'Array(LowCardinality(String))' },
  { name: 'usage_reason', type: 'LowCardinality(String)' },
  ...CLASS_COLUMNS,
  { name: 'web_searches', type: 'Nullable(UInt32)' },
  { name: 'cost_usd', type: 'Nullable(Decimal(18, 12))' },
  { name: 'cost_reason', type: 'LowCardinality(String)' },
  { name: 'price_id', type: 'LowCardinality(String)' },
  { name: 'price_book', type: 'LowCardinality(String)' },
  { name: 'reported_cost_usd', type: 'Nullable(Decimal(18, 12))' },
  { name: 'hint_input', type: 'Nullable(UInt64)' },
  { name: 'hint_output', type: 'Nullable(UInt64)' },
];

/** One agent run, with the sums of what it owns (its sub-agents' runs not included). */
export interface ExecutionRow extends Tokens {
  org_id: string;
  execution_id: string;
  trace_id: string;
  span_id: string;
  /** '' for a root run. */
  parent_execution_id: string;
  /** 0 for a root run; the number of agents above otherwise. */
  depth: number;
  /** Place among the runs of the same parent, in order of start. */
  sequence: number;
  start_time: bigint;
  duration_ns: bigint;
  service_name: string;
  environment: string;
  agent_name: string;
  operation: string;
  conversation_id: string;
  user_id: string;
  status: Status;
  error_type: string;
  calls: number;
  calls_with_usage: number;
  calls_priced: number;
  tool_calls: number;
  cost_usd: bigint | null;
}

/** The columns of `executions`; `hour`, `settled_at` and `is_deleted` are the table's own. */
export const EXECUTION_COLUMNS: readonly Column<ExecutionRow>[] = [
  { name: 'org_id', type: 'LowCardinality(String)' },
  { name: 'execution_id', type: 'String' },
  { name: 'trace_id', type: 'String' },
  { name: 'span_id', type: 'String' },
  { name: 'parent_execution_id', type: 'String' },
  { name: 'depth', type: 'UInt16' },
  { name: 'sequence', type: 'UInt32' },
  { name: 'start_time', type: 'DateTime64(9)' },
  { name: 'duration_ns', type: 'UInt64' },
  { name: 'service_name', type: 'LowCardinality(String)' },
  { name: 'environment', type: 'LowCardinality(String)' },
  { name: 'agent_name', type: 'LowCardinality(String)' },
  { name: 'operation', type: 'LowCardinality(String)' },
  { name: 'conversation_id', type: 'String' },
  { name: 'user_id', type: 'String' },
  { name: 'status', type: 'LowCardinality(String)' },
  { name: 'error_type', type: 'LowCardinality(String)' },
  { name: 'calls', type: 'UInt32' },
  { name: 'calls_with_usage', type: 'UInt32' },
  { name: 'calls_priced', type: 'UInt32' },
  { name: 'tool_calls', type: 'UInt32' },
  ...CLASS_SUM_COLUMNS,
  { name: 'cost_usd', type: 'Nullable(Decimal(18, 12))' },
];
