// From the figures as an emitter wrote them to disjoint classes of tokens. Each rule is a small
// function; what was decided is kept in words, so that a person can check the sum.

import type { Doubt, UsageReason } from './doubts.ts';
import type { Fact, Kind } from './fact.ts';
import { TOKEN_CLASSES, type Tokens } from './ledger-row.ts';
import { totalContradicts } from './usage/agreement.ts';
import { cacheReading } from './usage/cache-reading.ts';
import { inputSide, outputSide } from './usage/classes.ts';
import { figuresOf, meansUnknown } from './usage/figures.ts';

export interface Usage {
  readonly tokens: Tokens;
  /** Sums of the classes; null when the emitter named no figure. */
  readonly input_total: number | null;
  readonly output_total: number | null;
  /** Why nothing, or not all, is known. */
  readonly reason: UsageReason;
  readonly doubts: readonly Doubt[];
  readonly arithmetic: string;
}

export const NO_TOKENS: Tokens = Object.freeze(
  Object.fromEntries(TOKEN_CLASSES.map((name) => [name, null])) as Tokens,
);

const NO_USAGE: Usage = Object.freeze({
  tokens: NO_TOKENS,
  input_total: null,
  output_total: null,
  reason: '',
  doubts: Object.freeze([]),
  arithmetic: '',
});

export function reconcile(fact: Fact): Usage {
  const doubts: Doubt[] = [];
  const figures = figuresOf(fact, doubts);
  if (figures.input === null && figures.output === null && figures.cached === 0) {
    return figures.total === 0 ? { ...NO_USAGE, reason: 'zero_means_unknown' } : NO_USAGE;
  }
  if (meansUnknown(figures)) return { ...NO_USAGE, reason: 'zero_means_unknown' };
  const cache = cacheReading(fact, figures);
  const input = inputSide(fact, figures, cache, doubts);
  const output = outputSide(fact, figures, input.total, cache.disjoint, doubts);
  if (totalContradicts(figures, input.total, output.total)) doubts.push('total_contradicts');
  return {
    tokens: { ...NO_TOKENS, ...input.tokens, ...output.tokens },
    input_total: input.total,
    output_total: output.total,
    reason: reasonOf(fact, input.total, output.total),
    doubts,
    arithmetic: [input.words, output.words].filter((words) => words !== '').join('; '),
  };
}

/** Kinds of call that bill no output. */
const OUTPUTLESS: ReadonlySet<Kind> = new Set<Kind>(['embedding', 'rerank', 'retrieval']);

function reasonOf(fact: Fact, input: number | null, output: number | null): UsageReason {
  if (fact.marks.includes('estimate')) return 'emitter_estimate_only';
  if (input !== null && output !== null) return '';
  return OUTPUTLESS.has(fact.kind) ? '' : 'partial_usage';
}
