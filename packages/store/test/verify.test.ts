// Whatever is changed behind the service's back is named, with its level and key, and mended: a table
// of cases, and random corruptions held against a copy of what the tables held before.

import fc from 'fast-check';
import { EXECUTION_COLUMNS, LEDGER_COLUMNS, type Fact } from '@spanledger/ledger';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import type { Difference, Store, VerifyPlace } from '../src/index.ts';
import { DIMENSIONS, MEASURE_NAMES } from '../src/usage/usage-columns.ts';
import { verify } from '../src/verify/verify.ts';
import { HOUR_NS, NOON_NS, NOON_S, derive, fact, hex, settlePlainly, traceId } from './samples.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const PERIOD = { org_id: 'default', from_s: NOON_S - 3 * 86_400, to_s: NOON_S + 4 * 86_400 };

const DERIVED = {
  ledger: LEDGER_COLUMNS.map(({ name }) => name),
  executions: EXECUTION_COLUMNS.map(({ name }) => name),
  usage_minute: ['org_id', 'time', ...DIMENSIONS, ...MEASURE_NAMES],
  usage_hour: ['org_id', 'time', ...DIMENSIONS, ...MEASURE_NAMES],
  usage_day: ['org_id', 'time', ...DIMENSIONS, ...MEASURE_NAMES],
};
type Table = keyof typeof DERIVED;

/** All that readers can see; sums of nothing are what a key leaves behind that vanished. */
async function contents(of: Connection): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const [table, columns] of Object.entries(DERIVED)) {
    const nothing = table.startsWith('usage') ? 'WHERE calls + tool_calls + runs > 0' : '';
    const names = columns.join(', ');
    all[table] = await of.rows(`SELECT ${names} FROM ${table} FINAL ${nothing} ORDER BY ALL`);
  }
  for (const view of ['calls', 'tools', 'runs', 'doubts']) {
    all[view] = await of.rows(`SELECT count() AS rows FROM ${view}`);
  }
  for (const view of ['usage', 'usage_by_hour', 'usage_by_day']) {
    all[view] = await of.rows(`SELECT sum(u.calls) AS calls, sum(u.runs) AS runs,
      sum(u.cost_usd) AS cost FROM ${view} AS u`);
  }
  return all;
}

/** As the command does: step by step, each mended before the next. */
async function repairAll(of: Store, facts_max?: number): Promise<void> {
  let place: VerifyPlace | null = null;
  do {
    const step = await of.verifyStep(PERIOD, place, settlePlainly, facts_max);
    await of.repair(step.findings.targets, settlePlainly);
    place = step.next;
  } while (place !== null);
}

const differencesIn = async (of: Connection): Promise<readonly Difference[]> =>
  (await verify(of, PERIOD, settlePlainly)).differences;

const gone = (table: Table, where: string): string => `DELETE FROM ${table} WHERE ${where}`;
const changed = (table: Table, column: string, value: string, where: string): string =>
  `ALTER TABLE ${table} UPDATE ${column} = ${value} WHERE ${where} SETTINGS mutations_sync = 1`;
const copied = (table: Table, columns: readonly string[], replaced: string, where: string) =>
  `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${columns
    .map((name) => (replaced.includes(` AS ${name};`) ? valueOf(replaced, name) : name))
    .join(', ')} FROM ${table} WHERE ${where}`;
const valueOf = (replaced: string, name: string): string =>
  replaced
    .split(';')
    .find((part) => part.endsWith(` AS ${name}`))!
    .slice(0, -` AS ${name}`.length);

const LEDGER = [...DERIVED.ledger, 'fingerprint', 'settled_at', 'is_deleted'];
const EXECUTIONS = [...DERIVED.executions, 'fingerprint', 'settled_at', 'is_deleted'];
const USAGE = [...DERIVED.usage_day, 'version'];
const LATE = '18000000000000000000';

/** Each case has a trace of its own, a run above a call, and a model of its own. */
interface Case {
  readonly name: string;
  readonly sql: (own: string) => string;
  readonly told: Partial<Difference>;
}

const CALL = (own: string): string => `span_id = '${hex(`${own} call`, 16)}'`;
const RUN = (own: string): string => `span_id = '${hex(`${own} run`, 16)}'`;
const SUMS = (own: string): string => `model = '${own}' AND kind = 'llm'`;

