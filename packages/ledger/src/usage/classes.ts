// From a whole to its disjoint classes: cached, written by lifetime, audio, image, and the rest.

import type { Doubt } from '../doubts.ts';
import type { Fact } from '../fact.ts';
import type { Tokens } from '../ledger-row.ts';
import type { CacheReading } from './cache-reading.ts';
import type { Figures } from './figures.ts';
import { reasoningReading } from './reasoning-reading.ts';

export interface Side {
  readonly tokens: Partial<Tokens>;
  readonly total: number | null;
  readonly words: string;
}

const NOTHING_SAID: Side = { tokens: {}, total: null, words: '' };

/** Rules 1 and 3: cached and modal tokens are added to the input, or taken out of it. */
export function inputSide(
  fact: Fact,
  figures: Figures,
  cache: CacheReading,
  doubts: Doubt[],
): Side {
  const { input, cached, cacheRead } = figures;
  if (input === null && cached === 0) return NOTHING_SAID;
  if (cacheRead === null && fact.kind === 'llm') doubts.push('class_not_reported');
  const text = input === null ? null : cache.included ? Math.max(input - cached, 0) : input;
  const modal = { audio: fact.audio_input_tokens, image: fact.image_input_tokens };
  const parts = withParts(text, modal, cache.disjoint, doubts);
  const tokens = {
    input_uncached: parts.rest,
    cache_read: cacheRead,
    ...lifetimesOf(fact, figures.cacheWrite, doubts),
    audio_in: parts.audio,
    image_in: parts.image,
  };
  const total = text === null ? null : parts.sum + cached;
  return { tokens, total, words: `input ${total ?? 'unknown'} = ${said(tokens)}${why(cache.why)}` };
}

/** Rules 5 and 6: reasoning inside the output or beside it; parts are never more than the whole. */
export function outputSide(
  fact: Fact,
  figures: Figures,
  input_total: number | null,
  disjoint: boolean,
  doubts: Doubt[],
): Side {
  const { output } = figures;
  if (output === null) return NOTHING_SAID;
  const reading = reasoningReading(fact, { figures, output, input_total, disjoint }, doubts);
  const whole = reading.whole;
  const reasoning = reading.reasoning === null ? null : Math.min(reading.reasoning, whole);
  if (reading.reasoning !== reasoning) doubts.push('reasoning_exceeds_output');
  const modal = { audio: fact.audio_output_tokens, image: fact.image_output_tokens };
  const parts = withParts(whole - (reasoning ?? 0), modal, disjoint, doubts);
  const tokens = { output: parts.rest, reasoning, audio_out: parts.audio, image_out: parts.image };
  const total = parts.sum + (reasoning ?? 0);
  return { tokens, total, words: `output ${total} = ${said(tokens)}${why(reading.why)}` };
}

interface Modal {
  readonly audio: number | null;
  readonly image: number | null;
}

interface Parts extends Modal {
  readonly rest: number | null;
  readonly sum: number;
}

/** Audio and image are parts of the whole, or, where the emitter writes disjoint parts, beside it. */
function withParts(
  whole: number | null,
  { audio, image }: Modal,
  disjoint: boolean,
  doubts: Doubt[],
): Parts {
  if (whole === null) return { rest: null, audio: null, image: null, sum: 0 };
  if (disjoint) return { rest: whole, audio, image, sum: whole + (audio ?? 0) + (image ?? 0) };
  const heard = audio === null ? null : Math.min(audio, whole);
  const seen = image === null ? null : Math.min(image, whole - (heard ?? 0));
  if (heard !== audio || seen !== image) doubts.push('parts_exceed_whole');
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

function said(tokens: Partial<Tokens>): string {
  let words = '';
  for (const [name, count] of Object.entries(tokens)) {
    if (count !== null) words += words === '' ? `${name} ${count}` : ` + ${name} ${count}`;
  }
  return words;
}

function why(words: string): string {
  return words === '' ? '' : ` (${words})`;
}
