// Numbered, forward-only migrations, one replica at a time. ClickHouse undoes nothing of what was done
// before an error, so every statement may be run again: a migration that was interrupted anywhere is
// run again from its first statement, and recorded with its checksum after its last.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SpanledgerError } from '@spanledger/ledger';
import type { Connection } from '../clickhouse/connection.ts';
import { LEASE_MS, withMigrationLock } from './migration-lock.ts';

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
const FOLDER = new URL('../../migrations/', import.meta.url);
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

export interface MigrateOptions {
  /** Only says what would run. */
  readonly dryRun?: boolean;
  /** The last migration to run, for a database of an earlier version. */
  readonly through?: number;
  /** How long a replica that migrates may be silent before another takes over. */
  readonly lease_ms?: number;
}

/** Throws `schema_mismatch` for a database that a newer or another version made. */
export async function migrate(
  connection: Connection,
  migrations: readonly Migration[],
  { dryRun = false, through = Infinity, lease_ms = LEASE_MS }: MigrateOptions = {},
): Promise<MigrationReport> {
  const known = migrations.filter(({ number }) => number <= through);
  const report = async (): Promise<Split> => split(migrations, known, await readRecord(connection));
  const before = await report();
  if (dryRun || before.pending.length === 0) return namesOf(before);
  await connection.command(
    'CREATE DATABASE IF NOT EXISTS {database:Identifier}',
    { database: connection.database },
    { anyDatabase: true },
  );
  return withMigrationLock(connection, lease_ms, async () => {
    // Another may have done it meanwhile.
    const now = await report();
    await apply(connection, now.pending);
    return namesOf(now);
  });
}

interface Split {
  readonly pending: readonly Migration[];
  readonly applied: readonly Migration[];
}

function namesOf({ pending, applied }: Split): MigrationReport {
  return { pending: pending.map(({ name }) => name), applied: applied.map(({ name }) => name) };
}

function split(
  all: readonly Migration[],
  known: readonly Migration[],
  recorded: ReadonlyMap<number, Recorded>,
): Split {
  const changed = all.find(({ number, checksum }) => {
    const applied = recorded.get(number);
    return applied !== undefined && applied.checksum !== checksum;
  });
  if (changed !== undefined) {
    const detail = `migration ${changed.name} was changed after it had been applied`;
    throw new SpanledgerError('schema_mismatch', detail);
  }
  const numbers = new Set(all.map(({ number }) => number));
  const unknown = [...recorded].filter(([number]) => !numbers.has(number)).map(([, one]) => one);
  if (unknown.length > 0) {
    const newest = all.at(-1)?.name ?? 'none';
    const names = unknown.map(({ name }) => name).join(', ');
    const detail = `the database is newer than this program: it has ${names}, the program ends at ${newest}`;
    throw new SpanledgerError('schema_mismatch', detail);
  }
  return {
    pending: known.filter(({ number }) => !recorded.has(number)),
    applied: known.filter(({ number }) => recorded.has(number)),
  };
}

interface Recorded {
  readonly name: string;
  readonly checksum: string;
}

/** By number; empty where nothing was ever migrated. Creates nothing. */
async function readRecord(connection: Connection): Promise<Map<number, Recorded>> {
  const [exists] = await connection.rows(
    `SELECT count() AS tables FROM system.tables
     WHERE database = {database:String} AND name = 'schema_migrations'`,
    { database: connection.database },
    { anyDatabase: true },
  );
  if (Number(exists?.['tables']) === 0) return new Map();
  const rows = await connection.rows(
    'SELECT number, name, checksum FROM schema_migrations FINAL ORDER BY number',
  );
  return new Map(
    rows.map(({ number, name, checksum }) => [
      Number(number),
      { name: String(name), checksum: String(checksum) },
    ]),
  );
}

async function apply(connection: Connection, pending: readonly Migration[]): Promise<void> {
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
