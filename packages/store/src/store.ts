// The store: everything that is asked of ClickHouse, over one connection.

import { recordDeed, recordedDeeds, type AdminDeed, type RecordedDeed } from './administration.ts';
import { Adjustments, type BookingReport } from './bills/adjustments.ts';
import { ask } from './clickhouse/ask.ts';
import { freezeMonth, type FreezeReport, type FreezeRequest } from './bills/freeze.ts';
import { readBill, readMonths, type Bill, type BilledMonth } from './bills/bill.ts';
import { Connection, type StoreOptions } from './clickhouse/connection.ts';
import { AlertTable } from './planning/alert-table.ts';
import { BudgetTable } from './planning/budget-table.ts';
import {
  answersSince,
  storedAnswers,
  type AnsweredCall,
  type AnswersAsked,
  type AnswersPage,
  type StoredCall,
} from './quality/stored-answers.ts';
import { writeVerdicts, type JudgedCall } from './quality/verdict-table.ts';
import { Deletions } from './deletion/deletions.ts';
import { dirtySince, type DirtySweep, type DirtyTrace } from './settle/dirty-traces.ts';
import {
  createKey,
  findKey,
  keyUses,
  listKeys,
  recordKeyUses,
  revokeKey,
  validKeys,
  type StoredKey,
} from './keys.ts';
import {
  migrate,
  readMigrations,
  type MigrateOptions,
  type MigrationReport,
} from './schema/migrate.ts';
import type { Grouping, Period } from './usage/question.ts';
import type { QuestionName, Questions } from './usage/questions.ts';
import { recostPage, type RecostPage, type RecostRequest } from './bills/recost.ts';
import { applyStatements } from './schema/reader-statements.ts';
import { RollUps, type RollUpReport } from './usage/roll-up.ts';
import type { RollUpLevel } from './usage/roll-up-plan.ts';
import { settleTraces, type Settle, type SettleReport } from './settle/settle-traces.ts';
import { BLOCK_COLUMNS, type BlockTable } from './schema/tables.ts';
import { readTraceUnit } from './settle/trace-unit.ts';
import { UNIT_LIMITS, type Unit, type UnitLimits } from './settle/units.ts';
import type { Targets } from './usage/findings.ts';
import type { UsageRow } from './usage/usage-row.ts';
import { minuteSums } from './verify/verify-usage.ts';
import { repair, type RepairReport } from './verify/repair.ts';
import { verify, type VerifyReport } from './verify/verify.ts';
import {
  FACTS_PER_STEP,
  organisationsOf,
  verifyStep,
  type VerifyPeriod,
  type VerifyPlace,
  type VerifyStep,
} from './verify/verify-step.ts';
import { IN_FLIGHT_NS, readWatermark, writeWatermark, type Level } from './settle/watermarks.ts';

/** What `Store.keys` can do; see keys.ts. */
export interface KeyTable {
  readonly valid: () => Promise<StoredKey[]>;
  readonly list: (org_id: string, limit: number) => Promise<StoredKey[]>;
  readonly find: (org_id: string, key_id: string) => Promise<StoredKey | null>;
  readonly create: (key: StoredKey) => Promise<void>;
  readonly revoke: (key: StoredKey, now_s: number) => Promise<void>;
  readonly uses: () => Promise<Map<string, number>>;
  readonly recordUses: (key_ids: readonly string[], day: number) => Promise<void>;
}

const MIGRATION_LIMIT_MS = 24 * 3_600_000;
export const SWEEP_TRACES_MAX = 20_000;

