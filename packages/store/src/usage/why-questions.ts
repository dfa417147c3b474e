// The questions behind why an agent did not run: what is known of a conversation, and of the agent in
// others.

import type { Habit, WhyRow } from '@spanledger/ledger';
import { count, integer, text, type Field } from '../clickhouse/field.ts';
import { reader, type Limit, type Period, type Question } from './question.ts';

/** Traces of a conversation that are looked at; of more, not all is known. */
export const WHY_TRACES_MAX = 1_000;
/** Runs, events and traces together. */
export const WHY_ROWS_MAX = 10_000;
/** The latest runs from which habits are told. */
const HABIT_RUNS_MAX = 1_000;

interface OfConversation {
  readonly conversation: string;
}

export interface WhyQuestions {
  why_conversation: { parameters: Period & Limit & OfConversation; row: WhyRow };
  why_habits: {
    parameters: Period & Limit & OfConversation & { readonly agent: string };
    row: Habit;
  };
}

const pairs: Field<Readonly<Record<string, string>>> = (value, name) => {
  if (typeof value !== 'object' || value === null) throw new TypeError(`cannot read ${name}`);
  return value as Readonly<Record<string, string>>;
};

export const WHY_QUESTIONS: {
  readonly [Name in keyof WhyQuestions]: Question<WhyQuestions[Name]['row']>;
} = {
  why_conversation: {
    answer: reader<WhyRow>({
      ...{ what: text, event: text, time_ns: integer, trace_id: text, span_id: text },
      ...{ execution_id: text, agent_name: text, service_name: text, status: text },
      ...{ error_type: text, stage: text, attributes: pairs },
    }),
    own: { conversation: '', traces_max: WHY_TRACES_MAX },
  },
  why_habits: {
    answer: reader<Habit>({
      ...{ how: text, service_name: text, entry_agent: text, parent_agent: text },
      ...{ times: count, last_ns: integer },
    }),
    own: { conversation: '', agent: '', runs_max: HABIT_RUNS_MAX },
  },
};
