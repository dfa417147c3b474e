// Every column type of our tables, as ClickHouse writes it, read back.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import { readNative } from '../src/clickhouse/native-reader.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let inside: Connection;
beforeAll(async () => {
  server = await startServer();
  inside = server.connect('default').inside;
});
afterAll(() => server.stop());

const read = async (sql: string): Promise<unknown[]> => readNative(await inside.native(sql));

test.each([
  ["'häß\\n'", 'String', 'häß\n'],
  ["'a'", 'LowCardinality(String)', 'a'],
  ["['a', '', 'a']", 'Array(LowCardinality(String))', ['a', '', 'a']],
  ['[]', 'Array(LowCardinality(String))', []],
  ['true', 'Bool', true],
  ['NULL', 'Nullable(Bool)', null],
  ['65535', 'UInt16', 65_535],
  ['NULL', 'Nullable(UInt16)', null],
  ['4294967295', 'Nullable(UInt32)', 4_294_967_295],
  ['18446744073709551615', 'UInt64', 18_446_744_073_709_551_615n],
  ['9007199254740991', 'Nullable(UInt64)', 9_007_199_254_740_991],
  ["'2026-01-02 03:04:05.123456789'", "DateTime64(9, 'UTC')", 1_767_323_045_123_456_789n],
  ["'1969-12-31 23:59:59.999999999'", "DateTime64(9, 'UTC')", -1n],
  ["'2026-01-02 03:04:05'", "DateTime('UTC')", 1_767_323_045],
  ['-0.000000000001', 'Nullable(Decimal(18, 12))', -1n],
  ['NULL', 'Nullable(Decimal(18, 12))', null],
])('%s as %s', async (literal, type, expected) => {
  const sql = `SELECT CAST(${literal} AS ${type}) AS value FROM numbers(2)`;
  expect(await read(sql)).toEqual([{ value: expected }, { value: expected }]);
});

test('many blocks, wide dictionaries and long texts', async () => {
  const rows = (await read(`
    SELECT number AS n, toLowCardinality(toString(number % 70000)) AS shared,
      repeat('x', number % 300) AS long, [toLowCardinality(toString(number % 3))] AS list
    FROM numbers(150000) SETTINGS max_block_size = 100000`)) as Record<string, unknown>[];
  expect(rows).toHaveLength(150_000);
  for (const row of rows) {
    const n = Number(row['n']);
    if (row['shared'] !== String(n % 70_000)) throw new Error(`row ${n}: ${String(row['shared'])}`);
    if ((row['long'] as string).length !== n % 300) throw new Error(`row ${n}`);
    if ((row['list'] as string[])[0] !== String(n % 3)) throw new Error(`row ${n}`);
  }
});

test('no rows', async () => {
  expect(await read("SELECT 1 AS a, toLowCardinality('x') AS b WHERE 0")).toEqual([]);
});

test('a block that ends early is an error', async () => {
  const bytes = await inside.native('SELECT number FROM numbers(10)');
  expect(() => readNative(bytes.subarray(0, -1))).toThrow('ends early');
});
