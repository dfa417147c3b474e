// Everything ClickHouse: schema, inserts, settling, roll-ups, questions, readers.

export type { BookingReport } from './adjustments.ts';
export type { Bill, BilledMonth } from './bill.ts';
export type { AdjustmentRow } from './bill-row.ts';
export type { GroupedSums, Sums } from './sums-row.ts';
export { INSERT_CONNECTIONS_MAX, QUERY_CONNECTIONS_MAX, type StoreOptions } from './connection.ts';
export {
  DELETION_KINDS,
  type Deletion,
  type DeletionKind,
  type DeletionRequest,
  type DeletionState,
} from './deletion.ts';
export type { DeletionCounts, Deletions } from './deletions.ts';
export type { DirtySweep, DirtyTrace } from './dirty-traces.ts';
export {
  DIFFERENCES_MAX,
  VERIFY_LEVELS,
  identityOf,
  type Difference,
  type Targets,
  type VerifyLevel,
} from './findings.ts';
export { FairMarks } from './fair-marks.ts';
export { KEY_LIMITS, type StoredKey } from './keys.ts';
export { readMonth, type Month } from './month.ts';
export type { FreezeReport, FreezeRequest, OpenWork } from './freeze.ts';
export type { MigrateOptions, MigrationReport } from './migrate.ts';
export {
  QUESTIONS,
  readGrouping,
  type CoverageRow,
  type FreshnessRow,
  type Grouping,
  type Period,
  type QuestionName,
  type Questions,
  type TraceParameters,
  type TraceRow,
  type UnpricedRow,
  type UsageStep,
} from './questions.ts';
export { SqlReader, type ReaderOptions, type SqlAnswer } from './reader-sql.ts';
export { readerStatements, type ReaderPlan } from './reader-statements.ts';
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
} from './readers.ts';
export type { RecostPage, RecostPlace, RecostRequest } from './recost.ts';
export type { FrozenDifference, ModelDifference } from './recost-differences.ts';
export type { RepairReport } from './repair.ts';
export type { RemovalReport } from './removal.ts';
export { PENDING_KEYS_MAX, type RollUpReport } from './roll-up.ts';
export type { RollUpLevel } from './roll-up-plan.ts';
export type { Settle, SettleReport } from './settle-traces.ts';
export { openStore, SWEEP_TRACES_MAX, type KeyTable, type Store } from './store.ts';
export { BLOCK_COLUMNS, type BlockTable } from './tables.ts';
export { UNIT_LIMITS, type Unit, type UnitLimits } from './units.ts';
export { DIMENSIONS, type Dimension } from './usage-columns.ts';
export type { UsageRow } from './usage-row.ts';
export type { VerifyReport } from './verify.ts';
export type { VerifyPeriod, VerifyPlace, VerifyStep } from './verify-step.ts';
export type { Level } from './watermarks.ts';
