// Numbered, forward-only migrations. Every statement may be run again, so one that was interrupted
// anywhere is simply run again from its first statement; a migration is recorded after its last.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SpanledgerError } from '@spanledger/ledger';
import type { Connection } from './connection.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
  readonly statements: readonly string[];
}

export interface MigrationReport {
  /** Names of what was run, or would be run. */
  readonly pending: readonly string[];
  readonly applied: readonly string[];
}

// Beside src and dist alike.
const FOLDER = new URL('../migrations/', import.meta.url);
const FILE_NAME = /^(\d{3})_[a-z0-9_]+\.sql$/;

const RECORD_TABLE = `
CREATE TABLE IF NOT EXISTS schema_migrations
(
    number UInt32,
    name String,
    checksum String,
    applied_at DateTime64(9) DEFAULT now64(9)
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY number`;

export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(fileURLToPath(FOLDER))).filter((name) => FILE_NAME.test(name));
  return Promise.all(
    names.toSorted().map(async (name) => {
      const text = await readFile(new URL(name, FOLDER), 'utf8');
      return {
        number: Number(name.slice(0, 3)),
        name,
        checksum: createHash('sha256').update(text).digest('hex'),
        statements: statementsOf(text),
      };
    }),
  );
}

/** A statement ends with a semicolon at the end of a line. */
export function statementsOf(text: string): string[] {
  const withoutComments = text.replaceAll(/^--.*$/gm, '');
  return withoutComments
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

export async function migrate(
  connection: Connection,
  migrations: readonly Migration[],
  options: { readonly dryRun?: boolean } = {},
): Promise<MigrationReport> {
  const recorded = await readRecord(connection);
  for (const migration of migrations) {
    const checksum = recorded.get(migration.number);
    if (checksum !== undefined && checksum !== migration.checksum) {
      const detail = `migration ${migration.name} was changed after it had been applied`;
      throw new SpanledgerError('schema_mismatch', detail);
    }
  }
  const newest = Math.max(0, ...migrations.map(({ number }) => number));
  const unknown = [...recorded.keys()].filter((number) => number > newest);
  if (unknown.length > 0) {
    const detail = `the database is at migration ${Math.max(...unknown)}, this version at ${newest}`;
    throw new SpanledgerError('schema_mismatch', detail);
  }
  const pending = migrations.filter(({ number }) => !recorded.has(number));
  const applied = migrations.filter(({ number }) => recorded.has(number));
  if (options.dryRun !== true && pending.length > 0) await apply(connection, pending);
  return { pending: pending.map(({ name }) => name), applied: applied.map(({ name }) => name) };
}

/** Checksums by number; empty where nothing was ever migrated. Creates nothing. */
async function readRecord(connection: Connection): Promise<Map<number, string>> {
  const [exists] = await connection.rows(
    `SELECT count() AS tables FROM system.tables
     WHERE database = {database:String} AND name = 'schema_migrations'`,
    { database: connection.database },
    { anyDatabase: true },
  );
  if (Number(exists?.['tables']) === 0) return new Map();
  const rows = await connection.rows('SELECT number, checksum FROM schema_migrations FINAL');
  return new Map(rows.map((row) => [Number(row['number']), String(row['checksum'])]));
}

async function apply(connection: Connection, pending: readonly Migration[]): Promise<void> {
  await connection.command(
    'CREATE DATABASE IF NOT EXISTS {database:Identifier}',
    { database: connection.database },
    { anyDatabase: true },
  );
  await connection.command(RECORD_TABLE);
  for (const { number, name, checksum, statements } of pending) {
    for (const statement of statements) await connection.command(statement);
    await connection.command(
      `INSERT INTO schema_migrations (number, name, checksum)
       SELECT {number:UInt32}, {name:String}, {checksum:String}`,
      { number, name, checksum },
    );
  }
}
