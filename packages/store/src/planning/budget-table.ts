// The budgets in ClickHouse: set, removed and read as a whole, because an organisation has few.

import { PERIOD_KINDS, SpanledgerError, usd, type PeriodKind } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import { integer, money, nullable, text } from '../clickhouse/field.ts';

/** What a budget is of: the organisation itself, or one of its agents, users, models or tools. */
export const BUDGET_SCOPES = ['organisation', 'agent', 'user', 'model', 'tool'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

export interface Budget {
  readonly org_id: string;
  /** What it is called, once in an organisation. */
  readonly name: string;
  readonly scope: BudgetScope;
  /** The agent, user, model or tool; '' for the organisation. */
  readonly subject: string;
  readonly period: PeriodKind;
  /** A name of the IANA list. */
  readonly time_zone: string;
  /** In 10⁻¹² dollars; null where tokens are limited. */
  readonly limit_usd: bigint | null;
  readonly limit_tokens: bigint | null;
  /** Whoever asks before its work is told to leave it when nothing remains. */
  readonly stops: boolean;
  /** The id of the key that set it. */
  readonly set_by: string;
}

/** Budgets of an organisation. */
export const BUDGETS_MAX = 200;

const COLUMNS = `org_id, name, scope, subject, period, time_zone, limit_usd,
  limit_tokens, stops, set_by`;

export class BudgetTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** By name. */
  async list(org_id: string): Promise<Budget[]> {
    const rows = await this.#connection.rows(
      `SELECT ${COLUMNS} FROM budgets FINAL WHERE org_id = {org:String} AND NOT is_removed
       ORDER BY name LIMIT {limit:UInt32}`,
      { org: org_id, limit: BUDGETS_MAX },
    );
    return rows.map(budgetOf);
  }

  /** Organisations that have budgets. */
  async organisations(): Promise<string[]> {
    const rows = await this.#connection.rows(
      'SELECT DISTINCT org_id FROM budgets FINAL WHERE NOT is_removed ORDER BY org_id',
    );
    return rows.map((row) => text(row['org_id'], 'org_id'));
  }

  /** In the place of the one of that name. Throws `too_many_budgets`. */
  async set(budget: Budget): Promise<void> {
    const known = await this.list(budget.org_id);
    if (known.length >= BUDGETS_MAX && !known.some(({ name }) => name === budget.name)) {
      throw new SpanledgerError('too_many_budgets', `limit: ${BUDGETS_MAX} an organisation`);
    }
    await this.#write(budget, false);
  }

  remove(budget: Budget): Promise<void> {
    return this.#write(budget, true);
  }

  async #write(budget: Budget, is_removed: boolean): Promise<void> {
    const { limit_usd, limit_tokens, ...rest } = budget;
    await this.#connection.command(
      `INSERT INTO budgets (${COLUMNS}, is_removed)
       SELECT {org_id:String}, {name:String}, {scope:String}, {subject:String}, {period:String},
         {time_zone:String}, toDecimal128OrNull({limit_usd:String}, 12),
         toUInt64OrNull({limit_tokens:String}), {stops:Bool}, {set_by:String}, {is_removed:Bool}`,
      {
        ...rest,
        limit_usd: usd(limit_usd) ?? '',
        limit_tokens: String(limit_tokens ?? ''),
        is_removed,
      },
    );
  }
}

function budgetOf(row: Readonly<Record<string, unknown>>): Budget {
  const known = <T extends string>(list: readonly T[], name: string): T => {
    const found = list.find((one) => one === row[name]);
    if (found === undefined) throw new TypeError(`cannot read ${name}: ${String(row[name])}`);
    return found;
  };
  return {
    org_id: text(row['org_id'], 'org_id'),
    name: text(row['name'], 'name'),
    scope: known(BUDGET_SCOPES, 'scope'),
    subject: text(row['subject'], 'subject'),
    period: known(PERIOD_KINDS, 'period'),
    time_zone: text(row['time_zone'], 'time_zone'),
    limit_usd: nullable(money)(row['limit_usd'], 'limit_usd'),
    limit_tokens: nullable(integer)(row['limit_tokens'], 'limit_tokens'),
    stops: row['stops'] === true,
    set_by: text(row['set_by'], 'set_by'),
  };
}
