// Whether an emitter's output figure holds its reasoning: the total proves it where it can, else what
// is known of the emitter decides.

import type { Doubt } from '../doubts.ts';
import type { Fact } from '../fact.ts';
import type { Figures } from './figures.ts';
import type { ReadBecause } from './rules.ts';

interface ReasoningReading {
  /** The whole output, reasoning and all. */
  readonly whole: number;
  readonly reasoning: number | null;
  /** '' where nothing had to be decided. */
  readonly why: ReadBecause | '';
}

interface OutputContext {
  readonly figures: Figures;
  readonly output: number;
  /** The input as it was read; totals may be made of this or of the figure as written. */
  readonly input_total: number | null;
  readonly disjoint: boolean;
}

/** Rules 5 and 5b. */
export function reasoningReading(
  fact: Fact,
  context: OutputContext,
  doubts: Doubt[],
): ReasoningReading {
  const { figures, output, disjoint } = context;
  const { reasoning } = figures;
  if (reasoning === null || reasoning === 0) {
    const found = withLostThoughts(fact, context);
    if (isLowerBound(fact, found, figures)) doubts.push('output_may_exclude_reasoning');
    return found;
  }
  const on_top: ReasoningReading = {
    whole: output + reasoning,
    reasoning,
    why: 'rule 5: reasoning comes on top',
  };
  const inside: ReasoningReading = { whole: output, reasoning, why: '' };
  if (disjoint || reasoning > output || isTotal(context, output + reasoning)) return on_top;
  if (isAddedTwice(fact, context)) {
    doubts.push('reasoning_added_twice');
    const whole = output - reasoning;
    return { whole, reasoning, why: `rule 5b: ${output} holds reasoning ${reasoning} twice` };
  }
  if (isTotal(context, output)) return inside;
  return fact.reasoning_convention === 'excluded' ? on_top : inside;
}

/** Rule 5b: what a total has beyond input and output was thought, where the emitter leaves it out. */
function withLostThoughts(fact: Fact, context: OutputContext): ReasoningReading {
  const { figures, output, input_total } = context;
  const { total, reasoning } = figures;
  const beside = (fact.audio_output_tokens ?? 0) + (fact.image_output_tokens ?? 0);
  const sum = (input_total ?? figures.input ?? 0) + output + (context.disjoint ? beside : 0);
  const lost = fact.reasoning_convention === 'excluded' && total !== null && total > sum;
  if (!lost) return { whole: output, reasoning, why: '' };
  const rest = total - sum;
  return { whole: output + rest, reasoning: rest, why: `rule 5b: total ${total} − ${sum}` };
}

/** The emitter leaves reasoning out of its output, and no total says whether there was any. */
function isLowerBound(fact: Fact, { reasoning }: ReasoningReading, { total }: Figures): boolean {
  return fact.marks.includes('leaves_reasoning_out') && reasoning === null && total === null;
}

/** Reasoning that was in the output and was added again: the emitter is known for it, or the total. */
function isAddedTwice(fact: Fact, context: OutputContext): boolean {
  const { output, figures } = context;
  const reasoning = figures.reasoning ?? 0;
  if (output < 2 * reasoning || isTotal(context, output)) return false;
  return fact.reasoning_convention === 'twice' || isTotal(context, output - reasoning);
}

/** Whether the emitter's total is the input, as read or as written, and this output. */
function isTotal({ figures, input_total }: OutputContext, output: number): boolean {
  const { total, input } = figures;
  if (total === null) return false;
  return [input_total, input ?? 0].some((read) => read !== null && read + output === total);
}
