// One execution in the words of the API. What our columns are called there is in docs/mapping.md.

import { usd } from '@spanledger/ledger';
import type { ExecutionAt, SpanDetail } from '@spanledger/store';
import { z } from 'zod';
import { isoTime } from './iso-time.ts';

const LINK = 'spanledger.link.';
const LABEL = 'spanledger.label.';
const NS_PER_MS = 1_000_000;
/** The caller's own objects that have a field of their own; others are in `links`. */
const NAMED_LINKS = [
  ...['report_id', 'completion_id', 'widget_id', 'step_id'],
  ...['external_platform', 'external_user_id'],
] as const;

/** What is not over yet. */
export const RUNNING = ['pending', 'running', 'llm_request', 'llm_response'] as const;
export const STATUSES = [
  ...RUNNING,
  ...(['success', 'failed', 'timeout', 'cancelled', 'skipped', 'abandoned'] as const),
] as const;

const text = z.string();
const maybeText = z.string().nullable();
const maybeCount = z.number().nullable();

export const EXECUTION_ANSWER = z.looseObject({
  execution_id: text,
  agent_type: text,
  execution_step: maybeText,
  action_type: maybeText,
  status: text.describe(`${STATUSES.join(', ')}, or the program's own word`),
  stage: maybeText.describe('the last stage that began'),
  start_time: text,
  end_time: maybeText.describe('null while it runs and when its process died'),
  duration_ms: maybeCount,
  error_type: maybeText,
  error_message: maybeText,
  report_id: maybeText,
  completion_id: maybeText,
  widget_id: maybeText,
  step_id: maybeText,
  external_platform: maybeText,
  external_user_id: maybeText,
  metadata: z.record(text, text),
  trace_id: text,
  span_id: text,
  parent_execution_id: maybeText,
  depth: maybeCount,
  sequence: maybeCount,
  service_name: text,
  environment: text,
  conversation_id: maybeText,
  user_id: maybeText,
  llm_call_count: z.number(),
  tool_call_count: maybeCount,
  input_tokens: maybeCount,
  output_tokens: maybeCount,
  total_tokens: maybeCount,
  cost_usd: maybeText.describe('decimal text; of one that runs, so far'),
});

export type ExecutionAnswer = z.output<typeof EXECUTION_ANSWER>;

/** `detail`: what its span says in words, where it was looked up. */
export function executionAnswer(row: ExecutionAt, detail?: SpanDetail): ExecutionAnswer {
  const { attributes, input_total, output_total, duration_ms, start_ns } = row;
  const links = under(attributes, LINK);
  const named = NAMED_LINKS.map((name) => [name, links[name] ?? null]);
  const total = input_total === null && output_total === null;
  return {
    execution_id: row.execution_id,
    agent_type: row.agent_name,
    execution_step: attributes['spanledger.execution.step'] || null,
    action_type: attributes['spanledger.action_type'] || null,
    status: row.status,
    stage: row.stage || null,
    start_time: isoTime(start_ns),
    end_time:
      duration_ms === null ? null : isoTime(start_ns + BigInt(Math.round(duration_ms * NS_PER_MS))),
    duration_ms,
    error_type: row.error_type || detail?.exception['exception.type'] || null,
    error_message: messageOf(row, detail),
    ...(Object.fromEntries(named) as Record<(typeof NAMED_LINKS)[number], string | null>),
    metadata: { ...under(attributes, LABEL), ...otherLinks(links) },
    ...{ trace_id: row.trace_id, span_id: row.span_id },
    parent_execution_id: row.parent_execution_id || null,
    ...{ depth: row.depth, sequence: row.sequence },
    ...{ service_name: row.service_name, environment: row.environment },
    conversation_id: row.conversation_id || null,
    user_id: row.user_id || null,
    llm_call_count: row.calls,
    tool_call_count: row.tool_calls,
    input_tokens: input_total,
    output_tokens: output_total,
    total_tokens: total ? null : (input_total ?? 0) + (output_total ?? 0),
    cost_usd: usd(row.cost_usd),
  };
}

/** In the program's own words, else the exception's, else the span's. */
function messageOf(row: ExecutionAt, detail: SpanDetail | undefined): string | null {
  const { exception = {}, status_message = '' } = detail ?? {};
  return row.error_message || exception['exception.message'] || status_message || null;
}

export function under(
  attributes: Readonly<Record<string, string>>,
  prefix: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

function otherLinks(links: Readonly<Record<string, string>>): Record<string, string> {
  const named: readonly string[] = NAMED_LINKS;
  return Object.fromEntries(Object.entries(links).filter(([name]) => !named.includes(name)));
}
