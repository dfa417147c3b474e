// What an emitter wrote of one call, before any reading: sums of lifetimes made whole, the opening
// count of a stream taken off, and zeros that cannot be true taken for what they are.

import type { Doubt } from '../doubts.ts';
import type { Fact } from '../fact.ts';

/** The figures after aliases were coalesced; null is "not said". */
export interface Figures {
  readonly input: number | null;
  readonly output: number | null;
  readonly total: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  /** Cache reads and writes together. */
  readonly cached: number;
  readonly reasoning: number | null;
}

export function figuresOf(fact: Fact, doubts: Doubt[]): Figures {
  const cacheWrite = cacheWriteOf(fact);
  const figures = {
    input: fact.input_tokens,
    output: withoutStreamStart(fact, doubts),
    total: fact.total_tokens,
    cacheRead: fact.cache_read_tokens,
    cacheWrite,
    cached: (fact.cache_read_tokens ?? 0) + (cacheWrite ?? 0),
    reasoning: fact.reasoning_tokens,
  };
  return fact.kind === 'llm' ? withoutImpossibleZeros(fact, figures) : figures;
}

/** Rule 6: a missing sum of cache writes is the sum of its lifetimes. */
export function cacheWriteOf(fact: Fact): number | null {
  const { cache_write_5m_tokens: short, cache_write_1h_tokens: long } = fact;
  if (fact.cache_write_tokens !== null) return fact.cache_write_tokens;
  return short === null && long === null ? null : (short ?? 0) + (long ?? 0);
}

/** A stream whose emitter adds the opening event's count, at least one, to the final output. */
function withoutStreamStart(fact: Fact, doubts: Doubt[]): number | null {
  const output = fact.output_tokens;
  if (!fact.marks.includes('stream_plus_start') || output === null || output < 2) return output;
  if (fact.streaming === true) {
    doubts.push('stream_output_plus_start');
    return output - 1;
  }
  if (fact.streaming === null) doubts.push('stream_output_maybe_plus_start');
  return output;
}

/** Rule 9: input and output both 0 mean that the emitter did not know. */
export function meansUnknown(figures: Figures): boolean {
  const { input, output, cached, reasoning } = figures;
  return (input ?? 0) + (output ?? 0) + cached + (reasoning ?? 0) === 0;
}

/** How a real answer of no tokens at all ends: refused, or with no room for any. */
const EMPTY_ENDS: readonly string[] = ['content_filter', 'length', 'error'];

/** Rule 9 for one side: no model answers nothing, and none answers without a prompt. */
function withoutImpossibleZeros(fact: Fact, figures: Figures): Figures {
  const { input, output, cached, reasoning } = figures;
  if (input === 0 && cached === 0 && (output ?? 0) > 0) return { ...figures, input: null };
  const empty = output === 0 && (reasoning ?? 0) === 0 && (input ?? 0) + cached > 0;
  const stated = fact.finish_reasons.some((reason) => EMPTY_ENDS.includes(reason));
  return empty && !stated ? { ...figures, output: null } : figures;
}
