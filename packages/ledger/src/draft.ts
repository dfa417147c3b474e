// The draft that a dialect fills in: one object, emptied before each record.

import type { FactDraft, TextSource } from './dialect.ts';
import type { CacheConvention, Kind, Mark, ReasoningConvention, Status } from './fact.ts';

const NOTHING: readonly never[] = Object.freeze([]);

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
  cache_convention: CacheConvention = 'unknown';
  reasoning_convention: ReasoningConvention = 'unknown';
  reported_cost_usd: bigint | null = null;
  tool_arguments_bytes: number | null = null;
  tool_result_bytes: number | null = null;
  tool_definitions: number | null = null;
  tool_definitions_bytes: number | null = null;
  doubts: readonly string[] = NOTHING;

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
    this.image_input_tokens = this.image_output_tokens = null;
    this.cache_convention = 'unknown';
    this.reasoning_convention = 'unknown';
    this.reported_cost_usd = null;
    this.tool_arguments_bytes = this.tool_result_bytes = null;
    this.tool_definitions = this.tool_definitions_bytes = null;
    this.doubts = NOTHING;
  }
}
