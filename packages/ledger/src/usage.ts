// From the figures as an emitter wrote them to disjoint classes of tokens. Each rule is a small
// function; what was decided is kept in words, so that a person can check the sum.

import type { Doubt, UsageReason } from './doubts.ts';
import type { Fact } from './fact.ts';
import { TOKEN_CLASSES, type Tokens } from './ledger-row.ts';

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

/** The figures after aliases were coalesced; null is "not said". */
interface Figures {
  readonly input: number | null;
  readonly output: number | null;
  readonly total: number | null;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  /** Cache reads and writes together. */
  readonly cached: number;
  readonly reasoning: number | null;
}

interface Side {
  readonly tokens: Partial<Tokens>;
  readonly total: number | null;
  readonly words: string;
}

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
  return {
    tokens: { ...NO_TOKENS, ...input.tokens, ...output.tokens },
    input_total: input.total,
    output_total: output.total,
    reason: reasonOf(fact, input.total, output.total),
    doubts,
    arithmetic: [input.words, output.words].filter((words) => words !== '').join('; '),
  };
}

function figuresOf(fact: Fact, doubts: Doubt[]): Figures {
  const cacheWrite = fact.cache_write_tokens ?? sumOfLifetimes(fact);
  return {
    input: fact.input_tokens,
    output: withoutStreamStart(fact, doubts),
    total: fact.total_tokens,
    cacheRead: fact.cache_read_tokens,
    cacheWrite,
    cached: (fact.cache_read_tokens ?? 0) + (cacheWrite ?? 0),
    reasoning: fact.reasoning_tokens,
  };
}

/** Rule 6: a missing sum of cache writes is the sum of its lifetimes. */
function sumOfLifetimes(fact: Fact): number | null {
  const { cache_write_5m_tokens: short, cache_write_1h_tokens: long } = fact;
  return short === null && long === null ? null : (short ?? 0) + (long ?? 0);
}

