// Every question that may be asked, each with its file, its parameters and its row. REST routes,
// commands and panels are ways to ask these; each answers for one organisation.

import {
  COVERAGE_DOUBTS,
  DOUBTS,
  EXECUTION_COLUMNS,
  FACT_COLUMNS,
  LEDGER_COLUMNS,
  SpanledgerError,
  type ExecutionRow,
  type Fact,
  type LedgerRow,
  type MetricSum,
} from '@spanledger/ledger';
import { count, counts, integer, nullable, readRow, text } from '../clickhouse/field.ts';
import { readAdjustmentRow, type AdjustmentRow } from '../bills/bill-row.ts';
import { BY_HAND_QUESTIONS, type ByHandQuestions } from './by-hand-questions.ts';
import { GENERATION_QUESTIONS, type GenerationQuestions } from './generation-questions.ts';
import { TOOL_QUESTIONS, type ToolQuestions } from './tool-questions.ts';
import { WASTE_QUESTIONS, type WasteQuestions } from './waste-questions.ts';
import { WHY_QUESTIONS, type WhyQuestions } from './why-questions.ts';
import { QUALITY_QUESTIONS, type QualityQuestions } from './quality-questions.ts';
import { EXECUTION_QUESTIONS, type ExecutionQuestions } from './execution-questions.ts';
import { PLANNING_QUESTIONS, type PlanningQuestions } from './planning-questions.ts';
import {
  reader,
  type Grouping,
  type Limit,
  type Period,
  type Question,
  type TraceParameters,
} from './question.ts';
import { readGroupedSums, readSums, type GroupedSums, type Sums } from './sums-row.ts';
import { DIMENSIONS, type Dimension } from './usage-columns.ts';
import { readUsageRow, type UsageRow } from './usage-row.ts';

export interface UsageStep extends UsageRow {
  readonly time_s: number;
}

export interface CoverageRow {
  readonly calls: number;
  readonly with_usage: number;
  readonly priced: number;
  readonly reasons: Readonly<Record<string, number>>;
  /** How many records or traces carry each doubt that takes something from the figures. */
  readonly doubts: Readonly<Record<string, number>>;
  /** Spans that name GenAI and that no dialect claims, by scope. */
  readonly unclaimed_spans: Readonly<Record<string, number>>;
}

export interface TraceRow {
  readonly trace_id: string;
  readonly facts: number;
  readonly first_ns: bigint;
  readonly last_ns: bigint;
}

/** Calls without a cost, by what a price is found by. */
export interface UnpricedRow {
  readonly provider: string;
  readonly model: string;
  readonly service_tier: string;
  readonly cost_reason: string;
  /** The row that was found and could not price them; '' where none was. */
  readonly price_id: string;
  readonly calls: number;
  readonly input: number;
  readonly output: number;
  readonly last_ns: bigint;
  readonly last_trace_id: string;
}

/** Null for a step that has not happened yet. */
export interface FreshnessRow {
  readonly last_span_end_ns: bigint | null;
  readonly ingested_ns: bigint | null;
  readonly settled_ns: bigint | null;
  readonly rolled_up_ns: bigint | null;
}

export interface FrozenMonthRow {
  readonly month: string;
  readonly frozen_ns: bigint;
  readonly frozen_by: string;
}

/** One part of what there is to say of a month. */
export interface MonthSumsRow {
  readonly month: string;
  readonly part: string;
  readonly sums: Sums;
}

