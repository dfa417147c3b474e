// The questions about tools: what requests were sent with, what was called, and how large results are.

import {
  count,
  counts,
  integer,
  money,
  nullable,
  text,
  type Field,
  type RowOf,
} from '../clickhouse/field.ts';
import { reader, type Limit, type Period, type Question } from './question.ts';

/** Sets that have a row of their own; the rest of each agent, action and model has one together. */
export const TOOL_SETS_MAX = 5_000;

const flag: Field<boolean> = (value) => value === true || value === 1;

/** Where the definitions of a set are kept, where they are. */
const KEPT = { kept: flag, kept_trace: text, kept_span: text, kept_hour_s: count } as const;
const SET = {
  ...{ tool_set: text, names: text, sizes: text, definitions: nullable(count) },
  ...{ definition_bytes: nullable(count), ...KEPT },
} as const;
const SETS = {
  ...{ agent_name: text, action: text, provider: text, model: text, service_tier: text, ...SET },
  ...{ requests: count, requests_with_tools: count, errors: count, requests_with_usage: count },
  tool_requests_with_usage: count,
  ...{ input_total: nullable(count), cache_read: nullable(count), cost_usd: nullable(money) },
  ...{ duration_ns: integer, requested: counts },
} as const;
const REQUEST = {
  ...{ trace_id: text, span_id: text, start_ns: integer, duration_ns: integer, agent_name: text },
  ...{ action: text, provider: text, model: text, status: text, error_type: text, ...SET },
  ...{ has_tools: flag, called: text, input_total: nullable(count), results_sent: count },
  ...{ results_without_size: count, result_bytes: count },
} as const;
const CALLED = {
  ...{ tool_name: text, agent_name: text, action: text, mcp_server: text, runs: count },
  ...{ errors: count, duration_ns: integer, sized_runs: count, result_bytes: nullable(count) },
  ...{ first_bytes: nullable(count), again_bytes: nullable(count), billed_bytes: nullable(count) },
} as const;
const SIZE = {
  ...{ tool_name: text, observations: count, median_bytes: count, p90_bytes: count },
} as const;
const CONTENT = { trace_id: text, span_id: text, definitions: text } as const;

/** Requests of one agent, action and model with one set of definitions; `names` is a JSON list. */
export type ToolSetRow = RowOf<typeof SETS>;
export type ToolRequestRow = RowOf<typeof REQUEST>;
/**
 * `first_bytes` of results were sent once, `again_bytes` more with later calls; `billed_bytes` of both
 * with calls whose input is known.
 */
export type ToolCalledRow = RowOf<typeof CALLED>;
export type ToolResultSizeRow = RowOf<typeof SIZE>;

export interface ToolQuestions {
  tool_sets: { parameters: Period & Limit; row: ToolSetRow };
  tool_set_content: {
    parameters: Limit & {
      readonly org: string;
      readonly traces: readonly string[];
      readonly spans: readonly string[];
      readonly hours: readonly number[];
    };
    row: RowOf<typeof CONTENT>;
  };
  tool_requests: { parameters: Period & Limit & { readonly agent?: string }; row: ToolRequestRow };
  tools_called: { parameters: Period & Limit; row: ToolCalledRow };
  tool_result_sizes: {
    parameters: Period & Limit & { readonly tools: readonly string[] };
    row: ToolResultSizeRow;
  };
}

export const TOOL_QUESTIONS: {
  readonly [Name in keyof ToolQuestions]: Question<ToolQuestions[Name]['row']>;
} = {
  tool_sets: { answer: reader(SETS), own: { sets_max: TOOL_SETS_MAX } },
  tool_set_content: { answer: reader(CONTENT), own: { traces: [], spans: [], hours: [] } },
  tool_requests: { answer: reader(REQUEST), own: { agent: '' } },
  tools_called: { answer: reader(CALLED) },
  tool_result_sizes: { answer: reader(SIZE), own: { tools: [] } },
};
