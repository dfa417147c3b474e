// Rule 8: when the figures of two records are the same figures, told in two conventions; and when
// an emitter's total is not made of its own input and output.

import type { Fact } from '../fact.ts';
import { cacheWriteOf, type Figures } from './figures.ts';

/**
 * Inputs agree under either cache reading of either side, and outputs agree or differ by just the
 * reasoning. Estimates, and streams with an opening count added, agree with everything.
 */
export function figuresAgree(a: Fact, b: Fact): boolean {
  if (isLoose(a) || isLoose(b)) return true;
  return inputsAgree(a, b) && outputsAgree(a, b);
}

function isLoose(fact: Fact): boolean {
  return fact.marks.includes('estimate') || fact.marks.includes('stream_plus_start');
}

/** Rule 9: what a model call cannot have is not known, so it agrees as well. */
function saysNothing(fact: Fact, count: number | null, cached = 0): boolean {
  return count === null || (count === 0 && cached === 0 && fact.kind === 'llm');
}

function cachedOf(fact: Fact): number {
  return (fact.cache_read_tokens ?? 0) + (cacheWriteOf(fact) ?? 0);
}

function inputsAgree(a: Fact, b: Fact): boolean {
  if (saysNothing(a, a.input_tokens, cachedOf(a))) return true;
  if (saysNothing(b, b.input_tokens, cachedOf(b))) return true;
  const other = inputReadings(b);
  return inputReadings(a).some((reading) => other.includes(reading));
}

function inputReadings(fact: Fact): readonly number[] {
  const input = fact.input_tokens ?? 0;
  return [input, input + cachedOf(fact)];
}

function outputsAgree(a: Fact, b: Fact): boolean {
  if (saysNothing(a, a.output_tokens) || saysNothing(b, b.output_tokens)) return true;
  const apart = Math.abs((a.output_tokens ?? 0) - (b.output_tokens ?? 0));
  return apart === 0 || apart === a.reasoning_tokens || apart === b.reasoning_tokens;
}

/** No reading of input and output comes to the total. Half a call proves nothing. */
export function totalContradicts(
  figures: Figures,
  input_total: number | null,
  output_total: number | null,
): boolean {
  const { input, output, total, reasoning } = figures;
  if (total === null || total === 0 || input_total === null || output_total === null) return false;
  const inputs = [input_total, input ?? 0];
  const outputs = [output_total, output ?? 0, (output ?? 0) + (reasoning ?? 0)];
  return !inputs.some((read) => outputs.some((written) => read + written === total));
}
