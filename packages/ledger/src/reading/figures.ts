// The numbers of a record: tokens as written, time to the first chunk, cost as reported. Nothing is
// judged here; what the figures mean together is decided later from the raw values.

import { aliases, attribute, type Attribute, type FactDraft, type RecordView } from '../dialect.ts';
import {
  AUDIO_INPUT_TOKENS,
  AUDIO_OUTPUT_TOKENS,
  CACHE_READ_TOKENS,
  CACHE_WRITE_1H_TOKENS,
  CACHE_WRITE_5M_TOKENS,
  CACHE_WRITE_TOKENS,
  countOf,
  IMAGE_INPUT_TOKENS,
  IMAGE_OUTPUT_TOKENS,
  INPUT_TOKENS,
  OUTPUT_TOKENS,
  REASONING_TOKENS,
  REPORTED_COST_USD,
  TOTAL_TOKENS,
  WEB_SEARCHES,
} from './aliases.ts';
import { picodollars } from './money.ts';

export function fillUsage(record: RecordView, fact: FactDraft): void {
  fact.input_tokens = countOf(record, INPUT_TOKENS);
  fact.output_tokens = countOf(record, OUTPUT_TOKENS);
  fact.total_tokens = countOf(record, TOTAL_TOKENS);
  fact.cache_read_tokens = countOf(record, CACHE_READ_TOKENS);
  fact.cache_write_tokens = countOf(record, CACHE_WRITE_TOKENS);
  fact.cache_write_5m_tokens = countOf(record, CACHE_WRITE_5M_TOKENS);
  fact.cache_write_1h_tokens = countOf(record, CACHE_WRITE_1H_TOKENS);
  fact.reasoning_tokens = countOf(record, REASONING_TOKENS);
  fact.audio_input_tokens = countOf(record, AUDIO_INPUT_TOKENS);
  fact.audio_output_tokens = countOf(record, AUDIO_OUTPUT_TOKENS);
  fact.image_input_tokens = countOf(record, IMAGE_INPUT_TOKENS);
  fact.image_output_tokens = countOf(record, IMAGE_OUTPUT_TOKENS);
  fact.web_searches = countOf(record, WEB_SEARCHES);
}

export function hasUsage(fact: FactDraft): boolean {
  return fact.input_tokens !== null || fact.output_tokens !== null || fact.total_tokens !== null;
}

export const NS_PER_SECOND = 1e9;
export const NS_PER_MS = 1e6;

const FIRST_CHUNK_MS = [
  'ai.response.msToFirstChunk',
  'ai.stream.msToFirstChunk',
  'ttft_ms',
] as const;

/** Names of one quantity in different units; all but those above are in seconds. */
const FIRST_CHUNK = aliases(
  'gen_ai.response.time_to_first_chunk',
  'gen_ai.client.operation.time_to_first_chunk',
  ...FIRST_CHUNK_MS,
  'gen_ai.server.time_to_first_token',
  'gen_ai.latency.time_to_first_token',
  'lk.response.ttft',
);
const IN_MS: ReadonlySet<Attribute> = new Set(FIRST_CHUNK_MS.map(attribute));

export function fillTimeToFirstChunk(record: RecordView, fact: FactDraft): void {
  const name = record.first(FIRST_CHUNK);
  if (name === null) return;
  const unit_ns = IN_MS.has(name) ? NS_PER_MS : NS_PER_SECOND;
  fact.time_to_first_chunk_ns = nanoseconds(record.number(name), unit_ns);
}

export function nanoseconds(value: number | null, unit_ns: number): number | null {
  if (value === null || value < 0) return null;
  const ns = Math.round(value * unit_ns);
  return Number.isSafeInteger(ns) ? ns : null;
}

/** Cost as the emitter wrote it, from its decimal text: a double is its shortest text. */
export function fillReportedCost(record: RecordView, fact: FactDraft): void {
  const name = record.first(REPORTED_COST_USD);
  const text = name === null ? null : record.text(name);
  const cost = text === null ? null : picodollars(text);
  // Several emitters write 0 where they know no price.
  fact.reported_cost_usd = cost !== null && cost > 0n ? cost : null;
}
