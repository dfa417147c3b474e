// The draft that a dialect fills in: one object, emptied before each record.

import type { FactDraft, TextSource } from './dialect.ts';
import type { Doubt } from './doubts.ts';
import type { CacheConvention, Kind, Mark, ReasoningConvention, Status } from './fact.ts';

const NOTHING: readonly never[] = Object.freeze([]);

/** What becomes a column as it is, in the order in which `spread` lists it. */
export const DRAFT_FIELDS = [
  'status',
  'error_type',
  'http_status',
  'dialect',
  'kind',
  'marks',
  'operation',
  'provider',
  'framework',
  'request_model',
  'response_model',
  'response_id',
  'emitter_event_id',
  'agent_name',
  'agent_id',
  'workflow_name',
  'execution_id',
  'conversation_id',
  'user_id',
  'tool_name',
  'tool_call_id',
  'streaming',
  'attempts',
  'chunks',
  'time_to_first_chunk_ns',
  'finish_reasons',
  'service_tier',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'audio_input_tokens',
  'audio_output_tokens',
  'image_input_tokens',
  'image_output_tokens',
  'web_searches',
  'cache_convention',
  'reasoning_convention',
  'reported_cost_usd',
  'tool_arguments_bytes',
  'tool_result_bytes',
  'tool_definitions',
  'tool_definitions_bytes',
] as const satisfies readonly (keyof FactDraft)[];

export class Draft implements FactDraft {
  start_time: bigint | null = null;
  duration_ns: bigint | null = null;
  status: Status = 'unset';
  error_type: TextSource = null;
  http_status: number | null = null;
  dialect: TextSource = null;
  kind: Kind = 'other';
  marks: readonly Mark[] = NOTHING;
  operation: TextSource = null;
  provider: TextSource = null;
  framework: TextSource = null;
  request_model: TextSource = null;
  response_model: TextSource = null;
  response_id: TextSource = null;
  emitter_event_id: TextSource = null;
  agent_name: TextSource = null;
  agent_id: TextSource = null;
  workflow_name: TextSource = null;
  execution_id: TextSource = null;
  conversation_id: TextSource = null;
  user_id: TextSource = null;
  tool_name: TextSource = null;
  tool_call_id: TextSource = null;
  streaming: boolean | null = null;
  attempts: number | null = null;
  chunks: number | null = null;
  time_to_first_chunk_ns: number | null = null;
  finish_reasons: readonly string[] = NOTHING;
  service_tier: TextSource = null;
  input_tokens: number | null = null;
  output_tokens: number | null = null;
  total_tokens: number | null = null;
  cache_read_tokens: number | null = null;
  cache_write_tokens: number | null = null;
  cache_write_5m_tokens: number | null = null;
  cache_write_1h_tokens: number | null = null;
  reasoning_tokens: number | null = null;
  audio_input_tokens: number | null = null;
  audio_output_tokens: number | null = null;
  image_input_tokens: number | null = null;
  image_output_tokens: number | null = null;
  web_searches: number | null = null;
  cache_convention: CacheConvention = 'unknown';
  reasoning_convention: ReasoningConvention = 'unknown';
  reported_cost_usd: bigint | null = null;
  tool_arguments_bytes: number | null = null;
  tool_result_bytes: number | null = null;
  tool_definitions: number | null = null;
  tool_definitions_bytes: number | null = null;
  doubts: readonly Doubt[] = NOTHING;

  clear(status: Status): void {
    this.start_time = this.duration_ns = null;
    this.status = status;
    this.error_type = null;
    this.http_status = null;
    this.dialect = this.operation = this.provider = this.framework = null;
    this.kind = 'other';
    this.marks = NOTHING;
    this.request_model = this.response_model = this.response_id = null;
    this.emitter_event_id = null;
    this.agent_name = this.agent_id = this.workflow_name = this.execution_id = null;
    this.conversation_id = this.user_id = null;
    this.tool_name = this.tool_call_id = null;
    this.streaming = null;
    this.attempts = this.chunks = this.time_to_first_chunk_ns = null;
    this.finish_reasons = NOTHING;
    this.service_tier = null;
    this.input_tokens = this.output_tokens = this.total_tokens = null;
    this.cache_read_tokens = this.cache_write_tokens = null;
    this.cache_write_5m_tokens = this.cache_write_1h_tokens = this.reasoning_tokens = null;
    this.audio_input_tokens = this.audio_output_tokens = null;
    this.image_input_tokens = this.image_output_tokens = this.web_searches = null;
    this.cache_convention = 'unknown';
    this.reasoning_convention = 'unknown';
    this.reported_cost_usd = null;
    this.tool_arguments_bytes = this.tool_result_bytes = null;
    this.tool_definitions = this.tool_definitions_bytes = null;
    this.doubts = NOTHING;
  }

  /** Puts the fields into a list in the order of DRAFT_FIELDS; named one by one because that is fast. */
  spread(into: DraftValue[]): void {
    let i = 0;
    into[i++] = this.status;
    into[i++] = this.error_type;
    into[i++] = this.http_status;
    into[i++] = this.dialect;
    into[i++] = this.kind;
    into[i++] = this.marks;
    into[i++] = this.operation;
    into[i++] = this.provider;
    into[i++] = this.framework;
    into[i++] = this.request_model;
    into[i++] = this.response_model;
    into[i++] = this.response_id;
    into[i++] = this.emitter_event_id;
    into[i++] = this.agent_name;
    into[i++] = this.agent_id;
    into[i++] = this.workflow_name;
    into[i++] = this.execution_id;
    into[i++] = this.conversation_id;
    into[i++] = this.user_id;
    into[i++] = this.tool_name;
    into[i++] = this.tool_call_id;
    into[i++] = this.streaming;
    into[i++] = this.attempts;
    into[i++] = this.chunks;
    into[i++] = this.time_to_first_chunk_ns;
    into[i++] = this.finish_reasons;
    into[i++] = this.service_tier;
    into[i++] = this.input_tokens;
    into[i++] = this.output_tokens;
    into[i++] = this.total_tokens;
    into[i++] = this.cache_read_tokens;
    into[i++] = this.cache_write_tokens;
    into[i++] = this.cache_write_5m_tokens;
    into[i++] = this.cache_write_1h_tokens;
    into[i++] = this.reasoning_tokens;
    into[i++] = this.audio_input_tokens;
    into[i++] = this.audio_output_tokens;
    into[i++] = this.image_input_tokens;
    into[i++] = this.image_output_tokens;
    into[i++] = this.web_searches;
    into[i++] = this.cache_convention;
    into[i++] = this.reasoning_convention;
    into[i++] = this.reported_cost_usd;
    into[i++] = this.tool_arguments_bytes;
    into[i++] = this.tool_result_bytes;
    into[i++] = this.tool_definitions;
    into[i++] = this.tool_definitions_bytes;
  }
}

export type DraftValue = Draft[(typeof DRAFT_FIELDS)[number]];
