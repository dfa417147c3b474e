// The reconciliation of figures: each rule by the figures that real emitters wrote.

import { describe, expect, it } from 'vitest';
import type { Fact, Mark } from '../src/index.ts';
import { reconcile } from '../src/usage.ts';
import { figuresAgree } from '../src/usage/agreement.ts';
import { call } from './fact-builder.ts';

interface Case {
  readonly says: string;
  readonly given: Partial<Fact>;
  readonly tokens: Record<string, number | null>;
  readonly input_total: number | null;
  readonly output_total: number | null;
  readonly reason?: string;
  readonly doubts?: readonly string[];
}

const NOTHING = {
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  reasoning_tokens: null,
};
const ANTHROPIC_RAW = {
  ...NOTHING,
  input_tokens: 40,
  output_tokens: 30,
  cache_read_tokens: 80,
  cache_write_tokens: 20,
  cache_convention: 'unknown' as const,
};
const streamed: readonly Mark[] = ['answered', 'stream_plus_start'];

const CASES: readonly Case[] = [
  {
    says: 'rule 1: disjoint parts are added',
    given: {
      input_tokens: 40,
      cache_read_tokens: 80,
      output_tokens: 20,
      reasoning_tokens: 10,
      cache_convention: 'disjoint',
      reasoning_convention: 'excluded',
      total_tokens: 150,
    },
    tokens: { input_uncached: 40, cache_read: 80, output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
  },
  {
    says: 'rule 1: parts whose total is input and output lie inside them',
    given: { cache_convention: 'disjoint', total_tokens: 150 },
    tokens: { input_uncached: 40, cache_read: 80, output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
  },
  {
    says: 'rule 2: more cached than input proves that the cache is left out',
    given: { ...ANTHROPIC_RAW, cache_convention: 'included' },
    tokens: { input_uncached: 40, cache_read: 80, cache_write_5m: 20, output: 30 },
    input_total: 140,
    output_total: 30,
    doubts: ['cache_write_lifetime_unknown'],
  },
  {
    says: 'rule 2: a total that holds the cached tokens as well proves the same',
    given: {
      ...NOTHING,
      input_tokens: 100,
      output_tokens: 30,
      cache_read_tokens: 80,
      total_tokens: 210,
    },
    tokens: { input_uncached: 100, cache_read: 80, output: 30 },
    input_total: 180,
    output_total: 30,
  },
  {
    says: 'rule 2: input and output equal to the total prove nothing, the table holds',
    given: {
      ...NOTHING,
      input_tokens: 100,
      output_tokens: 30,
      cache_read_tokens: 80,
      total_tokens: 130,
      cache_convention: 'excluded',
    },
    tokens: { input_uncached: 100, cache_read: 80, output: 30 },
    input_total: 180,
    output_total: 30,
  },
  {
    says: 'rule 3: an included cache is taken out of the input',
    given: { ...ANTHROPIC_RAW, input_tokens: 140, cache_convention: 'included' },
    tokens: { input_uncached: 40, cache_read: 80, cache_write_5m: 20, output: 30 },
    input_total: 140,
    output_total: 30,
    doubts: ['cache_write_lifetime_unknown'],
  },
  {
    says: 'rule 4: an unknown convention is read as included',
    given: { cache_convention: 'unknown' },
    tokens: { input_uncached: 40, cache_read: 80, output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
  },
  {
    says: 'rule 5: reasoning beside the output is added',
    given: { output_tokens: 20, reasoning_convention: 'excluded' },
    tokens: { output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
  },
  {
    says: 'rule 5: the total proves that reasoning comes on top',
    given: { output_tokens: 20, total_tokens: 150 },
    tokens: { output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
  },
  {
    says: 'rule 5: the total proves that reasoning is inside',
    given: { total_tokens: 150, reasoning_convention: 'excluded' },
    tokens: { output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
  },
  {
    says: 'rule 5b: what the total has beyond input and output was reasoning',
    given: {
      output_tokens: 20,
      reasoning_tokens: null,
      total_tokens: 150,
      reasoning_convention: 'excluded',
    },
    tokens: { output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
  },
  {
    says: 'an output without its reasoning, where nothing tells that, is a lower bound',
    given: { reasoning_tokens: null, marks: ['leaves_reasoning_out'] },
    tokens: { output: 30, reasoning: null },
    input_total: 120,
    output_total: 30,
    doubts: ['output_may_exclude_reasoning'],
  },
  {
    says: 'a total that is input and output tells that there was no reasoning',
    given: { reasoning_tokens: null, total_tokens: 150, marks: ['leaves_reasoning_out'] },
    tokens: { output: 30, reasoning: null },
    input_total: 120,
    output_total: 30,
  },
  {
    says: 'rule 5b: reasoning that the total holds once less was added twice',
    given: { output_tokens: 40, total_tokens: 150 },
    tokens: { output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
    doubts: ['reasoning_added_twice'],
  },
  {
    says: 'rule 5b: an emitter that is known to add reasoning twice is believed without a total',
    given: { output_tokens: 40, reasoning_convention: 'twice' },
    tokens: { output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
    doubts: ['reasoning_added_twice'],
  },
  {
    says: 'rule 5b: its total says when it did not',
    given: { output_tokens: 40, total_tokens: 160, reasoning_convention: 'twice' },
    tokens: { output: 30, reasoning: 10 },
    input_total: 120,
    output_total: 40,
  },
  {
    says: 'rule 5: a total over the input as it was written proves it as well',
    given: {
      input_tokens: 40,
      output_tokens: 20,
      total_tokens: 70,
      cache_convention: 'excluded',
    },
    tokens: { input_uncached: 40, cache_read: 80, output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
  },
  {
    says: 'a total that no reading comes to is a doubt, and the parts stand',
    given: { total_tokens: 170 },
    tokens: { input_uncached: 40, cache_read: 80, output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
    doubts: ['total_contradicts'],
  },
  {
    says: 'a total beside half a call contradicts nothing',
    given: { ...NOTHING, input_tokens: 120, total_tokens: 150 },
    tokens: { input_uncached: 120, output: null },
    input_total: 120,
    output_total: null,
    reason: 'partial_usage',
    doubts: ['class_not_reported'],
  },
  {
    says: 'rule 6: cache writes by lifetime make up their sum',
    given: {
      ...ANTHROPIC_RAW,
      cache_write_tokens: null,
      cache_write_5m_tokens: 15,
      cache_write_1h_tokens: 5,
    },
    tokens: { input_uncached: 40, cache_read: 80, cache_write_5m: 15, cache_write_1h: 5 },
    input_total: 140,
    output_total: 30,
  },
  {
    says: 'rule 6: a split of zeros beside a written sum is no split',
    given: { ...ANTHROPIC_RAW, cache_write_5m_tokens: 0, cache_write_1h_tokens: 0 },
    tokens: { input_uncached: 40, cache_read: 80, cache_write_5m: 20, cache_write_1h: null },
    input_total: 140,
    output_total: 30,
    doubts: ['cache_write_lifetime_unknown'],
  },
  {
    says: 'rule 6: audio and images are parts of the whole',
    given: { audio_input_tokens: 15, image_input_tokens: 5, audio_output_tokens: 4 },
    tokens: {
      input_uncached: 20,
      audio_in: 15,
      image_in: 5,
      audio_out: 4,
      output: 16,
      reasoning: 10,
    },
    input_total: 120,
    output_total: 30,
  },
  {
    says: 'rule 6: no part is larger than its whole',
    given: { audio_input_tokens: 1000 },
    tokens: { input_uncached: 0, audio_in: 40, cache_read: 80 },
    input_total: 120,
    output_total: 30,
    doubts: ['parts_exceed_whole'],
  },
  {
    says: 'rule 9: zeros on both sides mean unknown',
    given: { ...NOTHING, input_tokens: 0, output_tokens: 0 },
    tokens: { input_uncached: null, output: null },
    input_total: null,
    output_total: null,
    reason: 'zero_means_unknown',
  },
  {
    says: 'rule 9: an input of 0 beside an output is not known',
    given: { ...NOTHING, input_tokens: 0, output_tokens: 30 },
    tokens: { input_uncached: null, output: 30 },
    input_total: null,
    output_total: 30,
    reason: 'partial_usage',
  },
  {
    says: 'rule 9: an output of 0 beside an input is not known',
    given: { output_tokens: 0, reasoning_tokens: null },
    tokens: { input_uncached: 40, cache_read: 80, output: null },
    input_total: 120,
    output_total: null,
    reason: 'partial_usage',
  },
  {
    says: 'rule 9: an answer that was refused holds nothing, and that is known',
    given: { output_tokens: 0, reasoning_tokens: null, finish_reasons: ['content_filter'] },
    tokens: { input_uncached: 40, cache_read: 80, output: 0 },
    input_total: 120,
    output_total: 0,
  },
  {
    says: 'rule 9: a cut stream bills what is known',
    given: { ...NOTHING, input_tokens: 140 },
    tokens: { input_uncached: 140, output: null },
    input_total: 140,
    output_total: null,
    reason: 'partial_usage',
    doubts: ['class_not_reported'],
  },
  {
    says: 'an embedding has no output, and that is all of it',
    given: { ...NOTHING, kind: 'embedding', input_tokens: 8 },
    tokens: { input_uncached: 8, output: null },
    input_total: 8,
    output_total: null,
  },
  {
    says: 'a class that the emitter never sends is null, and the rest holds the sum',
    given: { ...NOTHING, input_tokens: 120, output_tokens: 30 },
    tokens: { input_uncached: 120, cache_read: null, output: 30, reasoning: null },
    input_total: 120,
    output_total: 30,
    doubts: ['class_not_reported'],
  },
  {
    says: 'a stream’s opening count is taken off',
    given: { output_tokens: 31, marks: streamed, streaming: true },
    tokens: { output: 20, reasoning: 10 },
    input_total: 120,
    output_total: 30,
    doubts: ['stream_output_plus_start'],
  },
  {
    says: 'an estimate is marked as one',
    given: { marks: ['estimate'] },
    tokens: { input_uncached: 40 },
    input_total: 120,
    output_total: 30,
    reason: 'emitter_estimate_only',
  },
  {
    says: 'no figure at all is no usage, and no reason either',
    given: NOTHING,
    tokens: { input_uncached: null, output: null },
    input_total: null,
    output_total: null,
  },
];

describe('reconcile', () => {
  it.each(CASES)('$says', (row) => {
    const usage = reconcile(call(row.given));
    expect(usage.tokens).toMatchObject(row.tokens);
    expect(usage.input_total).toBe(row.input_total);
    expect(usage.output_total).toBe(row.output_total);
    expect(usage.reason).toBe(row.reason ?? '');
    expect(usage.doubts).toEqual(row.doubts ?? []);
  });
});

describe('figuresAgree (rule 8)', () => {
  const raw = call(ANTHROPIC_RAW);
  const cases: readonly [string, Partial<Fact>, Partial<Fact>, boolean][] = [
    ['equal figures', {}, {}, true],
    ['another input', {}, { input_tokens: 121 }, false],
    ['another output', {}, { output_tokens: 29 }, false],
    ['one side leaves the cache out', raw, { ...raw, input_tokens: 140 }, true],
    ['outputs apart by the reasoning', {}, { output_tokens: 20 }, true],
    ['one side unknown', {}, NOTHING, true],
    ['one side is an estimate', {}, { input_tokens: 7, marks: ['estimate'] }, true],
  ];
  it.each(cases)('%s', (_, a, b, agree) => {
    expect(figuresAgree(call(a), call(b))).toBe(agree);
    expect(figuresAgree(call(b), call(a))).toBe(agree);
  });
});