/** Rule 9: input and output both 0 mean that the emitter did not know. */
function meansUnknown(figures: Figures): boolean {
  return (figures.input ?? 0) + (figures.output ?? 0) + figures.cached === 0;
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

interface CacheReading {
  readonly included: boolean;
  readonly disjoint: boolean;
  readonly why: string;
}

/** Rules 1 to 4: proof by arithmetic first, then what is known of the emitter, then "included". */
function cacheReading(fact: Fact, figures: Figures): CacheReading {
  if (fact.cache_convention === 'disjoint' && !partsAreInside(figures)) {
    return { included: false, disjoint: true, why: 'the emitter writes disjoint parts' };
  }
  const proof = proofOfExclusion(figures);
  if (proof !== '') return { included: false, disjoint: false, why: proof };
  if (fact.cache_convention === 'excluded') {
    return { included: false, disjoint: false, why: 'the emitter leaves cached tokens out' };
  }
  return { included: true, disjoint: false, why: '' };
}

/** Parts whose total is just input and output lie inside those two. */
function partsAreInside(figures: Figures): boolean {
  return figures.total !== null && (figures.input ?? 0) + (figures.output ?? 0) === figures.total;
}

/** Rule 2: R + W > I, or I + O + R + W = T, only when the input leaves its cache out. */
function proofOfExclusion(figures: Figures): string {
  const { cached, total } = figures;
  const input = figures.input ?? 0;
  if (cached === 0) return '';
  if (cached > input) return `cached ${cached} > input ${input}`;
  if (total !== null && input + (figures.output ?? 0) + cached === total) {
    return `the total ${total} holds cached ${cached} as well`;
  }
  return '';
}

/** Rules 1 and 3: cached and modal tokens are added to the input, or taken out of it. */
function inputSide(fact: Fact, figures: Figures, cache: CacheReading, doubts: Doubt[]): Side {
  const { input, cached, cacheRead } = figures;
  if (input === null && cached === 0) return { tokens: {}, total: null, words: '' };
  if (cacheRead === null && fact.kind === 'llm') doubts.push('class_not_reported');
  const text = input === null ? null : cache.included ? Math.max(input - cached, 0) : input;
  const parts = withParts(text, fact.audio_input_tokens, fact.image_input_tokens, cache.disjoint);
  const writes = lifetimesOf(fact, figures.cacheWrite, doubts);
  const tokens = {
    input_uncached: parts.rest,
    cache_read: cacheRead,
    ...writes,
    audio_in: parts.audio,
    image_in: parts.image,
  };
  const total = text === null ? null : parts.sum + cached;
  const why = cache.why === '' ? '' : ` (${cache.why})`;
  const words = `input ${total ?? 'unknown'} = ${said(tokens)}${why}`;
  return { tokens, total, words };
}

/** Rules 5 and 6: reasoning inside the output or beside it; parts are never more than the whole. */
function outputSide(
  fact: Fact,
  figures: Figures,
  input_total: number | null,
  disjoint: boolean,
  doubts: Doubt[],
): Side {
  const { output } = figures;
  if (output === null) return { tokens: {}, total: null, words: '' };
  const reading = reasoningReading(fact, figures, input_total, disjoint);
  const whole = reading.whole;
  const reasoning = reading.reasoning === null ? null : Math.min(reading.reasoning, whole);
  if (reading.reasoning !== reasoning) doubts.push('reasoning_exceeds_output');
  const text = whole - (reasoning ?? 0);
  const parts = withParts(text, fact.audio_output_tokens, fact.image_output_tokens, disjoint);
  const tokens = { output: parts.rest, reasoning, audio_out: parts.audio, image_out: parts.image };
  const total = parts.sum + (reasoning ?? 0);
  const why = reading.why === '' ? '' : ` (${reading.why})`;
  return { tokens, total, words: `output ${total} = ${said(tokens)}${why}` };
}

interface ReasoningReading {
  readonly whole: number;
  readonly reasoning: number | null;
  readonly why: string;
}

/** Rule 5 and 5b, with I + O + Q = T as the proof that reasoning comes on top. */
function reasoningReading(
  fact: Fact,
  figures: Figures,
  input_total: number | null,
  disjoint: boolean,
): ReasoningReading {
  const { input, total, reasoning } = figures;
  const output = figures.output ?? 0;
  const sum = (input_total ?? input ?? 0) + output;
  if (reasoning === null || reasoning === 0) {
    if (fact.reasoning_convention === 'excluded' && total !== null && total > sum) {
      const rest = total - sum;
      return { whole: output + rest, reasoning: rest, why: `total ${total} − ${sum}` };
    }
    return { whole: output, reasoning, why: '' };
  }
  const on_top = { whole: output + reasoning, reasoning, why: 'reasoning comes on top' };
  const inside = { whole: output, reasoning, why: '' };
  if (disjoint || reasoning > output || total === sum + reasoning) return on_top;
  if (total !== null && total === sum) return inside;
  return fact.reasoning_convention === 'excluded' ? on_top : inside;
}

interface Parts {
  readonly rest: number | null;
  readonly audio: number | null;
  readonly image: number | null;
  readonly sum: number;
}

/** Audio and image are parts of the whole, or, where the emitter writes disjoint parts, beside it. */
function withParts(
  whole: number | null,
  audio: number | null,
  image: number | null,
  disjoint: boolean,
): Parts {
  if (whole === null) return { rest: null, audio: null, image: null, sum: 0 };
  if (disjoint) return { rest: whole, audio, image, sum: whole + (audio ?? 0) + (image ?? 0) };
  const heard = audio === null ? null : Math.min(audio, whole);
  const seen = image === null ? null : Math.min(image, whole - (heard ?? 0));
  return { rest: whole - (heard ?? 0) - (seen ?? 0), audio: heard, image: seen, sum: whole };
}

/** Cache writes by lifetime; what the emitter does not split is booked as the shorter one. */
function lifetimesOf(
  fact: Fact,
  written: number | null,
  doubts: Doubt[],
): Pick<Tokens, 'cache_write_5m' | 'cache_write_1h'> {
  const { cache_write_5m_tokens: short, cache_write_1h_tokens: long } = fact;
  if (written === null) return { cache_write_5m: null, cache_write_1h: null };
  const split = (short ?? 0) + (long ?? 0);
  if (written > 0 && split !== written) doubts.push('cache_write_lifetime_unknown');
  if (split === 0) return { cache_write_5m: written, cache_write_1h: written === 0 ? long : null };
  const kept = Math.min(long ?? 0, written);
  return { cache_write_5m: written - kept, cache_write_1h: long === null ? null : kept };
}

function reasonOf(fact: Fact, input: number | null, output: number | null): UsageReason {
  if (fact.marks.includes('estimate')) return 'emitter_estimate_only';
  if (input !== null && output !== null) return '';
  return fact.kind === 'llm' ? 'partial_usage' : '';
}

function said(tokens: Partial<Tokens>): string {
  return Object.entries(tokens)
    .filter(([, count]) => count !== null)
    .map(([name, count]) => `${name} ${count}`)
    .join(' + ');
}

/**
 * Rule 8: two records tell of equal figures when their inputs agree under either cache reading of
 * either side, and their outputs agree or differ by just the reasoning.
 */
export function figuresAgree(a: Fact, b: Fact): boolean {
  if (isLoose(a) || isLoose(b)) return true;
  return inputsAgree(a, b) && outputsAgree(a, b);
}

function isLoose(fact: Fact): boolean {
  return fact.marks.includes('estimate') || fact.marks.includes('stream_plus_start');
}

function inputsAgree(a: Fact, b: Fact): boolean {
  if (a.input_tokens === null || b.input_tokens === null) return true;
  const other = inputReadings(b);
  return inputReadings(a).some((reading) => other.includes(reading));
}

function inputReadings(fact: Fact): readonly number[] {
  const input = fact.input_tokens ?? 0;
  const written = fact.cache_write_tokens ?? sumOfLifetimes(fact) ?? 0;
  return [input, input + (fact.cache_read_tokens ?? 0) + written];
}

function outputsAgree(a: Fact, b: Fact): boolean {
  if (a.output_tokens === null || b.output_tokens === null) return true;
  const apart = Math.abs(a.output_tokens - b.output_tokens);
  return apart === 0 || apart === a.reasoning_tokens || apart === b.reasoning_tokens;
}
