// The roll-ups equal the ledger: at every level, after a crash, and for keys that vanish.

import type { Fact } from '@spanledger/ledger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import {
  HOUR_NS,
  NOON_NS,
  NOON_S,
  SECOND_NS,
  derive,
  dirtyOf,
  fact,
  hex,
  insertFacts,
  settlePlainly,
  traceId,
} from './samples.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const PERIOD = { org_id: 'default', from_s: NOON_S - 3 * 86_400, to_s: NOON_S + 3 * 86_400 };
const LEVELS = ['minute', 'hour', 'day'] as const;

const call = (seed: string, given: Partial<Fact> = {}): Fact =>
  fact({ span_id: hex(seed, 16), trace_id: traceId(seed), input_tokens: 10, ...given });

async function sums(inside: Connection, table: string): Promise<Record<string, unknown>> {
  const [row] = await inside.rows(`SELECT sum(u.calls) AS calls, sum(u.calls_with_usage) AS used,
    sum(u.call_errors) AS call_errors, sum(u.tool_errors) AS tool_errors,
    sum(u.run_errors) AS run_errors, sum(u.tool_calls) AS tools, sum(u.runs) AS runs,
    sum(u.input_uncached) AS input, sum(u.cost_usd) AS cost, sum(u.duration_ns) AS duration,
    sumMap(u.durations) AS durations, sumMap(u.reasons) AS reasons FROM ${table} AS u FINAL`);
  return row!;
}

test('each level sums what the ledger holds', async () => {
  const { store, inside } = await server.open();
  await derive(store, [
    call('a'),
    call('b', { input_tokens: null, start_time: NOON_NS + HOUR_NS }),
    call('c', { kind: 'tool', tool_name: 'search', status: 'error' }),
    call('d', { kind: 'agent', agent_name: 'planner', duration_ns: 4n * SECOND_NS }),
    call('e', { kind: 'step' }),
  ]);
  const expected = {
    calls: '2',
    used: '1',
    call_errors: '0',
    tool_errors: '1',
    run_errors: '0',
    tools: '1',
    runs: '1',
    input: '10',
    cost: '0.0001',
    duration: String(7n * SECOND_NS),
    durations: { '119': '3', '127': '1' },
    reasons: { 'usage:emitter_reports_no_usage': '1', 'cost:no_usage': '1' },
  };
  for (const level of LEVELS) expect(await sums(inside, `usage_${level}`)).toEqual(expected);
  expect((await store.verify(PERIOD, settlePlainly)).differences).toEqual([]);
});

test('a sum is of what is known, and null where nothing is, at every level', async () => {
  const { store, inside } = await server.open();
  const figures = async (): Promise<unknown[]> => {
    const answers = [];
    for (const table of [...LEVELS.map((level) => `usage_${level} AS u FINAL`), 'usage AS u']) {
      const rows = await inside.rows(`SELECT u.model, sum(u.calls), sum(u.input_uncached),
        sum(u.output), sum(u.cache_read), sum(u.cost_usd) FROM ${table} GROUP BY u.model ORDER BY u.model`);
      answers.push(rows.map((row) => Object.values(row)));
    }
    return answers;
  };
  const model = (name: string, seed: string, given: Partial<Fact>): Fact =>
    call(seed, { request_model: name, ...given });
  await derive(store, [
    model('embedding', 'a', { operation: 'embeddings' }),
    model('partly', 'b', { output_tokens: 5 }),
    model('partly', 'c', { input_tokens: null, start_time: NOON_NS + HOUR_NS }),
    model('unknown', 'd', { input_tokens: null }),
    model('zero', 'e', { input_tokens: 0, output_tokens: 0 }),
  ]);
  const expected = [
    ['embedding', '1', '10', null, null, '0.0001'],
    ['partly', '2', '10', '5', null, '0.0001'],
    ['unknown', '1', null, null, null, null],
    ['zero', '1', '0', '0', null, '0'],
  ];
  expect(await figures()).toEqual([expected, expected, expected, expected]);
  const moved = { start_time: NOON_NS + 30n * HOUR_NS, version: 2n };
  await derive(store, [model('gone to', 'e', { ...moved, input_tokens: null })]);
  const gone = [
    expected[0],
    ['gone to', '1', null, null, null, null],
    ...expected.slice(1, 3),
    ['zero', '0', null, null, null, null],
  ];
  expect(await figures()).toEqual([gone, gone, gone, gone]);
  expect((await store.verify(PERIOD, settlePlainly)).differences).toEqual([]);
});

test('verify tells zero from null', async () => {
  const { store, inside } = await server.open();
  await derive(store, [call('a', { input_tokens: null })]);
  await inside.command(`INSERT INTO usage_day
    SELECT * REPLACE (0 AS output, version + 1 AS version) FROM usage_day`);
  const { differences } = await store.verify(PERIOD, settlePlainly);
  expect(differences).toMatchObject([
    { level: 'usage_day', what: 'output', expected: 'null', found: '0' },
  ]);
});

test('keys that vanish or change get zeros', async () => {
  const { store, inside } = await server.open();
  await derive(store, [call('a'), call('b', { start_time: NOON_NS + HOUR_NS })]);
  await derive(store, [call('a', { version: 2n, request_model: 'other' })]);
  await derive(store, [call('b', { version: 2n, start_time: NOON_NS + 30n * HOUR_NS })]);
  const rows = await inside.rows(`SELECT model, toUnixTimestamp(time) AS t, calls
    FROM usage_hour FINAL ORDER BY model, time`);
  expect(
    rows.map((row) => [row['model'], Number(row['t']) - NOON_S, Number(row['calls'])]),
  ).toEqual([
    ['gpt-x', 0, 0],
    ['gpt-x', 3_600, 0],
    ['gpt-x', 108_000, 1],
    ['other', 0, 1],
  ]);
  expect((await store.verify(PERIOD, settlePlainly)).differences).toEqual([]);
});

