// The questions about answers: how good they are, and which are poor.

import { count, counts, integer, money, nullable, text } from '../clickhouse/field.ts';
import type { Field } from '../clickhouse/field.ts';
import { reader, type Grouping, type Limit, type Period, type Question } from './question.ts';

/** Answers of model calls that did not fail. Scores are from 0 to 1. */
export interface QualityRow {
  /** The dimensions that were asked for. */
  readonly group: Readonly<Record<string, string>>;
  readonly answers: number;
  /** Answers with a verdict: what the figures below are of. */
  readonly judged: number;
  /** Answers that call tools and say nothing need no verdict. */
  readonly tool_calls: number;
  /** Something is stored, but withheld or cut off. */
  readonly unreadable: number;
  readonly valid: number;
  /** The mean; null where nothing is judged. */
  readonly score: number | null;
  readonly errors: Readonly<Record<string, number>>;
  readonly warnings: Readonly<Record<string, number>>;
  /** The mean of those whose length is known. */
  readonly words: number | null;
}

export interface PoorAnswerRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly event_id: string;
  readonly start_ns: bigint;
  readonly agent_name: string;
  readonly execution_id: string;
  readonly conversation_id: string;
  readonly model: string;
  readonly source: string;
  readonly score: number;
  readonly valid: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly words: number | null;
  readonly cost_usd: bigint | null;
}

export interface QualityQuestions {
  quality: { parameters: Period & Grouping & Limit; row: QualityRow };
  poor_answers: {
    parameters: Period & Limit & { readonly threshold: number };
    row: PoorAnswerRow;
  };
}

const number: Field<number> = (value, name) => {
  const read = Number(value);
  if (value === null || !Number.isFinite(read)) throw new TypeError(`cannot read ${name}`);
  return read;
};
const truth: Field<boolean> = (value) => value === true || value === 1;
const texts: Field<readonly string[]> = (value, name) => {
  if (!Array.isArray(value)) throw new TypeError(`cannot read ${name}: it is not a list`);
  return value.map((each) => String(each));
};

const sums = reader<Omit<QualityRow, 'group'>>({
  ...{ answers: count, judged: count, tool_calls: count, unreadable: count, valid: count },
  ...{ score: nullable(number), errors: counts, warnings: counts, words: nullable(number) },
});

export const QUALITY_QUESTIONS: {
  readonly [Name in keyof QualityQuestions]: Question<QualityQuestions[Name]['row']>;
} = {
  quality: {
    answer: (row) => {
      const own = sums(row);
      const names = Object.keys(row).filter((name) => !Object.hasOwn(own, name));
      const group = Object.fromEntries(names.map((name) => [name, String(row[name])]));
      return { group, ...own };
    },
  },
  poor_answers: {
    answer: reader({
      ...{ trace_id: text, span_id: text, event_id: text, start_ns: integer, agent_name: text },
      ...{ execution_id: text, conversation_id: text, model: text, source: text, score: number },
      ...{ valid: truth, errors: texts, warnings: texts, words: nullable(count) },
      cost_usd: nullable(money),
    }),
    own: { threshold: 0 },
  },
};
