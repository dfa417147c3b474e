// What settles together is read together, and nothing else: by response id here, without ids beside.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledPriceBook, settle, type Fact } from '@spanledger/ledger';
import { UNIT_LIMITS, type Settle } from '../src/index.ts';
import { readUnits } from '../src/settle/units.ts';
import { verify } from '../src/verify/verify.ts';
import {
  HOUR_NS,
  MINUTE_NS,
  NOON_NS,
  SECOND_NS,
  dirtyOf,
  fact,
  insertFacts,
  span,
  traceId,
} from './samples.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

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
  const ids = (await neighbours([])).map(({ trace_id }) => trace_id).sort();
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
  expect(await neighbours([])).toEqual([]);
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
