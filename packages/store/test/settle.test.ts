// Settling through ClickHouse: what belongs together is read together, what did not change is not
// written, what vanished or moved is deleted, and no order of arrival matters.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledPriceBook, settle, type Fact } from '@spanledger/ledger';
import type { Connection } from '../src/clickhouse/connection.ts';
import type { Settle, Store } from '../src/index.ts';
import {
  HOUR_NS,
  MINUTE_NS,
  NOON_NS,
  SECOND_NS,
  dirtyOf,
  fact,
  hex,
  insertFacts,
  settlePlainly,
  span,
  traceId,
} from './samples.ts';
import { verify } from '../src/verify/verify.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const PERIOD = {
  org_id: 'default',
  from_s: Number((NOON_NS - HOUR_NS) / SECOND_NS),
  to_s: Number((NOON_NS + HOUR_NS) / SECOND_NS),
};
const YEAR_NS = 365n * 24n * HOUR_NS;
const book = bundledPriceBook();
const settleReally: Settle = (facts) => settle(facts, book);

async function counts(inside: Connection): Promise<{ stored: number; live: number }> {
  const [row] = await inside.rows(`SELECT count() AS stored,
    (SELECT count() FROM ledger FINAL) AS live FROM ledger`);
  return { stored: Number(row!['stored']), live: Number(row!['live']) };
}

async function settled(store: Store, facts: readonly Fact[]) {
  await insertFacts(store, facts);
  return store.settle(dirtyOf(facts), settlePlainly);
}

test('a trace becomes ledger rows and executions; settling it again writes nothing', async () => {
  const { store, inside } = await server.open();
  const facts = [
    span('a', { kind: 'agent', agent_name: 'planner', input_tokens: null }),
    span('b', { parent_span_id: hex('a', 16) }),
  ];
  const first = await settled(store, facts);
  expect(first).toMatchObject({ facts: 2, traces: 1, units: 1, changed: 3, deleted: 0 });
  expect(first.minutes).toEqual([{ org_id: 'default', time_s: Number(NOON_NS / SECOND_NS) }]);
  const second = await store.settle(dirtyOf(facts), settlePlainly);
  expect(second).toMatchObject({ changed: 0, deleted: 0, minutes: [] });
  expect(await counts(inside)).toEqual({ stored: 2, live: 2 });
});

test('only the row that differs is written', async () => {
  const { store, inside } = await server.open();
  await settled(store, [span('a'), span('b')]);
  const report = await settled(store, [span('b', { version: 2n, input_tokens: 11 })]);
  expect(report).toMatchObject({ facts: 2, changed: 1, deleted: 0 });
  expect(await counts(inside)).toEqual({ stored: 3, live: 2 });
});

test('of two facts with the same ids the greater version wins, in either order', async () => {
  const versions = [span('a', { version: 7n, input_tokens: 70 }), span('a', { input_tokens: 10 })];
  for (const order of [versions, versions.toReversed()]) {
    const { store } = await server.open();
    for (const one of order) await settled(store, [one]);
    const rows = await store.ask('trace_rows', { org: 'default', trace: traceId('t1') });
    expect(rows.map((row) => row.input_uncached)).toEqual([70]);
  }
});

test.each([
  ['minute', 3n * MINUTE_NS],
  ['hour', 2n * HOUR_NS],
  ['day', 30n * HOUR_NS],
])('a row that moves to another %s leaves nothing behind', async (_, distance) => {
  const { store, inside } = await server.open();
  await settled(store, [span('a'), span('b')]);
  const moved = span('a', { version: 9n, start_time: NOON_NS + distance });
  const report = await settled(store, [moved]);
  expect(report).toMatchObject({ changed: 1, deleted: 1 });
  const [before, after] = [NOON_NS, NOON_NS + distance].map((ns) => Number(ns / SECOND_NS));
  expect(report.minutes.map(({ time_s }) => time_s).sort()).toEqual([before, after]);
  expect(await counts(inside)).toEqual({ stored: 4, live: 2 });
  expect(await store.settle(dirtyOf([moved]), settlePlainly)).toMatchObject({
    changed: 0,
    deleted: 0,
  });
});

test('a row that vanished is deleted, and comes back when it is derived again', async () => {
  const { store, inside } = await server.open();
  const facts = [span('a', { kind: 'agent' }), span('b')];
  await settled(store, facts);
  const nothing = await store.settle(dirtyOf(facts), () => ({ rows: [], executions: [] }));
  expect(nothing).toMatchObject({ changed: 0, deleted: 3 });
  expect((await counts(inside)).live).toBe(0);
  expect(await store.ask('trace_executions', { org: 'default', trace: traceId('t1') })).toEqual([]);
  expect(await store.settle(dirtyOf(facts), settlePlainly)).toMatchObject({
    changed: 3,
    deleted: 0,
  });
  expect((await counts(inside)).live).toBe(2);
});

test('a late span settles with the whole of its trace, over hours', async () => {
  const { store } = await server.open();
  await settled(store, [span('a'), span('b', { start_time: NOON_NS + 5n * HOUR_NS })]);
  const report = await settled(store, [span('c', { start_time: NOON_NS - 2n * HOUR_NS })]);
  expect(report.facts).toBe(3);
});

test('log records without a trace settle by the minute, and each conversation in a unit of its own', async () => {
  const { store } = await server.open();
  const log = (event: string, start_time: bigint, conversation_id = ''): Fact =>
    fact({
      trace_id: '',
      span_id: '',
      event_id: event,
      signal: 'log',
      start_time,
      conversation_id,
      input_tokens: 1,
    });
  const facts = [log('a', NOON_NS), log('b', NOON_NS, 'one'), log('c', NOON_NS + MINUTE_NS)];
  expect(await settled(store, facts)).toMatchObject({ facts: 3, traces: 2, units: 3, changed: 3 });
  const again = await settled(store, [log('d', NOON_NS + SECOND_NS)]);
  expect(again).toMatchObject({ facts: 3, traces: 1, units: 2, changed: 1, deleted: 0 });
});

