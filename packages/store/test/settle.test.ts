// Settling through ClickHouse: what belongs together is read together, what did not change is not
// written, what vanished or moved is deleted, and no order of arrival matters.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledPriceBook, settle, type Fact } from '@spanledger/ledger';
import type { Connection } from '../src/connection.ts';
import { UNIT_LIMITS, type Settle, type Store } from '../src/index.ts';
import { readUnits } from '../src/units.ts';
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
  traceId,
} from './samples.ts';
import { verify } from '../src/verify.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const span = (seed: string, given: Partial<Fact> = {}): Fact =>
  fact({ span_id: hex(seed, 16), input_tokens: 10, output_tokens: 5, ...given });

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

/** A span of a service that saw a response id; each trace is a service with a scope of its own. */
const seen = (trace: string, id: string, after: bigint, given: Partial<Fact> = {}): Fact =>
  span(`${trace}${id}`, {
    trace_id: traceId(trace),
    scope_name: trace,
    response_id: id,
    start_time: NOON_NS + after,
    ...given,
  });

test('a trace settles with the traces that saw its response ids within an hour', async () => {
  const { store, inside } = await server.open();
  const facts = [
    seen('one', 'r1', 0n),
    seen('two', 'r1', 50n * MINUTE_NS),
    seen('two', 'r2', 55n * MINUTE_NS),
    seen('three', 'r2', 56n * MINUTE_NS),
    seen('late', 'r1', 3n * HOUR_NS),
    seen('same scope', 'r1', 0n, { scope_name: 'late' }),
    fact({ ...seen('other', 'r1', 0n), org_id: 'other' }),
  ];
  await insertFacts(store, facts);
  const read = (at: number) => readUnits(inside, dirtyOf([facts[at]!]));
  const { units, bounds_reached, neighbours } = await read(0);
  expect(units).toHaveLength(1);
  expect(units[0]!.traces.map(({ trace_id }) => trace_id)).toEqual([traceId('one')]);
  expect(units[0]!.facts).toHaveLength(4);
  expect(new Set(units[0]!.facts.map((one) => one.org_id))).toEqual(new Set(['default']));
  expect(bounds_reached).toBe(0);
  const ids = neighbours.map(({ trace_id }) => trace_id).sort();
  expect(ids).toEqual([traceId('two'), traceId('same scope')].sort());

  expect((await read(1)).units[0]!.facts).toHaveLength(5);
  expect((await read(4)).units.map((unit) => unit.facts.length)).toEqual([1]);
});

test('spans of one scope are never read together, however often an id was served', async () => {
  const { store, inside } = await server.open();
  const facts = ['one', 'two', 'three'].map((trace) =>
    seen(trace, 'r1', 0n, { scope_name: 'sdk' }),
  );
  await insertFacts(store, facts);
  const { units, neighbours } = await readUnits(inside, dirtyOf(facts.slice(0, 1)));
  expect(units.map((unit) => unit.facts.length)).toEqual([1]);
  expect(neighbours).toEqual([]);
});

const PERIOD = {
  org_id: 'default',
  from_s: Number((NOON_NS - HOUR_NS) / SECOND_NS),
  to_s: Number((NOON_NS + HOUR_NS) / SECOND_NS),
};
const book = bundledPriceBook();
const settleReally: Settle = (facts) => settle(facts, book);

/** One gateway trace that served each call of many agent traces. */
function hub(calls: number): { gateway: Fact[]; agents: Fact[] } {
  const shared = { operation: 'chat', input_tokens: 100, output_tokens: 5 };
  const at = (i: number): bigint => BigInt(i) * 2_000_000n;
  const numbers = Array.from({ length: calls }, (_, i) => i);
  return {
    gateway: numbers.map((i) =>
      seen('hub', `r${i}`, at(i), { ...shared, service_name: 'gateway', span_kind: 'server' }),
    ),
    agents: numbers.map((i) =>
      seen(`agent${i}`, `r${i}`, at(i), {
        ...shared,
        scope_name: 'sdk',
        service_name: 'agent',
        span_kind: 'client',
      }),
    ),
  };
}

