// The questions about generations: requests to make an agent, how they went and what they used.

import {
  count,
  integer,
  money,
  nullable,
  text,
  type Field,
  type RowOf,
} from '../clickhouse/field.ts';
import { reader, type Limit, type Period, type Question } from './question.ts';

const number: Field<number> = (value, name) => {
  const read = Number(value);
  if (value === null || !Number.isFinite(read)) throw new TypeError(`cannot read ${name}`);
  return read;
};
const flag: Field<boolean> = (value) => value === true || value === 1;
const pairs: Field<Readonly<Record<string, string>>> = (value, name) => {
  if (typeof value !== 'object' || value === null) throw new TypeError(`cannot read ${name}`);
  return value as Readonly<Record<string, string>>;
};

const CLASSES = {
  ...{ input_uncached: nullable(count), cache_read: nullable(count) },
  ...{ cache_write_5m: nullable(count), cache_write_1h: nullable(count) },
  ...{ audio_in: nullable(count), image_in: nullable(count), output: nullable(count) },
  ...{ reasoning: nullable(count), audio_out: nullable(count), image_out: nullable(count) },
} as const;
const COVERAGE = { calls: count, calls_with_usage: count, calls_priced: count } as const;
const GENERATION = {
  ...{ generation_id: text, execution_id: text, trace_id: text, span_id: text },
  ...{ start_ns: integer, end_ns: nullable(integer), last_seen_ns: integer, service_name: text },
  ...{ agent_name: text, conversation_id: text, user_id: text, existing_agent_id: text },
  ...{ is_update: nullable(flag), model: text, status: text, error_type: text },
  ...{ error_message: text, generation_time_ms: nullable(number), retry_count: nullable(count) },
  ...{ validation_error_count: nullable(count), ...COVERAGE, ...CLASSES },
  cost_usd: nullable(money),
} as const;
const COUNTS = { successful: count, failed: count, running: count, abandoned: count } as const;
const OF_USER = {
  ...{ user_id: text, generations: count, ...COUNTS, ...COVERAGE },
  ...{ input_total: nullable(count), output_total: nullable(count), cost_usd: nullable(money) },
} as const;
const OF_DAY = {
  ...{ day: text, requests: count, ...COUNTS, average_time_ms: nullable(number) },
  ...{ average_retries: nullable(number), success_rate: nullable(number) },
} as const;
const CONTENT = { content: pairs } as const;

/** One generation; of one that runs what is known so far. */
export type GenerationRow = RowOf<typeof GENERATION>;
export type GenerationUserRow = RowOf<typeof OF_USER>;
/** `success_rate` from 0 to 1. */
export type GenerationDayRow = RowOf<typeof OF_DAY>;

interface Asked extends Period, Limit {
  readonly user?: string;
  /** Without a sign of life for so long, what is not over counts as abandoned. */
  readonly abandoned_ms: number;
}

export interface GenerationQuestions {
  generations: {
    parameters: Asked & {
      readonly generation?: string;
      readonly before_ns?: string;
      readonly before_trace?: string;
      readonly before_span?: string;
    };
    row: GenerationRow;
  };
  generations_by_user: { parameters: Asked; row: GenerationUserRow };
  generations_by_day: { parameters: Asked; row: GenerationDayRow };
  generation_content: {
    parameters: Limit & {
      readonly org: string;
      readonly trace: string;
      readonly span: string;
      readonly hours: readonly number[];
      readonly names: readonly string[];
    };
    row: RowOf<typeof CONTENT>;
  };
}

const ASKED = { user: '', abandoned_ms: 0 };

export const GENERATION_QUESTIONS: {
  readonly [Name in keyof GenerationQuestions]: Question<GenerationQuestions[Name]['row']>;
} = {
  generations: {
    answer: reader(GENERATION),
    own: { ...ASKED, generation: '', before_ns: '0', before_trace: '', before_span: '' },
  },
  generations_by_user: { answer: reader(OF_USER), own: ASKED },
  generations_by_day: { answer: reader(OF_DAY), own: ASKED },
  generation_content: { answer: reader(CONTENT), own: { span: '', hours: [], names: [] } },
};
