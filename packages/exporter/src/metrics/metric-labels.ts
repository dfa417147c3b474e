// The values that labels of metrics can have: what is not among them is counted as `other`.

import type { Adjustment, LIMITS, RefusalReason } from '@spanledger/ledger';

export const SIGNALS = ['traces', 'logs', 'metrics'] as const;
export const TABLES = [
  ...(['otel_traces', 'genai_content', 'genai_facts', 'otel_logs'] as const),
  'genai_metric_points',
] as const;
/** Label of spans that gave no fact. */
export const NO_DIALECT = 'none';
export const LEVELS = ['minute', 'hour', 'day'] as const;
export const JOBS = ['sweep', 'settle', ...LEVELS, 'adjust'] as const;
/** Why a connection was closed or not taken. */
export const CONNECTION_ENDS = [
  'too_many',
  'idle_for_a_new_one',
  'slow_head',
  'slow_body',
  'large_head',
  'malformed',
  'pipelined',
  'answer_not_read',
] as const;
export type ConnectionEnd = (typeof CONNECTION_ENDS)[number];
export const STATUSES = [
  '200',
  '400',
  '401',
  '403',
  '404',
  '405',
  '413',
  '415',
  '429',
  '503',
] as const;
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

export const REFUSAL_REASONS: Readonly<Record<RefusalReason, true>> = {
  missing_trace_id: true,
  invalid_trace_id: true,
  zero_trace_id: true,
  missing_span_id: true,
  invalid_span_id: true,
  zero_span_id: true,
  time_out_of_range: true,
  missing_organisation: true,
  invalid_organisation: true,
  spans_per_request: true,
  log_records_per_request: true,
  metric_points_per_request: true,
  copied_bytes_per_request: true,
};
export const REPAIRS: Readonly<Record<Exclude<Adjustment, keyof typeof LIMITS>, true>> = {
  invalid_utf8: true,
  invalid_parent_span_id: true,
  invalid_log_context: true,
  not_json: true,
};
