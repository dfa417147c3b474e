// Whether an emitter's input figure holds its cached tokens: proof by arithmetic first, then what is
// known of the emitter, then "included".

import type { Fact } from '../fact.ts';
import type { Figures } from './figures.ts';
import type { ReadBecause } from './rules.ts';

export interface CacheReading {
  readonly included: boolean;
  readonly disjoint: boolean;
  /** '' where nothing had to be decided. */
  readonly why: ReadBecause | '';
}

/** Rules 1 to 4. */
export function cacheReading(fact: Fact, figures: Figures): CacheReading {
  if (fact.cache_convention === 'disjoint' && !partsAreInside(figures)) {
    return { included: false, disjoint: true, why: 'rule 1: the emitter writes disjoint parts' };
  }
  const proof = proofOfExclusion(figures);
  if (proof !== '') return { included: false, disjoint: false, why: `rule 2: ${proof}` };
  if (fact.cache_convention === 'excluded') {
    const why = figures.cached === 0 ? '' : 'rule 3: the emitter leaves cached tokens out';
    return { included: false, disjoint: false, why };
  }
  const guessed = fact.cache_convention === 'unknown' && figures.cached > 0;
  const why = guessed ? 'rule 4: an unknown emitter is read as holding its cached tokens' : '';
  return { included: true, disjoint: false, why };
}

/** Rule 1: parts whose total is just input and output lie inside those two. */
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
