// Migrations: fresh, again, dry, interrupted anywhere, altered, from a newer version.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import { migrate, readMigrations, statementsOf, type Migration } from '../src/schema/migrate.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const CREATED = /^CREATE (?:OR REPLACE )?(?:MATERIALIZED )?(?:TABLE|VIEW) (?:IF NOT EXISTS )?(\w+)/;

const tables = async (inside: Connection): Promise<string[]> =>
  (
    await inside.rows(
      'SELECT name FROM system.tables WHERE database = {database:String} ORDER BY name',
      { database: inside.database },
      { anyDatabase: true },
    )
  ).map((row) => String(row['name']));

test('a fresh database gets all, a second run does nothing', async () => {
  const { store, inside } = server.connect('fresh');
  const names = (await readMigrations()).map(({ name }) => name);
  expect(await store.migrate()).toEqual({ pending: names, applied: [] });
  expect(await store.migrate()).toEqual({ pending: [], applied: names });
  const made = (await readMigrations()).flatMap(({ statements }) =>
    statements.flatMap((statement) => CREATED.exec(statement)?.[1] ?? []),
  );
  const expected = new Set([...made, 'schema_migrations']);
  expect(await tables(inside)).toEqual([...expected].toSorted());
});

test('a dry run lists what would run and creates nothing', async () => {
  const { store, inside } = server.connect('dry');
  const report = await store.migrate({ dryRun: true });
  expect(report.pending).toHaveLength((await readMigrations()).length);
  expect(await tables(inside)).toEqual([]);
});

test('a run that broke off at any statement is finished by the next', async () => {
  const migrations = await readMigrations();
  const total = migrations.reduce((sum, { statements }) => sum + statements.length, 0);
  const complete = await schemaOf('fresh');
  for (let stop = 1; stop < total; stop += 7) {
    const { inside } = server.connect(`interrupted_${stop}`);
    await expect(migrate(inside, breakingAfter(migrations, stop))).rejects.toThrow();
    await migrate(inside, migrations);
    expect(await schemaOf(`interrupted_${stop}`)).toEqual(complete);
  }
}, 300_000);

test('every statement may be run twice, and every migration once more', async () => {
  const migrations = await readMigrations();
  const twice = migrations.map((migration) => {
    const each = migration.statements.flatMap((statement) => [statement, statement]);
    return { ...migration, statements: [...each, ...migration.statements] };
  });
  await migrate(server.connect('twice').inside, twice);
  expect(await schemaOf('twice')).toEqual(await schemaOf('fresh'));
}, 180_000);

test('replicas that start at once migrate one after another, and none fails', async () => {
  const migrations = await readMigrations();
  const reports = await Promise.all(
    [1, 2, 3].map(() => migrate(server.connect('at_once').inside, migrations)),
  );
  expect(reports.filter(({ pending }) => pending.length > 0)).toHaveLength(1);
  expect(await schemaOf('at_once')).toEqual(await schemaOf('fresh'));
}, 180_000);

test('a replica that dies while it migrates holds up the next for its lease and no longer', async () => {
  const { inside } = server.connect('abandoned');
  await inside.command('CREATE DATABASE abandoned', {}, { anyDatabase: true });
  await inside.command(
    "CREATE TABLE schema_lock_7 (nothing UInt8) ENGINE = Memory COMMENT 'dead 3'",
  );
  const migrations = (await readMigrations()).slice(0, 1);
  expect(await migrate(inside, migrations, { lease_ms: 1_500 })).toMatchObject({
    pending: [migrations[0]!.name],
  });
  expect(await tables(inside)).not.toContain('schema_lock_7');
}, 60_000);

/** Every table and view as it is defined, without the name of its database. */
async function schemaOf(database: string): Promise<unknown[]> {
  const rows = await server.connect(database).inside.rows(
    `SELECT name, replaceAll(create_table_query, concat({database:String}, '.'), '') AS definition
       FROM system.tables WHERE database = {database:String} ORDER BY name`,
    { database },
    { anyDatabase: true },
  );
  return rows;
}

function breakingAfter(migrations: readonly Migration[], count: number): Migration[] {
  let left = count;
  return migrations.map((migration) => {
    const kept = migration.statements.slice(0, left);
    const broken = left < migration.statements.length;
    left = Math.max(0, left - migration.statements.length);
    return { ...migration, statements: broken ? [...kept, 'SELECT throwIf(1)'] : kept };
  });
}

test('an applied migration that was altered is refused, and nothing is run', async () => {
  const { inside } = server.connect('altered');
  const [first, ...rest] = await readMigrations();
  await migrate(inside, [first!]);
  const altered = { ...first!, checksum: 'another' };
  await expect(migrate(inside, [altered, ...rest])).rejects.toMatchObject({
    code: 'schema_mismatch',
    detail: expect.stringContaining(first!.name),
  });
  expect(await tables(inside)).not.toContain('ledger');
});

test('a database of a newer version is refused', async () => {
  const { inside } = server.connect('newer');
  const migrations = await readMigrations();
  const next = { number: 999, name: '999_next.sql', checksum: 'x', statements: ['SELECT 1'] };
  await migrate(inside, [...migrations, next]);
  await expect(migrate(inside, migrations)).rejects.toMatchObject({
    code: 'schema_mismatch',
    detail: expect.stringMatching(/newer than this program: it has 999_next.sql, the program ends/),
  });
});

test('numbers rise and every statement stands alone', async () => {
  const migrations = await readMigrations();
  const numbers = migrations.map(({ number }) => number);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(statementsOf("-- said;\nSELECT 1;\n\nSELECT ';'\n;\n")).toEqual([
    'SELECT 1',
    "SELECT ';'",
  ]);
});