test('organisations never meet, even with the same ids', async () => {
  const { store } = await server.open();
  const facts = [span('a'), span('a', { org_id: "o'ther\\", input_tokens: 99 })];
  expect(await settled(store, facts)).toMatchObject({ units: 2, changed: 2 });
  const rows = await store.ask('trace_rows', { org: "o'ther\\", trace: traceId('t1') });
  expect(rows.map((row) => row.input_uncached)).toEqual([99]);
});

test('the sweep tells what arrived since, a page at a time, and never the same again', async () => {
  const { store } = await server.open();
  const before = await store.serverTime();
  for (let i = 0; i < 5; i++) {
    await insertFacts(store, [
      span('a', { trace_id: traceId(`x${i}`) }),
      span('b', { trace_id: traceId(`y${i}`) }),
    ]);
  }
  const found: string[] = [];
  for (let since: bigint | null = before; since !== null;) {
    const page = await store.dirtySince(since, 3);
    found.push(...page.traces.map((trace) => trace.trace_id));
    since = page.next_ns;
  }
  expect(found).toHaveLength(10);
  expect(new Set(found).size).toBe(10);
  expect((await store.dirtySince(await store.serverTime())).traces).toEqual([]);
});

test('whenever facts arrived, the pages of a sweep tell each trace once and in order', async () => {
  const { store, inside } = await server.open();
  const places = fc.array(fc.record({ years: fc.nat(200), ns: fc.nat(1_000_000) }), {
    maxLength: 300,
  });
  await fc.assert(
    fc.asyncProperty(places, fc.integer({ min: 1, max: 5 }), async (arrivals, traces_max) => {
      await inside.command('TRUNCATE TABLE genai_facts');
      const arrived = arrivals.map(({ years, ns }) => BigInt(years) * YEAR_NS + BigInt(ns));
      await inside.command(
        `INSERT INTO genai_facts (org_id, trace_id, start_time, ingested_at)
         SELECT 'default', toString(n), now64(9), fromUnixTimestamp64Nano(at)
         FROM (SELECT arrayJoin(arrayZip(range(length({arrived:Array(Int64)})), {arrived:Array(Int64)})) AS pair,
           pair.1 AS n, pair.2 AS at)`,
        { arrived },
      );
      const told: bigint[] = [];
      const traces = new Set<string>();
      for (let since: bigint | null = 0n; since !== null;) {
        const page = await store.dirtySince(since, traces_max);
        for (const { trace_id } of page.traces) {
          told.push(arrived[Number(trace_id)]!);
          traces.add(trace_id);
        }
        expect(page.next_ns === null || page.next_ns > since).toBe(true);
        since = page.next_ns;
      }
      expect(told).toEqual(arrived.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
      expect(traces.size).toBe(arrived.length);
    }),
    { numRuns: 10 },
  );
});

test('a watermark keeps what may still be in flight', async () => {
  const { store } = await server.open();
  expect(await store.watermark('settle')).toBe(0n);
  const now = await store.serverTime();
  await store.setWatermark('settle', now);
  expect(now - (await store.watermark('settle'))).toBe(60n * SECOND_NS);
});

test('any order, any split, repeated: the same ledger', async () => {
  const facts = [
    span('a', { kind: 'agent', input_tokens: null }),
    span('b'),
    span('b', { version: 5n, input_tokens: 50, start_time: NOON_NS + HOUR_NS }),
    span('c', { response_id: 'r' }),
    span('d', {
      trace_id: traceId('t2'),
      scope_name: 's',
      response_id: 'r',
      start_time: NOON_NS + MINUTE_NS,
    }),
  ];
  const ledgerOf = async (order: readonly number[], cut: number): Promise<unknown> => {
    const { store, inside } = await server.open();
    const sorted = order.map((i) => facts[i]!);
    await settled(store, sorted.slice(0, cut));
    await settled(store, sorted.slice(cut));
    await settled(store, sorted.slice(0, 1));
    return inside.rows(`SELECT * EXCEPT (settled_at, written_at), hour, minute
      FROM ledger FINAL ORDER BY trace_id, span_id`);
  };
  const expected = await ledgerOf([0, 1, 2, 3, 4], 5);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
      fc.integer({ min: 1, max: 4 }),
      async (order, cut) => {
        expect(await ledgerOf(order, cut)).toEqual(expected);
      },
    ),
    { numRuns: 5 },
  );
}, 180_000);

test('the sums of a run hold more than one call can', async () => {
  const { store, inside } = await server.open();
  const huge = { parent_span_id: hex('run', 16), input_tokens: 3_000_000_000 };
  const facts = [
    span('run', { kind: 'agent', operation: 'invoke_agent', agent_name: 'planner' }),
    span('a', { ...huge, service_tier: 'priority' }),
    span('b', { ...huge, start_time: NOON_NS + SECOND_NS }),
  ];
  await insertFacts(store, facts);
  await store.settle(dirtyOf(facts), settleReally);
  const asked = { org: 'default', trace: traceId('t1') };
  const [run] = await store.ask('trace_executions', asked);
  expect(run).toMatchObject({ calls: 2, input_uncached: 6_000_000_000 });
  const rows = await store.ask('trace_rows', asked);
  const tiers = rows.map(({ service_tier }) => service_tier).filter((tier) => tier !== '');
  expect(tiers).toEqual(['priority']);
  const { differences } = await verify(inside, PERIOD, settleReally);
  expect(differences.filter(({ level }) => level === 'executions')).toEqual([]);
});
