// Every metric of the service: name, type, help and the values its labels can have. The page
// /metrics, its tests and its reference are made from this list, so no label can grow.

import { DIALECT_NAMES, ERRORS, LIMITS } from '@spanledger/ledger';
import { BACKGROUND_METRICS } from './background-metrics.ts';
import {
  CONNECTION_ENDS,
  JOBS,
  NO_DIALECT,
  REFUSAL_REASONS,
  REPAIRS,
  SECONDS,
  SIGNALS,
  STATUSES,
  TABLES,
} from './metric-labels.ts';
import { BUSY_LIMITS, RATES } from '../receive/try-later.ts';

type Labels = Readonly<Record<string, readonly string[]>>;

export interface MetricEntry {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels?: Labels;
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

export const METRICS = {
  spanledger_requests_total: {
    type: 'counter',
    help: 'OTLP requests answered, by signal and HTTP status.',
    labels: { signal: SIGNALS, status: STATUSES },
  },
  spanledger_refused_requests_total: {
    type: 'counter',
    help: 'OTLP requests refused as a whole, by error code.',
    labels: { code: Object.keys(ERRORS) },
  },
  spanledger_refused_questions_total: {
    type: 'counter',
    help: 'Requests of the REST API answered with an error, by error code.',
    labels: { code: Object.keys(ERRORS) },
  },
  spanledger_busy_total: {
    type: 'counter',
    help: 'Requests answered 503 because a limit was reached, by limit; docs/limits.md says which setting.',
    labels: { limit: BUSY_LIMITS },
  },
  spanledger_rate_limited_total: {
    type: 'counter',
    help: 'OTLP requests answered 429, by the rate that the organisation exceeded.',
    labels: { rate: RATES },
  },
  spanledger_waiting_requests: {
    type: 'gauge',
    help: 'OTLP requests that wait for a block.',
  },
  spanledger_questions: { type: 'gauge', help: 'Requests of the REST API being answered.' },
  spanledger_decompressions: {
    type: 'gauge',
    help: 'Large bodies being decompressed or waiting for it.',
  },
  spanledger_rated_organisations: {
    type: 'gauge',
    help: 'Organisations whose rate is remembered.',
  },
  spanledger_received_bytes_total: {
    type: 'counter',
    help: 'Bytes of bodies after decompression, by signal.',
    labels: { signal: SIGNALS },
  },
  spanledger_accepted_records_total: {
    type: 'counter',
    help: 'Spans, log records and data points acknowledged, by signal.',
    labels: { signal: SIGNALS },
  },
  spanledger_refused_records_total: {
    type: 'counter',
    help: 'Spans, log records and data points refused within accepted requests, by reason; 200 tells the sender.',
    labels: { reason: Object.keys(REFUSAL_REASONS) },
  },
  spanledger_not_used_records_total: {
    type: 'counter',
    help: 'Records acknowledged and of no use here: logs without GenAI meaning, points of other metrics.',
    labels: { signal: SIGNALS },
  },
  spanledger_spans_total: {
    type: 'counter',
    help: 'Spans acknowledged, by the dialect that read them. plumbing: nothing of GenAI in them. unclaimed: names of GenAI that no dialect reads. none: a dialect knows them as noise.',
    labels: { dialect: [...DIALECT_NAMES, NO_DIALECT] },
  },
  spanledger_adjusted_total: {
    type: 'counter',
    help: 'Parts of accepted records that were dropped or repaired, by reason or limit.',
    labels: { reason: [...Object.keys(REPAIRS), ...Object.keys(LIMITS)] },
  },
  spanledger_repeated_requests_total: {
    type: 'counter',
    help: 'Requests acknowledged again because the same body had just been acknowledged.',
  },
  spanledger_split_requests_total: {
    type: 'counter',
    help: 'Requests of more days than a block takes, stored in several blocks.',
  },
  spanledger_request_seconds: {
    type: 'histogram',
    help: 'Time from the head of an OTLP request to its answer.',
    buckets: SECONDS,
  },
  spanledger_in_flight_requests: { type: 'gauge', help: 'OTLP requests being handled.' },
  spanledger_in_flight_bytes: { type: 'gauge', help: 'Bytes of the buffers that hold bodies.' },
  spanledger_kept_buffer_bytes: {
    type: 'gauge',
    help: 'Bytes of the buffers that wait to be used again.',
  },
  spanledger_discarding_requests: {
    type: 'gauge',
    help: 'Refused OTLP requests whose body is read to its end before the answer.',
  },
  spanledger_cut_bodies_total: {
    type: 'counter',
    help: 'Refused OTLP requests answered before their body ended, because too many were.',
  },
  spanledger_workers: { type: 'gauge', help: 'Receiving processes that take connections.' },
  spanledger_connections: { type: 'gauge', help: 'Open connections.' },
  spanledger_ended_connections_total: {
    type: 'counter',
    help: 'Connections closed or not taken because of a limit, by reason.',
    labels: { reason: CONNECTION_ENDS },
  },
  spanledger_counted_tool_sets: { type: 'gauge', help: 'Sets of tool definitions counted.' },
  spanledger_recent_bodies: { type: 'gauge', help: 'Acknowledged bodies remembered.' },
  spanledger_blocks_free: { type: 'gauge', help: 'Blocks neither being filled nor on their way.' },
  spanledger_blocks_total: {
    type: 'counter',
    help: 'Blocks sent to ClickHouse, by outcome.',
    labels: { outcome: ['stored', 'failed'] },
  },
  spanledger_block_rows: {
    type: 'histogram',
    help: 'Rows of the blocks sent.',
    buckets: [10, 100, 1_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000],
  },
  spanledger_inserts_total: {
    type: 'counter',
    help: 'Inserts into ClickHouse, by table and outcome; a block that is sent again counts again.',
    labels: { table: TABLES, outcome: ['stored', 'failed'] },
  },
  spanledger_insert_seconds: {
    type: 'histogram',
    help: 'Time of one insert into ClickHouse.',
    buckets: SECONDS,
  },
  spanledger_dirty_traces: { type: 'gauge', help: 'Traces that wait to be settled.' },
  spanledger_dirty_traces_bytes: {
    type: 'gauge',
    help: 'Bytes of the traces that wait to be settled.',
  },
  spanledger_dirty_traces_overflow_total: {
    type: 'counter',
    help: 'Traces beyond the limit of those remembered; the sweep finds them.',
  },
  spanledger_settled_traces_total: { type: 'counter', help: 'Traces settled.' },
  spanledger_settled_facts_total: { type: 'counter', help: 'Facts read to settle.' },
  spanledger_settled_rows_total: { type: 'counter', help: 'Ledger and execution rows written.' },
  spanledger_unsettled_traces_total: {
    type: 'counter',
    help: 'Times that a trace was left unsettled because its facts are more than one answer of ClickHouse may hold; the log names them.',
  },
  spanledger_settle_step_traces: {
    type: 'gauge',
    help: 'Traces that the next step of settling takes; fewer after a step with many facts.',
  },
  spanledger_settle_lag_seconds: {
    type: 'gauge',
    help: 'Age of the oldest trace that waits to be settled.',
  },
  spanledger_jobs_total: {
    type: 'counter',
    help: 'Steps of the settle loop, by job and outcome; what failed is tried again.',
    labels: { job: JOBS, outcome: ['done', 'failed'] },
  },
  spanledger_job_seconds: {
    type: 'histogram',
    help: 'Time of one step of the settle loop.',
    buckets: SECONDS,
  },
  spanledger_bounded_units_total: {
    type: 'counter',
    help: 'Units settled without all traces that share a response id, because a bound was reached.',
  },
  spanledger_roll_up_overflow_total: {
    type: 'counter',
    help: 'Marks beyond the limit of minutes, hours or days remembered to roll up; the sweep finds them.',
  },
  spanledger_frozen_months: {
    type: 'gauge',
    help: 'Months that are frozen, of all organisations together.',
  },
  spanledger_adjusted_days_total: {
    type: 'counter',
    help: 'Days of frozen months that changed and were compared with what was billed, by organisation and day.',
  },
  spanledger_adjustments_waiting: {
    type: 'gauge',
    help: 'Days of frozen months that changed and are compared at the next run.',
  },
  spanledger_months_frozen_total: {
    type: 'counter',
    help: 'Requests to freeze a month, by what came of them.',
    labels: { outcome: ['frozen', 'already', 'refused'] },
  },
  spanledger_deletions_total: {
    type: 'counter',
    help: 'Deletions by step; followed: the totals are without what was deleted. removed: the rows are gone. failed: to be tried again.',
    labels: { step: ['asked', 'followed', 'removed', 'failed'] },
  },
  spanledger_deletions_open: {
    type: 'gauge',
    help: 'Deletions whose totals have not followed or whose rows are not removed yet.',
  },
  spanledger_deleted_rows_total: {
    type: 'counter',
    help: 'Rows that deletions had removed, by table.',
    labels: {
      table: [
        ...['otel_traces', 'otel_logs', 'genai_content', 'genai_facts', 'ledger', 'executions'],
        ...['genai_metric_points', 'traces', 'otel_traces_trace_id_ts', 'services_with_usage'],
        'answer_verdicts',
        ...['usage_minute', 'usage_hour', 'usage_day'],
      ],
    },
  },
  ...BACKGROUND_METRICS,
  spanledger_alert_turns_total: {
    type: 'counter',
    help: 'Turns of the alerts, by outcome; gave_way: settling was late; rule_failed: one rule of a turn failed.',
    labels: { outcome: ['done', 'gave_way', 'failed', 'rule_failed'] },
  },
  spanledger_alerts_total: {
    type: 'counter',
    help: 'Alerts that began and that ended.',
    labels: { state: ['firing', 'resolved'] },
  },
  spanledger_alerts_firing: { type: 'gauge', help: 'Alerts that hold now, of all organisations.' },
  spanledger_alert_rules_holding: {
    type: 'gauge',
    help: 'Rules that hold for something, also those that have not held long enough to fire.',
  },
  spanledger_alert_messages_total: {
    type: 'counter',
    help: 'Messages to the webhook of alerts, by outcome.',
    labels: { outcome: ['sent', 'failed'] },
  },
  spanledger_budget_checks_total: {
    type: 'counter',
    help: 'Questions of agents whether they may begin, by the answer.',
    labels: { outcome: ['allowed', 'stopped'] },
  },
  spanledger_budget_answers: {
    type: 'gauge',
    help: 'Organisations whose budgets are kept for a moment for agents that ask.',
  },
  spanledger_price_file_reads_total: {
    type: 'counter',
    help: 'Times that a changed price file was read, by what came of it.',
    labels: { outcome: ['taken', 'refused'] },
  },
  spanledger_price_file_refused: {
    type: 'gauge',
    help: '1 while the price file is wrong and the prices before it are used, else 0.',
  },
  spanledger_keys: {
    type: 'gauge',
    help: 'Keys held in memory, those of the environment included.',
  },
  spanledger_keys_age_seconds: {
    type: 'gauge',
    help: 'Time since the keys were last read from ClickHouse.',
  },
  spanledger_key_readings_total: {
    type: 'counter',
    help: 'Readings of the keys, by outcome.',
    labels: { outcome: ['done', 'failed'] },
  },
  spanledger_key_lookups_total: {
    type: 'counter',
    help: 'Requests with a key that was not known yet, by what the reading for it gave; busy: too many at once.',
    labels: { outcome: ['found', 'unknown', 'failed', 'busy'] },
  },
  spanledger_store_up: { type: 'gauge', help: '1 when ClickHouse answered last, else 0.' },
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof METRICS;
