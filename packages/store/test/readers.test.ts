// People's SQL: it reads the public views of its own organisation and nothing else, whatever it asks.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { PUBLIC_VIEWS, SPAN_TABLES, SqlReader, readerName, usersXml } from '../src/index.ts';
import { derive, fact, hex, NOON_S, traceId } from './samples.ts';
import { startServer, type TestServer } from './server.ts';

const DATABASE = 'spanledger';
const ODD = `o'dd <&> "org" \\ ü`;
const ORGANISATIONS = ['acme', 'globex', ODD];

let server: TestServer;
const readers = new Map<string, SqlReader>();
beforeAll(async () => {
  const named = ORGANISATIONS.map((org_id) => ({
    org_id,
    password: `key of ${org_id}`,
    spans: org_id === 'globex',
  }));
  server = await startServer(usersXml(DATABASE, named));
  const { store, inside } = server.connect(DATABASE);
  await store.migrate();
  await inside.command(`INSERT INTO otel_traces (OrgId, TraceId, SpanId, Timestamp)
    SELECT arrayJoin(['acme', 'globex']), 't', 's', now64(9)`);
  const facts = ORGANISATIONS.flatMap((org_id) =>
    (['llm', 'tool', 'agent'] as const).map((kind) =>
      fact({
        org_id,
        kind,
        trace_id: traceId(org_id),
        span_id: hex(kind, 16),
        user_id: `user of ${org_id}`,
        input_tokens: 1,
      }),
    ),
  );
  await derive(store, facts);
  for (const { org_id, password } of named) {
    readers.set(
      org_id,
      new SqlReader({ url: server.url, user: readerName(org_id), password, database: DATABASE }),
    );
  }
});
afterAll(async () => {
  await Promise.all([...readers.values()].map((reader) => reader.close()));
  await server.stop();
});

const run = (sql: string, org_id = 'acme') => readers.get(org_id)!.run(sql);

test.each(ORGANISATIONS)('%s sees its own rows in every view', async (org_id) => {
  for (const view of ['usage', 'calls', 'tools', 'runs', 'usage_by_hour', 'usage_by_day']) {
    const { rows } = await run(`SELECT DISTINCT org_id FROM ${view}`, org_id);
    expect(rows, view).toEqual([[org_id]]);
  }
});

test('rows come with their columns', async () => {
  expect(
    await run('SELECT agent_name, sum(calls) AS calls FROM usage GROUP BY agent_name'),
  ).toEqual({
    columns: [
      { name: 'agent_name', type: 'LowCardinality(String)' },
      { name: 'calls', type: 'UInt64' },
    ],
    rows: [['', '1']],
  });
});

test.each([
  'SELECT count() FROM ledger',
  'SELECT count() FROM genai_facts',
  'SELECT count() FROM otel_traces',
  'SELECT count() FROM schema_migrations',
  "SELECT * FROM merge('spanledger', 'ledger')",
  'SELECT * FROM view(SELECT * FROM spanledger.ledger)',
  'SELECT * FROM system.users',
  'SELECT * FROM system.processes',
  'SELECT * FROM system.parts',
  "SELECT * FROM file('/etc/passwd', LineAsString)",
  "SELECT * FROM url('http://127.0.0.1:1', LineAsString)",
  "SELECT * FROM remote('127.0.0.1', spanledger.ledger)",
  "INSERT INTO ledger (org_id) VALUES ('acme')",
  'CREATE TABLE mine (x UInt8) ENGINE = Memory',
  'DROP TABLE ledger',
  'DROP VIEW usage',
  'ALTER TABLE ledger DELETE WHERE 1',
  'TRUNCATE TABLE ledger',
  'SYSTEM SHUTDOWN',
  'KILL QUERY WHERE 1',
  'SET readonly = 0',
  'SELECT 1 SETTINGS readonly = 0',
  'SELECT count() FROM usage SETTINGS max_memory_usage = 0',
  'SELECT number FROM numbers(1000000)',
  'SELECT no_such_column FROM usage',
  'SELEC 1',
  '',
])('refused: %s', async (sql) => {
  await expect(run(sql)).rejects.toMatchObject({ code: 'invalid_parameter' });
});

test.each([
  "SELECT org_id FROM usage WHERE org_id = 'globex'",
  "SELECT org_id FROM calls PREWHERE org_id != 'acme'",
  "SELECT throwIf(user_id = 'user of globex') FROM calls WHERE org_id != 'acme'",
  "SELECT 1 FROM calls WHERE throwIf(user_id = 'user of globex') = 1",
  "SELECT org_id FROM usage WHERE org_id != 'acme' SETTINGS additional_table_filters = {'usage': '1'}",
  "SELECT user_id FROM (SELECT * FROM calls UNION ALL SELECT * FROM calls) WHERE user_id = 'user of globex'",
])('nothing of others: %s', async (sql) => {
  const told = await run(sql).then(
    ({ rows }) => rows,
    (error: { code: string; detail: string }) => {
      expect(error.detail).not.toMatch(/code 395/);
      return [];
    },
  );
  expect(told).toEqual([]);
});

test('raw spans are read by those who may, and only their own', async () => {
  for (const table of SPAN_TABLES) {
    const { rows } = await run(`SELECT DISTINCT OrgId FROM ${table}`, 'globex');
    expect(rows, table).toEqual([['globex']]);
  }
});

test('the list of tables holds the views only', async () => {
  const { rows } = await run("SELECT name FROM system.tables WHERE database = 'spanledger'");
  expect(rows.flat().toSorted()).toEqual([...PUBLIC_VIEWS].toSorted());
});

test('a wrong password is no answer', async () => {
  const reader = new SqlReader({ url: server.url, user: readerName('acme'), password: 'x' });
  await expect(reader.run('SELECT 1')).rejects.toThrow();
  await reader.close();
});

test('names of readers are names of users, and differ', () => {
  const names = ORGANISATIONS.map(readerName);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]+$/);
});

test('a view reads only the hours that are asked for', async () => {
  const { rows } = await run(`EXPLAIN indexes = 1 SELECT count() FROM calls
    WHERE hour >= toDateTime(${NOON_S}, 'UTC') AND hour < toDateTime(${NOON_S + 60}, 'UTC')`);
  const plan = rows.flat().join('\n');
  expect(plan).toMatch(/PrimaryKey/);
  expect(plan).toMatch(/org_id in \['acme'/);
});
