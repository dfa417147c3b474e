// The statements for a ClickHouse of the operator's own: a real server can read each of them, and in
// their order no user has a right before the filter that goes with it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { PUBLIC_VIEWS, readerStatements, SPAN_TABLES } from '../src/index.ts';
import { startServer, type TestServer } from './server.ts';

const ODD = `o'dd \\ \n"org"`;
const readers = [
  { org_id: 'acme', password: 'of the service' },
  { org_id: ODD, password: 'x', user: 'key_1', spans: true, expires_s: 1_800_000_000 },
  { org_id: 'acme', password: { sha256: 'ab'.repeat(32) }, user: 'key_2' },
];
const statements = readerStatements({
  ...{ database: 'spanledger', owner: 'spanledger', readers },
  gone: ['key_3'],
});

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test('a server reads every statement', async () => {
  for (const statement of statements) {
    const answer = await fetch(server.url, { method: 'POST', body: `EXPLAIN AST ${statement}` });
    expect(answer.status, `${statement}\n${await answer.text()}`).toBe(200);
  }
});

test.each([
  ['reader_acme', PUBLIC_VIEWS, "'acme'"],
  ['key_1', [...PUBLIC_VIEWS, ...SPAN_TABLES], `'o\\'dd`],
  ['key_2', PUBLIC_VIEWS, "'acme'"],
] as const)('%s has a filter on each table before the right to read it', (user, tables, org) => {
  const of = (head: string, table: string): number =>
    statements.findIndex(
      (one) =>
        one.startsWith(head) && one.includes(`.\`${table}\``) && one.endsWith(` TO \`${user}\``),
    );
  for (const table of tables) {
    const filter = of('CREATE ROW POLICY', table);
    expect(statements[filter], table).toContain(`= ${org}`);
    expect(of('GRANT SELECT', table), table).toBeGreaterThan(filter);
  }
  const grants = statements.filter((one) => one.startsWith('GRANT') && one.includes(`\`${user}\``));
  expect(grants).toHaveLength(tables.length);
});

test('no user of the operator loses rows, and who has gone loses all', () => {
  const first = (part: string): number => statements.findIndex((one) => one.includes(part));
  expect(first('USING 1 TO `spanledger`')).toBeLessThan(first('CREATE USER'));
  expect(statements).toContain('DROP USER IF EXISTS `key_3`');
  expect(statements.filter((one) => one.includes('sha256_hash'))).toHaveLength(readers.length);
  expect(statements.join()).not.toContain('of the service');
});

test('without readers nothing is granted', () => {
  const none = readerStatements({ database: 'd', owner: 'o', readers: [], gone: [] });
  expect(none.filter((one) => /GRANT|POLICY|USER/.test(one))).toEqual([]);
});
