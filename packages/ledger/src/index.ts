// The door of the ledger: the pure core from OTLP bytes to settled rows.

export type { Column, ColumnType, ColumnValues } from './column.ts';
export {
  COST_REASONS,
  COVERAGE_DOUBTS,
  DOUBTS,
  USAGE_REASONS,
  type CostReason,
  type Doubt,
  type DoubtMeaning,
  type DoubtPlace,
  type UsageReason,
} from './doubts.ts';
export { meaningOf, meaningsOf } from './meanings.ts';
export { ERRORS, SpanledgerError, type ErrorCode } from './errors.ts';
export {
  FACT_COLUMNS,
  type CacheConvention,
  type Fact,
  type Kind,
  type Mark,
  type ReasoningConvention,
  type Signal,
  type SpanKind,
  type Status,
} from './fact.ts';
export {
  EXECUTION_COLUMNS,
  INPUT_CLASSES,
  LEDGER_COLUMNS,
  OUTPUT_CLASSES,
  TOKEN_CLASSES,
  type ExecutionRow,
  type LedgerRow,
  type Role,
  type TokenClass,
  type Tokens,
} from './ledger-row.ts';
export { settle, type Settlement } from './settle/settle.ts';
export { looksLikeCall } from './settle/calls.ts';
export { surroundingsOf, type Surroundings } from './settle/connections.ts';
export {
  isBeside,
  isSum,
  loneSums,
  Places,
  ServiceTimes,
  type Outline,
  type Underway,
} from './settle/lone-sums.ts';
export { mayTellOneCall, namesConversation, REACH_NS, seeksOthers } from './settle/surroundings.ts';
export { bundledPriceBook, type PriceBookOptions } from './bundled-price-book.ts';
export {
  holdsAt,
  isOrdinaryTier,
  type ClassPrices,
  type DatedPrice,
  type NoPrice,
  type Price,
  type PriceBook,
  type PriceQuery,
  type PriceTier,
} from './price-book.ts';
export { inCurrency, NO_OWN_PRICES, type DisplayCurrency, type OwnPrices } from './own-prices.ts';
export { describePrice, type DescribedPrice, type PriceDescription } from './price-description.ts';
export { readPriceFile } from './price-file.ts';
export type { Account, AccountMetric, Refused } from './account-contract.ts';
export { account } from './account.ts';
export type { Refusal } from './decoded-requests.ts';
export { usd } from './usd.ts';
export {
  budgetStatus,
  type BudgetStatus,
  type BurnWindow,
  type Spending,
} from './planning/budget-status.ts';
export { forecast, type Forecast } from './planning/forecast.ts';
export {
  isTimeZone,
  localDay,
  localPeriod,
  PERIOD_KINDS,
  startOfDay,
  type LocalPeriod,
  type PeriodKind,
} from './planning/local-period.ts';
export {
  BY_HAND_SCOPE,
  callAttributes,
  endAttributes,
  entryAttributes,
  lastEvent,
  runAttributes,
  RUN_EVENT_PREFIX,
  RUN_EVENTS,
  startAttributes,
  startedRun,
  TOLD_TOKENS,
  type ToldAttributes,
  type ToldCall,
  type ToldEnd,
  type ToldEntry,
  type ToldError,
  type ToldGeneration,
  type ToldRunEvent,
  type ToldStart,
} from './dialects/by-hand.ts';
export { GENERATION_CONTENT } from './dialects/generation-content.ts';
export { costParts, type CostPart } from './cost.ts';
export { explain, type ExplainedSpan, type Explanation } from './explain.ts';
export { parseRequests, type OtlpRequest, type UnusableEntry } from './requests.ts';
export { Block, readFacts, readMetricPoints, type BlockMark, type BlockTable } from './block.ts';
export { SLACK_BYTES } from './bytes.ts';
export { decodeTraces, type Body, type Sender } from './decode.ts';
export { LIMITS, type DecodeLimits, type Limit, type LimitName } from './limits.ts';
export { CONTENT_COLUMNS } from './content-table.ts';
export { LOG_COLUMNS } from './log-table.ts';
export { splitByDays, type SplitSignal } from './split-days.ts';
export { decodeLogs } from './logs.ts';
export { isOrganisation } from './organisation.ts';
export { attributeNames } from './dialect.ts';
export { DIALECT_NAMES } from './dialects/index.ts';
export { UNCLAIMED } from './dialects/plumbing.ts';
export { decodeMetrics } from './metrics.ts';
export {
  METRIC_POINT_COLUMNS,
  type MetricPoint,
  type MetricQuantity,
  type Temporality,
} from './metric-point.ts';
export { metricSums, metricUsage, type MetricSum, type MetricUsage } from './metric-usage.ts';
export type { Adjustment, Receipt, RefusalReason, TouchedTrace } from './receipt.ts';
export { TRACE_COLUMNS } from './span-table.ts';
export { PROMPTS, RESPONSES } from './dialects/content-places.ts';
export { ANSWER_EVENTS, ANSWER_PATTERN, REQUEST_PATTERN } from './dialects/answer-names.ts';
export { judgeAnswer, type AnswerQuality } from './quality/answer-quality.ts';
export { verdictOn, type StoredAnswer, type Verdict } from './quality/stored-answer.ts';
export { encodeRows } from './value-columns.ts';
export { why } from './why/why.ts';
export {
  SURENESS,
  WHY_VERDICTS,
  type Evidence,
  type Habit,
  type Sureness,
  type Unseen,
  type Why,
  type WhyFinding,
  type WhyRow,
  type WhyVerdict,
} from './why/evidence.ts';