test('what one process left behind, the next finds from the watermarks', async () => {
  const { store, database } = await server.open();
  for (const level of LEVELS) await store.rollUp(level);
  await insertFacts(store, [call('a')]);
  const next = server.connect(database);
  const { traces } = await next.store.dirtySince(await next.store.watermark('settle'));
  expect(await next.store.settle(traces, settlePlainly)).toMatchObject({ changed: 1 });
  const last = server.connect(database);
  for (const level of LEVELS) {
    expect(await last.store.rollUp(level)).toMatchObject({ keys: 1, swept: true });
    expect(await last.store.rollUp(level)).toMatchObject({ keys: 0, swept: false });
  }
  expect(Number((await sums(last.inside, 'usage_day'))['calls'])).toBe(1);
});

test('a roll-up that failed is done again', async () => {
  const { store, inside, database } = await server.open();
  await store.rollUp('minute');
  await insertFacts(store, [call('a')]);
  await store.settle(dirtyOf([call('a')]), settlePlainly);
  await inside.command('RENAME TABLE usage_minute TO away');
  await expect(store.rollUp('minute')).rejects.toMatchObject({ code: 'store_unavailable' });
  expect(store.pending('minute')).toBe(1);
  await inside.command('RENAME TABLE away TO usage_minute');
  expect(await store.rollUp('minute')).toMatchObject({ keys: 1 });
  expect(store.pending('minute')).toBe(0);
  expect(database).not.toBe('');
});

test('verify names what differs and where', async () => {
  const { store, inside } = await server.open();
  await derive(store, [call('a'), call('b'), call('c', { kind: 'tool', tool_name: 'search' })]);
  await inside.command(`INSERT INTO ledger (${LEDGER_KEY}, input_uncached, settled_at)
    SELECT ${LEDGER_KEY}, 77, settled_at + 1 FROM ledger WHERE span_id = '${hex('a', 16)}'`);
  await inside.command(`INSERT INTO ledger (${LEDGER_KEY}, settled_at, is_deleted)
    SELECT ${LEDGER_KEY}, settled_at + 1, 1 FROM ledger WHERE span_id = '${hex('c', 16)}'`);
  await inside.command(`INSERT INTO usage_day SELECT * REPLACE (calls + 1 AS calls, version + 1 AS version)
    FROM usage_day WHERE kind = 'llm'`);
  const { differences, total } = await store.verify(PERIOD, settlePlainly);
  const told = differences.map(({ level, what, expected, found }) => [
    level,
    what,
    expected,
    found,
  ]);
  expect(total).toBe(differences.length);
  expect(told).toContainEqual(['ledger', 'input_uncached', '10', '77']);
  expect(told).toContainEqual(['ledger', 'missing', '1', '0']);
  expect(told).toContainEqual(['usage_day', 'calls', '2', '3']);
  expect(told.filter(([level]) => level === 'usage_hour')).toEqual([]);
});

const LEDGER_KEY = 'org_id, trace_id, span_id, event_id, start_time, kind, role, counted';

test('verify reads and tells one organisation only', async () => {
  const { store, inside } = await server.open();
  await derive(store, [call('a'), call('b', { org_id: 'other' }), call('c', { org_id: 'other' })]);
  await inside.command(`INSERT INTO ledger (${LEDGER_KEY}, input_uncached, settled_at)
    SELECT ${LEDGER_KEY}, 77, settled_at + 1 FROM ledger WHERE org_id = 'other'`);
  await inside.command(`INSERT INTO ledger (${LEDGER_KEY}, settled_at)
    SELECT ${LEDGER_KEY.replace('trace_id', "'stray'")}, 1 FROM ledger WHERE org_id = 'other'`);
  await inside.command(`INSERT INTO usage_day SELECT * REPLACE (calls + 1 AS calls, version + 1 AS version)
    FROM usage_day WHERE org_id = 'other'`);
  const own = await store.verify(PERIOD, settlePlainly);
  expect(own).toMatchObject({ traces: 1, rows: 1, differences: [], total: 0 });
  const theirs = await store.verify({ ...PERIOD, org_id: 'other' }, settlePlainly);
  expect(theirs).toMatchObject({ traces: 3, rows: 2 });
  expect(new Set(theirs.differences.map(({ org_id }) => org_id))).toEqual(new Set(['other']));
  const levels = theirs.differences.map(({ level }) => level);
  for (const level of ['ledger', 'usage_minute', 'usage_day']) expect(levels).toContain(level);
});

test('verify takes all of time, and from 1970 finds what lost its facts', async () => {
  const { store, inside } = await server.open();
  await derive(store, [call('a')]);
  const all = { ...PERIOD, from_s: 0, to_s: 0xffff_ffff };
  expect(await store.verify(all, settlePlainly)).toMatchObject({ traces: 1, differences: [] });
  await inside.command('TRUNCATE TABLE genai_facts');
  const { differences } = await store.verify(all, settlePlainly);
  expect(differences).toContainEqual(
    expect.objectContaining({ level: 'ledger', what: 'surplus', found: '1' }),
  );
});
