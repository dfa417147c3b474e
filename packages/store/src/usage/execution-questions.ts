// The questions about executions: agent runs as their users see them, running ones included, and the
// model calls and errors within.

import {
  count,
  integer,
  money,
  nullable,
  text,
  type Field,
  type Fields,
  type RowOf,
} from '../clickhouse/field.ts';
import { reader, type Limit, type Period, type Question } from './question.ts';

const number: Field<number> = (value, name) => {
  const read = Number(value);
  if (value === null || !Number.isFinite(read)) throw new TypeError(`cannot read ${name}`);
  return read;
};
const flag: Field<boolean> = (value) => value === true || value === 1;
const texts: Field<readonly string[]> = (value, name) => {
  if (!Array.isArray(value)) throw new TypeError(`cannot read ${name}: not a list`);
  return value.map((one) => text(one, name));
};
type Texts = Readonly<Record<string, string>>;
const pairs: Field<Texts> = (value, name) => {
  if (typeof value !== 'object' || value === null) throw new TypeError(`cannot read ${name}`);
  return value as Texts;
};
const pairLists: Field<readonly Texts[]> = (value, name) => {
  if (!Array.isArray(value)) throw new TypeError(`cannot read ${name}: not a list`);
  return value.map((one) => pairs(one, name));
};

const PLACE = { trace_id: text, span_id: text } as const;
const SUMS = {
  ...{ calls: count, calls_with_usage: count, calls_priced: count, tool_calls: nullable(count) },
  ...{ input_total: nullable(count), output_total: nullable(count), cost_usd: nullable(money) },
} as const;
const EXECUTION = {
  ...PLACE,
  ...{ execution_id: text, parent_execution_id: text, parent_span_id: text, over: flag },
  ...{ depth: nullable(count), sequence: nullable(count), start_ns: integer },
  ...{ duration_ms: nullable(number), service_name: text, environment: text, agent_name: text },
  ...{ conversation_id: text, user_id: text, status: text, stage: text, error_type: text },
  ...{ error_message: text, attributes: pairs, last_seen_ns: integer },
  ...SUMS,
} as const satisfies Fields;
const EVENT = {
  ...PLACE,
  ...{ parent_span_id: text, execution_id: text, agent_name: text, event: text, status: text },
  ...{ stage: text, message: text, error_type: text, duration_ms: nullable(number) },
  ...{ time_ns: integer, attributes: pairs },
} as const satisfies Fields;
const CLASSES = {
  ...{ input_uncached: nullable(count), cache_read: nullable(count) },
  ...{ cache_write_5m: nullable(count), cache_write_1h: nullable(count) },
  ...{ audio_in: nullable(count), image_in: nullable(count), output: nullable(count) },
  ...{ reasoning: nullable(count), audio_out: nullable(count), image_out: nullable(count) },
} as const;
const MODEL_CALL = {
  ...PLACE,
  ...{ event_id: text, parent_span_id: text, agent_span_id: text, execution_id: text },
  ...{ agent_name: text, start_ns: integer, duration_ns: integer, service_name: text, name: text },
  ...{ kind: text, operation: text, provider: text, request_model: text, response_model: text },
  ...{ model: text, response_id: text, service_tier: text, status: text, error_type: text },
  ...{ streaming: nullable(flag), attempts: nullable(count) },
  ...{ time_to_first_chunk_ns: nullable(integer), finish_reasons: texts, counted: flag },
  ...{ role: text, rule: text, doubts: texts, usage_reason: text, cost_reason: text },
  ...{ conversation_id: text, user_id: text, price_id: text, ...CLASSES },
  ...{ cost_usd: nullable(money), reported_cost_usd: nullable(money) },
} as const satisfies Fields;
const ERROR_GROUP = {
  ...{ kind: text, error_type: text, fingerprint: text, errors: count, traces: count },
  ...{ first_ns: integer, last_ns: integer, last_message: text, last_trace_id: text },
  ...{ last_span_id: text, last_execution_id: text, agents: texts, subjects: texts },
} as const satisfies Fields;
const SPAN_DETAIL = {
  ...PLACE,
  ...{ name: text, status_message: text, exception: pairs, attributes: pairs },
  ...{ event_times: texts, event_names: texts, event_attributes: pairLists },
} as const satisfies Fields;
const STATUS = {
  ...{ status: text, agent_name: text, executions: count, timed: count },
  ...{ duration_sum_ms: nullable(number), duration_min_ms: nullable(number) },
  duration_max_ms: nullable(number),
} as const satisfies Fields;
const CONTENT = { ...PLACE, content: pairs } as const satisfies Fields;
const FOUND = { ...PLACE, start_ns: integer } as const satisfies Fields;

