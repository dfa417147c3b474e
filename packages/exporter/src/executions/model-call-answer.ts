// One model call in the words of the API, with what its tokens cost by class.

import { costParts, INPUT_CLASSES, OUTPUT_CLASSES, usd, type PriceBook } from '@spanledger/ledger';
import type { ModelCall, SpanDetail } from '@spanledger/store';
import { z } from 'zod';
import { under } from './execution-answer.ts';
import { isoTime } from './iso-time.ts';

const NS_PER_MS = 1e6;
const LABEL = 'spanledger.label.';
const INPUT: readonly string[] = INPUT_CLASSES;
const OUTPUT: readonly string[] = OUTPUT_CLASSES;

const text = z.string();
const maybeText = z.string().nullable();
const maybeCount = z.number().nullable();

export const MODEL_CALL_ANSWER = z.looseObject({
  call_id: text.describe('trace, span and, of a log record, event'),
  execution_log_id: maybeText.describe('the execution that it belongs to'),
  provider: text,
  model_id: text,
  call_type: text.describe('inference, inference_stream, embedding, …'),
  status: text.describe('success or failed'),
  start_time: text,
  end_time: text,
  duration_ms: z.number(),
  error_type: maybeText,
  error_message: maybeText,
  input_tokens: maybeCount,
  output_tokens: maybeCount,
  total_tokens: maybeCount,
  input_cost_usd: maybeText,
  output_cost_usd: maybeText,
  total_cost_usd: maybeText,
  is_streaming: z.boolean().nullable(),
  chunk_count: maybeCount,
  time_to_first_chunk_ms: maybeCount,
  attempts: maybeCount,
  metadata: z.record(text, text),
  agent_type: text,
  counted: z.boolean().describe('false of a try that failed and is no part of any sum'),
  usage_reason: text,
  cost_reason: text,
});

export type ModelCallAnswer = z.output<typeof MODEL_CALL_ANSWER>;

export function modelCallAnswer(
  call: ModelCall,
  org_id: string,
  book: PriceBook,
  detail?: SpanDetail,
): ModelCallAnswer {
  const [input, output] = [sumOf(call, INPUT_CLASSES), sumOf(call, OUTPUT_CLASSES)];
  const duration_ms = Number(call.duration_ns) / NS_PER_MS;
  const chunks = detail?.attributes['spanledger.stream.chunks'];
  const first = call.time_to_first_chunk_ns;
  return {
    call_id: [call.trace_id, call.span_id, call.event_id].filter(Boolean).join(':'),
    execution_log_id: call.execution_id || null,
    provider: call.provider,
    model_id: call.model,
    call_type: callTypeOf(call),
    status: call.status === 'error' ? 'failed' : 'success',
    start_time: isoTime(call.start_ns),
    end_time: isoTime(call.start_ns + call.duration_ns),
    duration_ms,
    error_type: call.error_type || detail?.exception['exception.type'] || null,
    error_message: detail?.exception['exception.message'] || detail?.status_message || null,
    ...{ input_tokens: input, output_tokens: output },
    total_tokens: input === null && output === null ? null : (input ?? 0) + (output ?? 0),
    ...costsOf(call, org_id, book, input, output),
    total_cost_usd: usd(call.cost_usd),
    is_streaming: call.streaming,
    chunk_count: chunks === undefined ? null : Number(chunks),
    time_to_first_chunk_ms: first === null ? null : Number(first) / NS_PER_MS,
    attempts: call.attempts,
    metadata: under(detail?.attributes ?? {}, LABEL),
    agent_type: call.agent_name,
    counted: call.counted,
    ...{ usage_reason: call.usage_reason, cost_reason: call.cost_reason },
  };
}

function callTypeOf({ kind, streaming }: ModelCall): string {
  if (kind === 'llm') return streaming === true ? 'inference_stream' : 'inference';
  return kind;
}

type Class = (typeof INPUT_CLASSES)[number] | (typeof OUTPUT_CLASSES)[number];

function sumOf(call: ModelCall, names: readonly Class[]): number | null {
  const known = names.flatMap((name) => call[name] ?? []);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/**
 * Null where the book of today no longer has the price that the call was settled with, and of tokens that
 * nobody told.
 */
function costsOf(
  call: ModelCall,
  org_id: string,
  book: PriceBook,
  input: number | null,
  output: number | null,
) {
  const { provider, model, service_tier, start_ns: time_ns, cost_usd } = call;
  const price =
    cost_usd === null ? null : book.find({ org_id, provider, model, service_tier, time_ns });
  const nothing = { input_cost_usd: null, output_cost_usd: null };
  if (price === null || typeof price === 'string' || price.id !== call.price_id) return nothing;
  const parts = costParts(price, { ...call, web_searches: null }, input ?? 0);
  if (typeof parts === 'string') return nothing;
  const costOf = (names: readonly string[]): bigint =>
    parts.reduce((sum, part) => (names.includes(part.name) ? sum + part.cost_usd : sum), 0n);
  return {
    input_cost_usd: input === null ? null : usd(costOf(INPUT)),
    output_cost_usd: output === null ? null : usd(costOf(OUTPUT)),
  };
}