const ROW_CASES: readonly Case[] = [
  {
    name: 'a ledger row is missing',
    sql: (own) => gone('ledger', CALL(own)),
    told: { level: 'ledger', what: 'missing', expected: '1', found: '0' },
  },
  {
    name: 'a ledger row was marked deleted',
    sql: (own) =>
      copied('ledger', LEDGER, 'settled_at + 1 AS settled_at;1 AS is_deleted;', CALL(own)),
    told: { level: 'ledger', what: 'missing', cause: expect.stringContaining('removed by') },
  },
  {
    name: 'all ledger rows of a trace are missing',
    sql: (own) => gone('ledger', `trace_id = '${traceId(own)}'`),
    told: { level: 'ledger', what: 'missing', cause: expect.stringContaining('never settled') },
  },
  {
    name: 'a ledger row too many in a trace',
    sql: (own) => copied('ledger', LEDGER, "'ffffffffffffffff' AS span_id;", CALL(own)),
    told: { level: 'ledger', what: 'surplus', expected: '0', found: '1' },
  },
  {
    name: 'a ledger row of a trace that no fact is of',
    sql: (own) => copied('ledger', LEDGER, `'${traceId('stray')}' AS trace_id;`, CALL(own)),
    told: { level: 'ledger', what: 'surplus', cause: expect.stringContaining('no fact') },
  },
  {
    name: 'a ledger row of no trace',
    sql: (own) => copied('ledger', LEDGER, "'' AS trace_id;'stray' AS event_id;", CALL(own)),
    told: { level: 'ledger', what: 'surplus', where: expect.stringContaining('stray') },
  },
  {
    name: 'a ledger row once more in another hour',
    sql: (own) =>
      copied('ledger', LEDGER, 'start_time + toIntervalHour(7) AS start_time;', CALL(own)),
    told: { level: 'ledger', what: 'surplus', expected: '1', found: '2' },
  },
  {
    name: 'a ledger figure changed in place, its fingerprint as before',
    sql: (own) => changed('ledger', 'input_uncached', '77', CALL(own)),
    told: { level: 'ledger', what: 'input_uncached', expected: '10', found: '77' },
  },
  {
    name: 'a cost changed by a newer row',
    sql: (own) =>
      copied('ledger', LEDGER, '5 AS cost_usd;settled_at + 1 AS settled_at;', CALL(own)),
    told: { level: 'ledger', what: 'cost_usd', expected: '100000000', found: '5000000000000' },
  },
  {
    name: 'a ledger figure changed by a row of a time to come',
    sql: (own) => copied('ledger', LEDGER, `0 AS output;${LATE} AS settled_at;`, CALL(own)),
    told: { level: 'ledger', what: 'output', expected: 'null', found: '0' },
  },
  {
    name: 'an agent run is missing',
    sql: (own) => gone('executions', RUN(own)),
    told: { level: 'executions', what: 'missing' },
  },
  {
    name: 'an agent run too many',
    sql: (own) => copied('executions', EXECUTIONS, "'another' AS execution_id;", RUN(own)),
    told: { level: 'executions', what: 'surplus', where: expect.stringContaining('another') },
  },
  {
    name: 'a figure of an agent run changed',
    sql: (own) => changed('executions', 'calls', '9', RUN(own)),
    told: { level: 'executions', what: 'calls', expected: '2', found: '9' },
  },
];

const usageCases = (table: Table): readonly Case[] => [
  {
    name: `${table}: a row is missing`,
    sql: (own) => gone(table, SUMS(own)),
    told: { level: table, what: 'missing', expected: 'calls 1, cost_usd 0.0001', found: '0' },
  },
  {
    name: `${table}: a row too many`,
    sql: (own) => copied(table, USAGE, "'stray' AS tool_name;", SUMS(own)),
    told: { level: table, what: 'surplus', expected: '0', found: 'calls 1, cost_usd 0.0001' },
  },
  {
    name: `${table}: a row at a time where none begins`,
    sql: (own) => copied(table, USAGE, 'time + 7 AS time;', SUMS(own)),
    told: { level: table, what: 'surplus', expected: '0' },
  },
  {
    name: `${table}: a figure changed`,
    sql: (own) => changed(table, 'calls', '5', SUMS(own)),
    told: { level: table, what: 'calls', expected: '1', found: '5' },
  },
  {
    name: `${table}: nothing known became zero, by a row of a time to come`,
    sql: (own) => copied(table, USAGE, `0 AS output;${LATE} AS version;`, SUMS(own)),
    told: { level: table, what: 'output', expected: 'null', found: '0' },
  },
];

const CASES = [
  ...ROW_CASES,
  ...(['usage_minute', 'usage_hour', 'usage_day'] as const).flatMap(usageCases),
];

const factsOf = (own: string, i: number): Fact[] => {
  const at = { trace_id: traceId(own), request_model: own };
  const start_time = NOON_NS + BigInt(i) * 2n * HOUR_NS;
  return [
    fact({ ...at, span_id: hex(`${own} run`, 16), kind: 'agent', start_time }),
    fact({ ...at, span_id: hex(`${own} call`, 16), input_tokens: 10, start_time }),
  ];
};