/** One run of an agent. Null is unknown: what is not over has no duration. */
export type ExecutionAt = RowOf<typeof EXECUTION>;
export type ExecutionEvent = RowOf<typeof EVENT>;
export type ModelCall = RowOf<typeof MODEL_CALL>;
export type ErrorGroup = RowOf<typeof ERROR_GROUP>;
export type SpanDetail = RowOf<typeof SPAN_DETAIL>;
export type StatusCount = RowOf<typeof STATUS>;

/** Each narrows; left out it does not. */
export interface ExecutionFilters {
  readonly trace?: string;
  readonly span?: string;
  readonly statuses?: readonly string[];
  readonly agent?: string;
  readonly service?: string;
  readonly conversation?: string;
  readonly user?: string;
  readonly step?: string;
  readonly action?: string;
  readonly report?: string;
  readonly platform?: string;
  /** At least so long, and then the longest first. */
  readonly slower_ms?: number;
}

interface Paging extends Limit {
  readonly offset?: number;
  /** The last row of the page before: its start, trace, span and event. */
  readonly before_ns?: string;
  readonly before_trace?: string;
  readonly before_span?: string;
  readonly before_event?: string;
}

export interface ModelCallFilters {
  readonly traces?: readonly string[];
  readonly provider?: string;
  readonly model?: string;
  readonly execution?: string;
  readonly kind?: string;
  readonly streaming?: string;
  readonly status?: string;
  readonly report?: string;
}

/** Without a sign of life for so long, what is not over counts as abandoned. */
interface Abandonment {
  readonly abandoned_ms: number;
}

/** Spans of some traces, with the hours in which they began. */
export interface SpansAsked extends Limit {
  readonly org: string;
  readonly traces: readonly string[];
  readonly hours: readonly number[];
}

export interface ExecutionQuestions {
  executions: {
    parameters: Period & ExecutionFilters & Paging & Abandonment;
    row: ExecutionAt;
  };
  execution_summary: {
    parameters: Period & ExecutionFilters & Limit & Abandonment;
    row: StatusCount;
  };
  find_execution: {
    parameters: { readonly org: string; readonly execution: string };
    row: RowOf<typeof FOUND>;
  };
  execution_events: {
    parameters: Period & Limit & { readonly trace: string };
    row: ExecutionEvent;
  };
  model_calls: { parameters: Period & ModelCallFilters & Paging; row: ModelCall };
  error_groups: { parameters: Period & Limit & { readonly agent?: string }; row: ErrorGroup };
  span_details: { parameters: SpansAsked; row: SpanDetail };
  span_content: {
    parameters: SpansAsked & { readonly names: readonly string[] };
    row: RowOf<typeof CONTENT>;
  };
}

const PAGE = { offset: 0, before_ns: '0', before_trace: '', before_span: '', before_event: '' };
const FILTERS = {
  ...{ span: '', statuses: [], agent: '', service: '', conversation: '', user: '', step: '' },
  ...{ action: '', report: '', platform: '', slower_ms: 0, abandoned_ms: 0 },
};

export const EXECUTION_QUESTIONS: {
  readonly [Name in keyof ExecutionQuestions]: Question<ExecutionQuestions[Name]['row']>;
} = {
  executions: { answer: reader(EXECUTION), own: { ...FILTERS, ...PAGE } },
  execution_summary: { answer: reader(STATUS), own: FILTERS },
  find_execution: { answer: reader(FOUND), own: { execution: '' } },
  execution_events: { answer: reader(EVENT) },
  model_calls: {
    answer: reader(MODEL_CALL),
    own: {
      ...{ traces: [], provider: '', model: '', execution: '', kind: '', streaming: '' },
      ...{ status: '', report: '', ...PAGE },
    },
  },
  error_groups: { answer: reader(ERROR_GROUP), own: { agent: '' } },
  span_details: { answer: reader(SPAN_DETAIL), own: { traces: [], hours: [] } },
  span_content: { answer: reader(CONTENT), own: { traces: [], hours: [], names: [] } },
};
