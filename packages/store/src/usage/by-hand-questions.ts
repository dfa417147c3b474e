// The questions that what is told by hand asks before it is written: where a run lies, and how it began.

import { count, integer, text, type Field } from '../clickhouse/field.ts';
import { reader, type Question } from './question.ts';

export interface RunPlaceRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly start_ns: bigint;
  readonly ended: boolean;
  /** The ids of its entries that have one; at most a thousand. */
  readonly entries: readonly string[];
}

export interface RunStartRow {
  readonly service_name: string;
  readonly environment: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface ByHandQuestions {
  run_place: {
    parameters: { readonly org: string; readonly execution: string };
    row: RunPlaceRow;
  };
  run_start: {
    parameters: {
      readonly org: string;
      readonly trace: string;
      readonly span: string;
      readonly start_ns: string;
    };
    row: RunStartRow;
  };
}

const yes: Field<boolean> = (value, name) => count(value, name) === 1;
const texts: Field<readonly string[]> = (value, name) =>
  (value as unknown[]).map((one) => text(one, name));
const textMap: Field<Readonly<Record<string, string>>> = (value, name) =>
  Object.fromEntries(
    Object.entries(value as object).map(([key, one]) => [key, text(one, `${name}.${key}`)]),
  );

export const BY_HAND_QUESTIONS: {
  readonly [Name in keyof ByHandQuestions]: Question<ByHandQuestions[Name]['row']>;
} = {
  run_place: {
    answer: reader({
      ...{ trace_id: text, span_id: text, start_ns: integer, ended: yes, entries: texts },
    }),
    own: { execution: '' },
  },
  run_start: {
    answer: reader({ service_name: text, environment: text, attributes: textMap }),
    own: { span: '', start_ns: '0' },
  },
};