/** Name of a question → what it takes and the row it answers with. */
export interface Questions
  extends
    ByHandQuestions,
    ExecutionQuestions,
    GenerationQuestions,
    PlanningQuestions,
    QualityQuestions,
    ToolQuestions,
    WasteQuestions,
    WhyQuestions {
  usage: { parameters: Period & Grouping & Limit; row: UsageRow };
  usage_over_time: {
    parameters: Period & Grouping & Limit & { readonly step_s: number };
    row: UsageStep;
  };
  totals: { parameters: Period; row: UsageRow };
  coverage: { parameters: Period; row: CoverageRow };
  unpriced: { parameters: Period & Limit; row: UnpricedRow };
  recent_runs: { parameters: Period & Limit; row: ExecutionRow };
  recent_traces: { parameters: Period & Limit; row: TraceRow };
  trace_rows: { parameters: TraceParameters; row: LedgerRow };
  trace_executions: { parameters: TraceParameters; row: ExecutionRow };
  trace_facts: { parameters: TraceParameters; row: Fact };
  freshness: { parameters: TraceParameters; row: FreshnessRow };
  metric_usage: { parameters: Period; row: MetricSum };
  billed: { parameters: Period & Grouping & Limit; row: GroupedSums };
  adjustments: { parameters: Period & Grouping & Limit; row: AdjustmentRow };
  frozen_months: { parameters: { readonly org: string }; row: FrozenMonthRow };
  month_sums: { parameters: { readonly org: string }; row: MonthSumsRow };
}

export type QuestionName = keyof Questions;

const DOUBTS_OF_TRACES = [...COVERAGE_DOUBTS].filter((doubt) => DOUBTS[doubt].on === 'trace');

export const QUESTIONS: { readonly [Name in QuestionName]: Question<Questions[Name]['row']> } = {
  usage: { answer: readUsageRow },
  usage_over_time: {
    answer: (row) => ({ time_s: count(row['time_s'], 'time_s'), ...readUsageRow(row) }),
  },
  totals: { answer: readUsageRow },
  coverage: {
    answer: reader({
      ...{ calls: count, with_usage: count, priced: count },
      ...{ reasons: counts, doubts: counts, unclaimed_spans: counts },
    }),
    values: { doubts: [...COVERAGE_DOUBTS], doubts_of_traces: DOUBTS_OF_TRACES },
  },
  unpriced: {
    answer: reader({
      ...{ provider: text, model: text, service_tier: text, cost_reason: text, price_id: text },
      ...{ calls: count, input: count, output: count, last_ns: integer, last_trace_id: text },
    }),
  },
  recent_runs: { answer: 'native', columns: EXECUTION_COLUMNS },
  recent_traces: {
    answer: reader({ trace_id: text, facts: count, first_ns: integer, last_ns: integer }),
  },
  trace_rows: { answer: 'native', columns: LEDGER_COLUMNS },
  trace_executions: { answer: 'native', columns: EXECUTION_COLUMNS },
  trace_facts: { answer: 'native', columns: FACT_COLUMNS },
  freshness: {
    answer: reader({
      last_span_end_ns: nullable(integer),
      ingested_ns: nullable(integer),
      settled_ns: nullable(integer),
      rolled_up_ns: nullable(integer),
    }),
  },
  metric_usage: {
    answer: reader({
      ...{ org_id: text, service_name: text, scope_name: text, dialect: text, provider: text },
      ...{ request_model: text, response_model: text, quantity: text, cache_convention: text },
      ...{ reasoning_convention: text, temporality: text, value: integer },
    }),
  },
  billed: { answer: readGroupedSums },
  adjustments: { answer: readAdjustmentRow },
  frozen_months: { answer: reader({ month: text, frozen_ns: integer, frozen_by: text }) },
  ...BY_HAND_QUESTIONS,
  ...GENERATION_QUESTIONS,
  ...EXECUTION_QUESTIONS,
  ...QUALITY_QUESTIONS,
  ...TOOL_QUESTIONS,
  ...WASTE_QUESTIONS,
  ...WHY_QUESTIONS,
  ...PLANNING_QUESTIONS,
  month_sums: {
    answer: (row) => ({ ...readRow({ month: text, part: text }, row), sums: readSums(row) }),
  },
};

/** The names that a person may group by, in any order, each once. */
export function readGrouping(names: readonly string[]): Dimension[] {
  const grouping: Dimension[] = [];
  for (const name of names) {
    const dimension = DIMENSIONS.find((one) => one === name);
    if (dimension === undefined) {
      const detail = `group by ${name.slice(0, 40)}; allowed: ${DIMENSIONS.join(', ')}`;
      throw new SpanledgerError('invalid_parameter', detail);
    }
    if (!grouping.includes(dimension)) grouping.push(dimension);
  }
  return grouping;
}
