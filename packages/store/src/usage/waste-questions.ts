// The question about waste: what was paid for nothing, or may have been.

import { count, money, nullable, text, type Field } from '../clickhouse/field.ts';
import { reader, type Limit, type Period, type Question } from './question.ts';

/** Fewer tokens than this no provider caches. */
const CACHEABLE_TOKENS = 1_024;
/** As long as the shortest caches of providers live. */
const CACHE_S = 300;

export interface WasteRow {
  /** `any`: all calls that a rule found, each once; it names no agent and no model. */
  readonly rule: string;
  readonly agent_name: string;
  readonly model: string;
  readonly calls: number;
  /** Of these, those whose cost is not known and so not in the sum. */
  readonly unpriced: number;
  /** Of the calls, which is not always what could be saved. */
  readonly cost_usd: bigint | null;
  /** The dearest, at most three. */
  readonly evidence: readonly { readonly trace_id: string; readonly span_id: string }[];
}

export interface WasteQuestions {
  waste: { parameters: Period & Limit; row: WasteRow };
}

const places: Field<WasteRow['evidence']> = (value, name) => {
  if (!Array.isArray(value)) throw new TypeError(`cannot read ${name}: it is not a list`);
  return value.map((one: readonly unknown[]) => ({
    trace_id: text(one[0], name),
    span_id: text(one[1], name),
  }));
};

export const WASTE_QUESTIONS: {
  readonly [Name in keyof WasteQuestions]: Question<WasteQuestions[Name]['row']>;
} = {
  waste: {
    answer: reader<WasteRow>({
      ...{ rule: text, agent_name: text, model: text, calls: count, unpriced: count },
      ...{ cost_usd: nullable(money), evidence: places },
    }),
    own: { cacheable_tokens: CACHEABLE_TOKENS, cache_s: CACHE_S },
  },
};