/** All of them stand at once: each changes what is its own. */
describe('what was changed by hand is named and mended', () => {
  let store: Store;
  let inside: Connection;
  let before: unknown;
  let differences: readonly Difference[] = [];
  const names = CASES.map((_, i) => `case-${i}`);

  beforeAll(async () => {
    ({ store, inside } = await server.open());
    await derive(store, names.flatMap(factsOf));
    before = await contents(inside);
    expect(await differencesIn(inside)).toEqual([]);
    for (const [i, { sql }] of CASES.entries()) await inside.command(sql(names[i]!));
    differences = await differencesIn(inside);
  }, 180_000);

  test.each(CASES.map((one, i) => ({ ...one, i })))('$name', ({ told, i }) => {
    const own = names[i]!;
    // A row that was put elsewhere is told by where it was put.
    const where =
      told.where ?? expect.stringMatching(`${traceId(own)}|${traceId('stray')}|${own}\\b`);
    expect(differences).toContainEqual(expect.objectContaining({ where, ...told }));
  });

  test('each difference has a cause and the organisation', () => {
    expect(differences.filter(({ cause }) => cause.length < 20)).toEqual([]);
    expect(new Set(differences.map(({ org_id }) => org_id))).toEqual(new Set(['default']));
  });

  test('all is as it was once it is repaired', async () => {
    await repairAll(store);
    expect(await differencesIn(inside)).toEqual([]);
    expect(await contents(inside)).toEqual(before);
  }, 180_000);

  test('a view of another definition is named and made again', async () => {
    await inside.command(`CREATE OR REPLACE VIEW usage DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
      SELECT * EXCEPT version FROM usage_minute FINAL WHERE model != 'case-0'`);
    expect(await differencesIn(inside)).toContainEqual(
      expect.objectContaining({
        level: 'view',
        what: 'calls',
        where: expect.stringContaining('usage'),
      }),
    );
    await repairAll(store);
    expect(await differencesIn(inside)).toEqual([]);
    expect(await contents(inside)).toEqual(before);
  }, 180_000);
});

/** What a hand may do to a row of a table: which of them, in what way, to which column. */
const corruption = fc.record({
  table: fc.constantFrom<Table>(...(Object.keys(DERIVED) as Table[])),
  way: fc.constantFrom('gone', 'changed', 'newer', 'elsewhere'),
  row: fc.nat(50),
  figure: fc.nat(3),
  amount: fc.nat(1_000),
});

const FIGURES: Readonly<Record<Table, readonly string[]>> = {
  ledger: ['output', 'duration_ns', 'input_uncached', 'counted'],
  executions: ['calls', 'duration_ns', 'output', 'depth'],
  usage_minute: ['calls', 'output', 'duration_ns', 'runs'],
  usage_hour: ['calls', 'output', 'duration_ns', 'runs'],
  usage_day: ['calls', 'output', 'duration_ns', 'runs'],
};
const KEYS: Readonly<Record<Table, string>> = {
  ledger: 'trace_id, span_id, event_id',
  executions: 'trace_id, span_id, execution_id',
  usage_minute: 'time, model, kind',
  usage_hour: 'time, model, kind',
  usage_day: 'time, model, kind',
};

async function corrupt(
  of: Connection,
  { table, way, row, figure, amount }: typeof corruption extends fc.Arbitrary<infer T> ? T : never,
): Promise<void> {
  const key = KEYS[table];
  const rows = await of.rows(`SELECT DISTINCT ${key} FROM ${table} FINAL ORDER BY ${key}`);
  const chosen = rows[row % rows.length];
  if (chosen === undefined) return;
  const where = Object.entries(chosen)
    .map(([name, value]) => `${name} = '${String(value)}'`)
    .join(' AND ');
  const column = FIGURES[table][figure]!;
  const value = column === 'counted' ? String(amount % 2 === 0) : String(amount);
  const version = table.startsWith('usage') ? 'version' : 'settled_at';
  const columns = table === 'ledger' ? LEDGER : table === 'executions' ? EXECUTIONS : USAGE;
  const time = table.startsWith('usage') ? 'time' : 'start_time';
  const statements: Readonly<Record<string, string>> = {
    gone: gone(table, where),
    changed: changed(table, column, value, where),
    newer: copied(table, columns, `${value} AS ${column};${version} + 1 AS ${version};`, where),
    elsewhere: copied(table, columns, `${time} + ${amount * 60} AS ${time};`, where),
  };
  await of.command(statements[way]!);
}

test('random corruptions are always found and mended', async () => {
  const { store, inside } = await server.open();
  const worlds = ['w1', 'w2', 'w3'];
  await derive(store, worlds.flatMap(factsOf));
  await derive(store, [fact({ trace_id: '', span_id: '', event_id: 'e', signal: 'log' })]);
  const before = await contents(inside);
  await fc.assert(
    fc.asyncProperty(fc.array(corruption, { minLength: 1, maxLength: 4 }), async (all) => {
      for (const one of all) await corrupt(inside, one);
      const differs = JSON.stringify(await contents(inside)) !== JSON.stringify(before);
      if (differs) expect(await differencesIn(inside)).not.toEqual([]);
      await repairAll(store, 3);
      expect(await differencesIn(inside)).toEqual([]);
      expect(await contents(inside)).toEqual(before);
    }),
    { numRuns: 6, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
  );
}, 300_000);