export class Store {
  readonly #options: StoreOptions;
  readonly #connection: Connection;
  /** For what people ask: many slow questions must not keep settling and keys waiting. */
  readonly #asking: Connection;
  readonly #rollUps: RollUps;
  /** What was asked to be deleted, and the steps that carry it out. */
  readonly deletions: Deletions;
  readonly #adjustments: Adjustments;
  readonly budgets: BudgetTable;
  readonly alerts: AlertTable;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#connection = new Connection(options);
    this.#asking = new Connection(options);
    this.#rollUps = new RollUps(this.#connection);
    this.deletions = new Deletions(this.#connection, UNIT_LIMITS, (minutes) =>
      this.#rollUps.mark('minute', minutes),
    );
    this.#adjustments = new Adjustments(this.#connection);
    this.budgets = new BudgetTable(this.#connection);
    this.alerts = new AlertTable(this.#connection);
  }

  /** Brings the schema to this version; with dryRun only says what would run. */
  async migrate(options: MigrateOptions = {}): Promise<MigrationReport> {
    // A statement that copies a large table may take as long as it needs.
    const given = { ...this.#options, requestLimit_ms: MIGRATION_LIMIT_MS };
    const connection = new Connection(given);
    try {
      return await migrate(connection, await readMigrations(), options);
    } finally {
      await connection.close();
    }
  }

  /** Resolves when the rows are in the table; the same token makes a second sending harmless. */
  insertBlock(table: BlockTable, parts: readonly Uint8Array[], token: string): Promise<void> {
    return this.#connection.inserter.insert(table, BLOCK_COLUMNS[table], parts, token);
  }

  /** ClickHouse's clock in nanoseconds: the only clock that orders derived data. */
  serverTime(): Promise<bigint> {
    return this.#connection.serverTime();
  }

  /** Traces with facts that arrived since, a page at a time. */
  dirtySince(since_ns: bigint, traces_max: number = SWEEP_TRACES_MAX): Promise<DirtySweep> {
    return dirtySince(this.#connection, since_ns, traces_max);
  }

  /** Settles these traces and what belongs to them, and marks the minutes that changed. */
  async settle(
    dirty: readonly DirtyTrace[],
    settle: Settle,
    limits: UnitLimits = UNIT_LIMITS,
  ): Promise<SettleReport> {
    const report = await settleTraces(this.#connection, dirty, settle, limits);
    this.#rollUps.mark('minute', report.minutes);
    return report;
  }

  /** Settles a page of a period's traces with the book of today, or tells what that would do. */
  async recost(request: RecostRequest, settle: Settle): Promise<RecostPage> {
    const page = await recostPage(this.#connection, request, settle, UNIT_LIMITS);
    this.#rollUps.mark('minute', page.minutes);
    return page;
  }

  /** What one trace is settled with: the trace itself and its context. */
  traceUnit(org_id: string, trace_id: string): Promise<Unit | null> {
    return readTraceUnit(this.#asking, org_id, trace_id);
  }

  /** Recomputes what is dirty at a level, and now and then what others left dirty. */
  rollUp(level: RollUpLevel): Promise<RollUpReport> {
    return this.#rollUps.run(level);
  }

  /** Books what frozen months have more or less than what they were billed with. */
  bookAdjustments(): Promise<BookingReport> {
    return this.#adjustments.run();
  }

  /** Days of frozen months that changed and wait for the next booking. */
  get adjustmentsWaiting(): number {
    return this.#adjustments.waiting;
  }

  /** Keeps a month of an organisation as it is, once all that is known of it is derived. */
  freezeMonth(request: FreezeRequest, settle: Settle): Promise<FreezeReport> {
    return freezeMonth(this.#connection, this.#rollUps, request, settle, UNIT_LIMITS);
  }

  bill(asked: Period & Grouping & { readonly limit?: number }): Promise<Bill> {
    return readBill(this.#connection, asked);
  }

  /** The months of an organisation, frozen or not, with what was and is to be booked of each. */
  billedMonths(org_id: string): Promise<BilledMonth[]> {
    return readMonths(this.#connection, org_id);
  }

  /** The next roll-up of each level also sums what other replicas settled. */
  sweepRollUps(): void {
    this.#rollUps.sweepNext();
  }

  /** Keys that wait at a level in this process. */
  pending(level: RollUpLevel): number {
    return this.#rollUps.pending(level);
  }

  /** How often a key that waits did not fit and was left to a sweep. */
  get rollUpOverflow(): number {
    return this.#rollUps.overflowed;
  }

  watermark(level: Level): Promise<bigint> {
    return readWatermark(this.#connection, level);
  }

  /** `seen_ns`: everything visible at that time has been derived; what was in flight has not. */
  setWatermark(level: Level, seen_ns: bigint): Promise<void> {
    const watermark = seen_ns > IN_FLIGHT_NS ? seen_ns - IN_FLIGHT_NS : 0n;
    return writeWatermark(this.#connection, level, watermark);
  }

  /** Model calls that were settled since, a page at a time. */
  answersSince(asked: AnswersAsked, calls_max: number): Promise<AnswersPage> {
    return answersSince(this.#connection, asked, calls_max);
  }

  /** What is stored of the answers of some calls of one organisation, in their order. */
  storedAnswers(org_id: string, calls: readonly AnsweredCall[]): Promise<StoredCall[]> {
    return storedAnswers(this.#connection, org_id, calls);
  }

  writeVerdicts(judged: readonly JudgedCall[], judged_at: bigint): Promise<void> {
    return writeVerdicts(this.#connection, judged, judged_at);
  }

  ask<Name extends QuestionName>(
    name: Name,
    parameters: Questions[Name]['parameters'],
  ): Promise<Questions[Name]['row'][]> {
    return ask(this.#asking, name, parameters);
  }

  /** Rolls up what this process knows to be dirty, then compares every level with its facts. */
  async verify(period: VerifyPeriod, settle: Settle): Promise<VerifyReport> {
    for (const level of ['minute', 'hour', 'day'] as const) await this.#rollUps.run(level);
    return verify(this.#connection, period, settle);
  }

  /** A part of a period, of about so many facts, from a place on; rolls nothing up before. */
  verifyStep(
    period: VerifyPeriod,
    place: VerifyPlace | null,
    settle: Settle,
    facts_max: number = FACTS_PER_STEP,
  ): Promise<VerifyStep> {
    return verifyStep(this.#connection, period, place, settle, UNIT_LIMITS, facts_max);
  }

  /** Organisations with facts or sums in a period. */
  organisations(from_s: number, to_s: number): Promise<string[]> {
    return organisationsOf(this.#connection, from_s, to_s);
  }

  /** By model, from the minutes alone: what every answer about a period must say. */
  minuteSums(period: VerifyPeriod): Promise<UsageRow[]> {
    return minuteSums(this.#connection, period);
  }

  /** Settles and computes again what a verification found. */
  repair(targets: Targets, settle: Settle): Promise<RepairReport> {
    return repair(this.#connection, this.#rollUps, targets, settle, UNIT_LIMITS);
  }

  /** Runs statements about users, which need the right to manage access. */
  applyStatements(statements: readonly string[]): Promise<void> {
    return applyStatements(this.#connection, statements);
  }

  /** The keys in ClickHouse, by their hashes. */
  get keys(): KeyTable {
    const connection = this.#connection;
    return {
      valid: () => validKeys(connection),
      list: (org_id, limit) => listKeys(connection, org_id, limit),
      find: (org_id, key_id) => findKey(connection, org_id, key_id),
      create: (key) => createKey(connection, key),
      revoke: (key, now_s) => revokeKey(connection, key, now_s),
      uses: () => keyUses(connection),
      recordUses: (key_ids, day) => recordKeyUses(connection, key_ids, day),
    };
  }

  recordDeed(deed: AdminDeed): Promise<void> {
    return recordDeed(this.#connection, deed);
  }

  /** What admins did, the latest first. */
  deeds(org_id: string, limit: number): Promise<RecordedDeed[]> {
    return recordedDeeds(this.#connection, org_id, limit);
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.close(), this.#asking.close()]);
  }
}

export function openStore(options: StoreOptions): Store {
  return new Store(options);
}