test.each([
  ['within the limits', UNIT_LIMITS, 0],
  ['joined in part', { ...UNIT_LIMITS, context_facts_max: 20 }, 120],
  ['an id joins one trace', { ...UNIT_LIMITS, traces_per_id_max: 1 }, 0],
])('a hub of many traces counts each call once: %s', async (_, limits, doubted) => {
  const { gateway, agents } = hub(60);
  const late = seen('agent0', '', 0n, { kind: 'tool', operation: 'execute_tool', tool_name: 'x' });
  const ledgers: unknown[] = [];
  for (const order of [
    [[...gateway, ...agents], [late]],
    [agents, gateway, [late]],
    [gateway, [late], agents.slice(30), agents.slice(0, 30)],
  ]) {
    const { store, inside } = await server.open();
    for (const facts of order) {
      await insertFacts(store, facts);
      await store.settle(dirtyOf(facts), settleReally, limits);
    }
    const rows = await inside.rows(
      `SELECT * EXCEPT (settled_at, written_at) FROM ledger FINAL ORDER BY trace_id, span_id`,
    );
    expect(rows.filter((row) => row['counted'] === true && row['kind'] === 'llm')).toHaveLength(60);
    const bounded = rows.filter((row) => (row['doubts'] as string[]).includes('unit_bounded'));
    expect(bounded).toHaveLength(doubted === 0 ? 0 : doubted + 1);
    ledgers.push(rows);
    const { differences } = await verify(inside, PERIOD, settleReally, limits);
    expect(differences.filter(({ level }) => ['ledger', 'executions'].includes(level))).toEqual([]);
  }
  expect(ledgers[1]).toEqual(ledgers[0]);
  expect(ledgers[2]).toEqual(ledgers[0]);
});

test('a long chain of traces settles the same whichever end comes last', async () => {
  const chain = Array.from({ length: 7 }, (_, i) => [
    seen(`chain${i}`, `r${i}`, 0n, { service_name: `s${i}`, span_kind: 'client' }),
    seen(`chain${i}`, `r${i + 1}`, 0n, {
      service_name: `s${i}`,
      span_kind: 'server',
      input_tokens: 100 + i,
    }),
  ]).map(([client, served]) => [{ ...client!, input_tokens: null, output_tokens: null }, served!]);
  const ledgers: unknown[] = [];
  for (const order of [chain, chain.toReversed(), [chain.flat()]]) {
    const { store, inside } = await server.open();
    for (const facts of order) {
      await insertFacts(store, facts);
      await store.settle(dirtyOf(facts), settleReally);
    }
    ledgers.push(
      await inside.rows(`SELECT trace_id, span_id, role, counted, input_uncached, owner_trace_id,
        doubts FROM ledger FINAL ORDER BY trace_id, span_id`),
    );
    const { differences } = await verify(inside, PERIOD, settleReally);
    expect(differences.filter(({ level }) => ['ledger', 'executions'].includes(level))).toEqual([]);
  }
  expect(ledgers[1]).toEqual(ledgers[0]);
  expect(ledgers[2]).toEqual(ledgers[0]);
  const rows = ledgers[0] as Record<string, unknown>[];
  expect(rows.filter((row) => row['counted'] === true)).toHaveLength(8);
});

test.each([
  ['quotes and escapes', `'a\\\t\n"\u0000{x:String}%00`, 2],
  ['the longest text', '€'.repeat(256), 2],
  ['a text that is no id', 'x'.repeat(257), 1],
])('response ids may be anything: %s', async (_, response_id, together) => {
  const { store, inside } = await server.open();
  const facts = Array.from({ length: 700 }, (__, i) =>
    span(`s${i}`, {
      trace_id: traceId(`t${i % 2}`),
      scope_name: `t${i % 2}`,
      response_id: i < 2 ? response_id : response_id.slice(0, -4) + String(1_000 + i),
    }),
  );
  await insertFacts(store, facts);
  const { units } = await readUnits(inside, dirtyOf(facts.slice(0, 2)));
  const traces = new Set(units[0]!.facts.map((one) => one.trace_id));
  expect(traces.size).toBe(together);
});

test('what is dirty together does not change what settles together', async () => {
  const { store, inside } = await server.open();
  const facts = Array.from({ length: 12 }, (_, i) =>
    span(`s${i}`, {
      trace_id: traceId(`t${i}`),
      scope_name: `s${i % 2}`,
      response_id: `r${Math.floor(i / 2)}`,
      start_time: NOON_NS + BigInt(i) * MINUTE_NS,
    }),
  );
  await insertFacts(store, facts);
  const together = await readUnits(inside, dirtyOf(facts));
  const shape = (units: typeof together.units): string[] =>
    units
      .map((unit) =>
        unit.facts
          .map((one) => one.span_id)
          .sort()
          .join(),
      )
      .sort();
  const apart = [];
  for (const one of facts.filter((_, i) => i % 2 === 0)) {
    apart.push(...(await readUnits(inside, dirtyOf([one]))).units);
  }
  expect(shape(together.units)).toEqual(shape(apart));
});

test('log records without a trace settle by the hour', async () => {
  const { store } = await server.open();
  const log = (event: string, start_time: bigint): Fact =>
    fact({
      trace_id: '',
      span_id: '',
      event_id: event,
      signal: 'log',
      start_time,
      input_tokens: 1,
    });
  const facts = [log('a', NOON_NS), log('b', NOON_NS + MINUTE_NS), log('c', NOON_NS + HOUR_NS)];
  expect(await settled(store, facts)).toMatchObject({ facts: 3, units: 2, changed: 3 });
  const again = await settled(store, [log('d', NOON_NS + 2n * MINUTE_NS)]);
  expect(again).toMatchObject({ facts: 3, units: 1, changed: 1, deleted: 0 });
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
}, 60_000);

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
