// A fact: what one span or log event says of a model call, an agent run, a tool call or another
// GenAI step, in the words of OpenTelemetry and before any judgement. Facts are written once and
// never changed; everything else is derived from them.

import type { Column } from './column.ts';
import type { Doubt } from './doubts.ts';

export type Signal = 'span' | 'log';

/** `step` is every chain, turn, task or framework wrapper; `other` is plumbing. */
export type Kind =
  | 'agent'
  | 'workflow'
  | 'step'
  | 'llm'
  | 'embedding'
  | 'rerank'
  | 'retrieval'
  | 'tool'
  | 'memory'
  | 'plan'
  | 'guardrail'
  | 'evaluation'
  | 'mcp'
  | 'other';

/** Kinds of model calls. */
export const CALL_KINDS: ReadonlySet<Kind> = new Set(['llm', 'embedding', 'rerank']);

/** Whether an emitter's input figure holds its cached tokens; `unknown` leaves it to arithmetic. */
export type CacheConvention = 'included' | 'excluded' | 'disjoint' | 'unknown';

/** Whether an emitter's output figure holds its reasoning tokens; `twice`: once more than it should. */
export type ReasoningConvention = 'included' | 'excluded' | 'twice' | 'unknown';

export type Status = 'unset' | 'ok' | 'error';

export type SpanKind = '' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/**
 * What a dialect knows of a record beyond its numbers. The settling rules read these and nothing
 * else of the emitter, so that no rule ever names a vendor.
 */
export type Mark =
  /** Repeats what its descendants used; D1. */
  | 'aggregate'
  /** An aggregate that also sums over earlier runs or its callers; never an owner; D5. */
  | 'cumulative'
  /** A foreign span on which each of several calls wrote over the one before; the last is there. */
  | 'overwritten'
  /** The figures are the emitter's own estimate, not the provider's. */
  | 'estimate'
  /** Kind was inferred from model and usage alone; D1-inferred. */
  | 'inferred'
  /** The emitter does not make its span the current one: duplicates lie elsewhere; D2 (d). */
  | 'not_current'
  /** The record is written after the call it describes has ended; D2 (d), D9. */
  | 'written_after'
  /** The second record of a stream, a point in time at its end; D9. */
  | 'stream_end'
  /** The record shows an answer: finish reason, first chunk or output. */
  | 'answered'
  /** A stream whose output figure may hold message_start's count as well. */
  | 'stream_plus_start'
  /** A call of its own that the provider made within the one above, whose figures leave it out; D2c. */
  | 'apart_from_above'
  /** A sum over the record's own calls; agents beneath it tell theirs apart. */
  | 'own_calls_only'
  /** The output leaves the reasoning out, and only another record of the call tells how much it was. */
  | 'leaves_reasoning_out'
  /** The client calls tools itself and asks again; a tool of its scope beneath shows that it did. */
  | 'calls_tools_itself';

/**
 * One GenAI span or log event. Empty text means "not said" (ClickHouse has no null names);
 * numbers that were not said are null. Times are nanoseconds since 1970 UTC.
 */
export interface Fact {
  org_id: string;
  /** 32 lower-case hex digits, or '' for a log without trace context. */
  trace_id: string;
  /** 16 lower-case hex digits, or ''. */
  span_id: string;
  /** '' for a span; for a log record the hash of its content, so that a resend is the same row. */
  event_id: string;
  parent_span_id: string;
  /** Of two facts with the same ids the greater version wins: end time first, then content. */
  version: bigint;
  signal: Signal;
  start_time: bigint;
  duration_ns: bigint;
  service_name: string;
  environment: string;
  scope_name: string;
  /** Span name, or the event name of a log record. */
  name: string;
  span_kind: SpanKind;
  status: Status;
  error_type: string;
  http_status: number | null;

  dialect: string;
  kind: Kind;
  marks: readonly Mark[];
  operation: string;
  /** Who bills: openai, anthropic, aws.bedrock, … ; frameworks go to `framework`. */
  provider: string;
  framework: string;
  request_model: string;
  response_model: string;
  /** The provider's own id of the answer; ids a gateway made up are left out. */
  response_id: string;
  /** The emitter's own id that ties a log event to its span. */
  emitter_event_id: string;
  agent_name: string;
  agent_id: string;
  workflow_name: string;
  execution_id: string;
  conversation_id: string;
  user_id: string;
  tool_name: string;
  tool_call_id: string;

  streaming: boolean | null;
  attempts: number | null;
  chunks: number | null;
  time_to_first_chunk_ns: number | null;
  /** stop, length, content_filter, tool_call, error, or the provider's own word. */
  finish_reasons: readonly string[];
  service_tier: string;

