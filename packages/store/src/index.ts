// Everything ClickHouse: schema, inserts, settling, roll-ups, questions, readers.

export type { AdminDeed, RecordedDeed } from './administration.ts';
export type { BookingReport } from './bills/adjustments.ts';
export type { RunPlaceRow, RunStartRow } from './usage/by-hand-questions.ts';
export type {
  ToolCalledRow,
  ToolRequestRow,
  ToolResultSizeRow,
  ToolSetRow,
} from './usage/tool-questions.ts';
export type {
  GenerationDayRow,
  GenerationRow,
  GenerationUserRow,
} from './usage/generation-questions.ts';
export type { Bill, BilledMonth } from './bills/bill.ts';
export type { AdjustmentRow } from './bills/bill-row.ts';
export type { GroupedSums, Sums } from './usage/sums-row.ts';
export {
  INSERT_CONNECTIONS_MAX,
  QUERY_CONNECTIONS_MAX,
  type StoreOptions,
} from './clickhouse/connection.ts';
export {
  DELETION_KINDS,
  type Deletion,
  type DeletionKind,
  type DeletionRequest,
  type DeletionState,
} from './deletion/deletion.ts';
export type { DeletionCounts, Deletions } from './deletion/deletions.ts';
export type { DirtySweep, DirtyTrace } from './settle/dirty-traces.ts';
export {
  DIFFERENCES_MAX,
  VERIFY_LEVELS,
  identityOf,
  type Difference,
  type Targets,
  type VerifyLevel,
} from './usage/findings.ts';
export { ANSWER_BYTES_MAX, ANSWERS_READ_MAX, type AnsweredCall } from './quality/stored-answers.ts';
export type { JudgedCall } from './quality/verdict-table.ts';
export { WHY_ROWS_MAX, WHY_TRACES_MAX } from './usage/why-questions.ts';
export type { PoorAnswerRow, QualityRow } from './usage/quality-questions.ts';
export { FairMarks } from './settle/fair-marks.ts';
export { KEY_LIMITS, type StoredKey } from './keys.ts';
export {
  BUDGET_SCOPES,
  BUDGETS_MAX,
  type Budget,
  type BudgetScope,
} from './planning/budget-table.ts';
export {
  MESSAGE_STATES,
  OPEN_INCIDENTS_MAX,
  RULES_MAX,
  SEVERITIES,
  type AlertRule,
  type Incident,
  type MessageState,
  type Severity,
  type StoredRule,
} from './planning/alert-table.ts';
export type { CombinationRow, SpendingDay, SpendingRow } from './usage/planning-questions.ts';
export { readMonth, type Month } from './bills/month.ts';
export type { FreezeReport, FreezeRequest, OpenWork } from './bills/freeze.ts';
export type { MigrateOptions, MigrationReport } from './schema/migrate.ts';
export type {
  ErrorGroup,
  ExecutionAt,
  ExecutionEvent,
  ExecutionFilters,
  ModelCall,
  ModelCallFilters,
  SpanDetail,
  StatusCount,
} from './usage/execution-questions.ts';
export type { Grouping, Period, TraceParameters } from './usage/question.ts';
export {
  QUESTIONS,
  readGrouping,
  type CoverageRow,
  type FreshnessRow,
  type QuestionName,
  type Questions,
  type TraceRow,
  type UnpricedRow,
  type UsageStep,
} from './usage/questions.ts';
export { SqlReader, type ReaderOptions, type SqlAnswer } from './schema/reader-sql.ts';
export { readerStatements, type ReaderPlan } from './schema/reader-statements.ts';
export {
  keyReaderName,
  PUBLIC_VIEWS,
  READER_LIMITS,
  readerName,
  SPAN_TABLES,
  usersXml,
  type Owner,
  type Reader,
  type ReaderLimits,
} from './schema/readers.ts';
export type { RecostPage, RecostPlace, RecostRequest } from './bills/recost.ts';
export type { FrozenDifference, ModelDifference } from './bills/recost-differences.ts';
export type { RepairReport } from './verify/repair.ts';
export type { RemovalReport } from './deletion/removal.ts';
export { PENDING_KEYS_MAX, type RollUpReport } from './usage/roll-up.ts';
export type { RollUpLevel } from './usage/roll-up-plan.ts';
export type { Settle, SettleReport } from './settle/settle-traces.ts';
export { openStore, SWEEP_TRACES_MAX, type KeyTable, type Store } from './store.ts';
export { BLOCK_COLUMNS, type BlockTable } from './schema/tables.ts';
export { UNIT_LIMITS, type Unit, type UnitLimits } from './settle/units.ts';
export { DIMENSIONS, type Dimension } from './usage/usage-columns.ts';
export type { UsageRow } from './usage/usage-row.ts';
export type { VerifyReport } from './verify/verify.ts';
export type { VerifyPeriod, VerifyPlace, VerifyStep } from './verify/verify-step.ts';
export type { Level } from './settle/watermarks.ts';
