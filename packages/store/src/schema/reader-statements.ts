// The same readers for a ClickHouse of the operator's own, as statements. Each may run again, and in
// their order no user ever has a right before the filter that goes with it.

import type { Connection } from '../clickhouse/connection.ts';
import {
  literal,
  passwordHash,
  READER_LIMITS,
  tablesOf,
  userOf,
  type Reader,
  type ReaderLimits,
} from './readers.ts';

const PROFILE = 'spanledger_reader';

export interface ReaderPlan {
  readonly database: string;
  /** The service's own user: a table with filters for some may hide its rows from all others. */
  readonly owner: string;
  readonly readers: readonly (Reader & { readonly expires_s?: number | null })[];
  /** Users of keys that ended. */
  readonly gone: readonly string[];
  readonly limits?: ReaderLimits;
}

export function readerStatements(plan: ReaderPlan): string[] {
  const { database, owner, readers, gone } = plan;
  const all = tablesOf({ org_id: '', password: '', spans: true });
  const place = (table: string): string => `${name(database)}.${name(table)}`;
  const statements = [profile(plan.limits ?? READER_LIMITS)];
  if (readers.length > 0) {
    for (const { table } of all) {
      statements.push(
        `CREATE ROW POLICY OR REPLACE spanledger_owner ON ${place(table)} FOR SELECT USING 1 TO ${name(owner)}`,
      );
    }
  }
  for (const reader of readers) {
    const user = name(userOf(reader));
    const policy = name(`spanledger_${userOf(reader)}`);
    statements.push(
      `CREATE USER OR REPLACE ${user} IDENTIFIED WITH sha256_hash BY ${literal(passwordHash(reader))}` +
        `${until(reader.expires_s ?? null)} SETTINGS PROFILE ${literal(PROFILE)}`,
    );
    for (const { table, column } of tablesOf(reader)) {
      statements.push(
        `CREATE ROW POLICY OR REPLACE ${policy} ON ${place(table)} FOR SELECT ` +
          `USING ${column} = ${literal(reader.org_id)} TO ${user}`,
        `GRANT SELECT ON ${place(table)} TO ${user}`,
      );
    }
  }
  for (const user of gone) {
    statements.push(`DROP USER IF EXISTS ${name(user)}`);
    for (const { table } of all) {
      const policy = name(`spanledger_${user}`);
      statements.push(`DROP ROW POLICY IF EXISTS ${policy} ON ${place(table)}`);
    }
  }
  return statements;
}

/** Runs them in order as the service's own user, which must be allowed to manage access. */
export async function applyStatements(
  connection: Connection,
  statements: readonly string[],
): Promise<void> {
  for (const statement of statements) {
    await connection.command(statement, {}, { anyDatabase: true });
  }
}

/** Panels send max_execution_time and additional_table_filters with every query. */
function profile(limits: ReaderLimits): string {
  const { result_rows_max, memory_bytes, execution_s, execution_max_s } = limits;
  const settings = [
    'readonly = 1',
    `max_result_rows = ${result_rows_max}`,
    `max_memory_usage = ${memory_bytes}`,
    `max_memory_usage_for_user = ${2 * memory_bytes}`,
    `max_execution_time = ${execution_s} MAX ${execution_max_s} CHANGEABLE_IN_READONLY`,
    'additional_table_filters CHANGEABLE_IN_READONLY',
    'output_format_json_quote_64bit_integers = 1',
    'output_format_json_quote_decimals = 1',
  ];
  return `CREATE SETTINGS PROFILE OR REPLACE ${name(PROFILE)} SETTINGS ${settings.join(', ')}`;
}

function until(expires_s: number | null): string {
  if (expires_s === null) return '';
  const time = new Date(expires_s * 1_000).toISOString().slice(0, 19).replace('T', ' ');
  return ` VALID UNTIL '${time} UTC'`;
}

function name(text: string): string {
  return `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