  /** As the emitter wrote them; see cache_convention for what `input_tokens` holds. */
  input_tokens: number | null;
  output_tokens: number | null;
  total_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  cache_write_5m_tokens: number | null;
  cache_write_1h_tokens: number | null;
  reasoning_tokens: number | null;
  audio_input_tokens: number | null;
  audio_output_tokens: number | null;
  image_input_tokens: number | null;
  image_output_tokens: number | null;
  /** Searches that the provider ran within the call and bills apart. */
  web_searches: number | null;
  cache_convention: CacheConvention;
  reasoning_convention: ReasoningConvention;
  reported_cost_usd: bigint | null;

  tool_arguments_bytes: number | null;
  tool_result_bytes: number | null;
  tool_definitions: number | null;
  tool_definitions_bytes: number | null;
  /** Doubts that reading raised. */
  doubts: readonly Doubt[];
}

/** The columns of `genai_facts`, in order; `hour` and `ingested_at` are the table's own. */
export const FACT_COLUMNS = [
  { name: 'org_id', type: 'LowCardinality(String)' },
  { name: 'trace_id', type: 'String' },
  { name: 'span_id', type: 'String' },
  { name: 'event_id', type: 'String' },
  { name: 'parent_span_id', type: 'String' },
  { name: 'version', type: 'UInt64' },
  { name: 'signal', type: 'LowCardinality(String)' },
  { name: 'start_time', type: 'DateTime64(9)' },
  { name: 'duration_ns', type: 'UInt64' },
  { name: 'service_name', type: 'LowCardinality(String)' },
  { name: 'environment', type: 'LowCardinality(String)' },
  { name: 'scope_name', type: 'LowCardinality(String)' },
  { name: 'name', type: 'LowCardinality(String)' },
  { name: 'span_kind', type: 'LowCardinality(String)' },
  { name: 'status', type: 'LowCardinality(String)' },
  { name: 'error_type', type: 'LowCardinality(String)' },
  { name: 'http_status', type: 'Nullable(UInt16)' },
  { name: 'dialect', type: 'LowCardinality(String)' },
  { name: 'kind', type: 'LowCardinality(String)' },
  { name: 'marks', type: 'Array(LowCardinality(String))' },
  { name: 'operation', type: 'LowCardinality(String)' },
  { name: 'provider', type: 'LowCardinality(String)' },
  { name: 'framework', type: 'LowCardinality(String)' },
  { name: 'request_model', type: 'LowCardinality(String)' },
  { name: 'response_model', type: 'LowCardinality(String)' },
  { name: 'response_id', type: 'String' },
  { name: 'emitter_event_id', type: 'String' },
  { name: 'agent_name', type: 'LowCardinality(String)' },
  { name: 'agent_id', type: 'String' },
  { name: 'workflow_name', type: 'LowCardinality(String)' },
  { name: 'execution_id', type: 'String' },
  { name: 'conversation_id', type: 'String' },
  { name: 'user_id', type: 'String' },
  { name: 'tool_name', type: 'LowCardinality(String)' },
  { name: 'tool_call_id', type: 'String' },
  { name: 'streaming', type: 'Nullable(Bool)' },
  { name: 'attempts', type: 'Nullable(UInt32)' },
  { name: 'chunks', type: 'Nullable(UInt32)' },
  { name: 'time_to_first_chunk_ns', type: 'Nullable(UInt64)' },
  { name: 'finish_reasons', type: 'Array(LowCardinality(String))' },
  { name: 'service_tier', type: 'LowCardinality(String)' },
  { name: 'input_tokens', type: 'Nullable(UInt32)' },
  { name: 'output_tokens', type: 'Nullable(UInt32)' },
  { name: 'total_tokens', type: 'Nullable(UInt32)' },
  { name: 'cache_read_tokens', type: 'Nullable(UInt32)' },
  { name: 'cache_write_tokens', type: 'Nullable(UInt32)' },
  { name: 'cache_write_5m_tokens', type: 'Nullable(UInt32)' },
  { name: 'cache_write_1h_tokens', type: 'Nullable(UInt32)' },
  { name: 'reasoning_tokens', type: 'Nullable(UInt32)' },
  { name: 'audio_input_tokens', type: 'Nullable(UInt32)' },
  { name: 'audio_output_tokens', type: 'Nullable(UInt32)' },
  { name: 'image_input_tokens', type: 'Nullable(UInt32)' },
  { name: 'image_output_tokens', type: 'Nullable(UInt32)' },
  { name: 'web_searches', type: 'Nullable(UInt32)' },
  { name: 'cache_convention', type: 'LowCardinality(String)' },
  { name: 'reasoning_convention', type: 'LowCardinality(String)' },
  { name: 'reported_cost_usd', type: 'Nullable(Decimal(18, 12))' },
  { name: 'tool_arguments_bytes', type: 'Nullable(UInt32)' },
  { name: 'tool_result_bytes', type: 'Nullable(UInt32)' },
  { name: 'tool_definitions', type: 'Nullable(UInt32)' },
  { name: 'tool_definitions_bytes', type: 'Nullable(UInt32)' },
  { name: 'doubts', type: 'Array(LowCardinality(String))' },
] as const satisfies readonly Column<Fact>[];
