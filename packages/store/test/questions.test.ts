// Every question, asked of the same few facts; each file has its line in the list and answers for
// one organisation.

import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DIMENSIONS, QUESTIONS, type Store, type UsageRow } from '../src/index.ts';
import { percentile } from '../src/usage/percentile.ts';
import {
  HOUR_NS,
  NOON_NS,
  NOON_S,
  SECOND_NS,
  derive,
  fact,
  hex,
  span,
  traceId,
} from './samples.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let store: Store;
beforeAll(async () => {
  server = await startServer();
  ({ store } = await server.open());
  const span = (seed: string, given: Parameters<typeof fact>[0]) =>
    fact({ span_id: hex(seed, 16), ...given });
  await derive(store, [
    span('run', { kind: 'agent', agent_name: 'planner' }),
    span('a', { agent_name: 'planner', input_tokens: 100, output_tokens: 7 }),
    span('b', { agent_name: 'planner', input_tokens: null, status: 'error' }),
    span('c', { agent_name: 'writer', input_tokens: 50, start_time: NOON_NS + HOUR_NS }),
    span('d', { kind: 'tool', agent_name: 'planner', tool_name: 'search' }),
    span('e', { org_id: 'other', input_tokens: 1_000, trace_id: traceId('theirs') }),
  ]);
});
afterAll(() => server.stop());

const DAY = { org: 'default', from_s: NOON_S - 3_600, to_s: NOON_S + 7_200 };
const TRACE = { org: 'default', trace: traceId('t1') };
const told = (row: UsageRow | undefined): unknown =>
  row && [row.calls, row.calls_with_usage, row.tokens.input_uncached, row.cost_usd];

test('each file is one line in the list, and asks for the organisation', async () => {
  const folder = new URL('../questions/', import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  expect(files).toEqual(
    Object.keys(QUESTIONS)
      .map((name) => `${name}.sql`)
      .toSorted(),
  );
  for (const file of files) {
    const text = await readFile(new URL(file, folder), 'utf8');
    const part = /^\$(\w+),?$/m.exec(text)?.[1];
    const before =
      part === undefined ? '' : await readFile(new URL(`parts/${part}.sql`, folder), 'utf8');
    expect(before + text, file).toContain('{org:String}');
  }
});

test('usage by agent', async () => {
  const rows = await store.ask('usage', { ...DAY, by: ['agent_name'] });
  const errors = (row: UsageRow) => [row.call_errors, row.tool_errors, row.run_errors];
  expect(rows.map((row) => [row.group, told(row), errors(row), row.tool_calls, row.runs])).toEqual([
    [{ agent_name: 'planner' }, [2, 1, 100, 1_000_000_000n], [1, 0, 0], 1, 1],
    [{ agent_name: 'writer' }, [1, 1, 50, 500_000_000n], [0, 0, 0], 0, 0],
  ]);
});

test('usage by every dimension, at every grain', async () => {
  const by = [...DIMENSIONS];
  for (const days of [0, 2, 30]) {
    const rows = await store.ask('usage', { ...DAY, from_s: DAY.from_s - days * 86_400, by });
    expect(rows).toHaveLength(5);
    expect(rows.reduce((sum, row) => sum + row.calls, 0)).toBe(3);
  }
});

test('a sum over nothing known is null: no usage, no call', async () => {
  const rows = await store.ask('usage', { ...DAY, by: ['kind', 'status'] });
  const failed = rows.find((row) => row.group.status === 'error');
  expect(told(failed)).toEqual([1, 0, null, null]);
  const tools = rows.find((row) => row.group.kind === 'tool');
  expect(told(tools)).toEqual([0, 0, null, null]);
});

test('a dimension that is not on the list is refused', async () => {
  const by = ['agent_name; DROP TABLE ledger'] as unknown as ['agent_name'];
  await expect(store.ask('usage', { ...DAY, by })).rejects.toMatchObject({
    code: 'invalid_parameter',
  });
});

test.each([{ limit: 0 }, { limit: 1e9 }, { from_s: -1 }, { to_s: Number.NaN }])(
  '%j is refused',
  async (wrong) => {
    await expect(store.ask('usage', { ...DAY, by: [], ...wrong })).rejects.toMatchObject({
      code: 'invalid_parameter',
    });
  },
);

test('a period is exactly what was asked for, however long it is and wherever its edges lie', async () => {
  const { store: own, inside } = await server.open();
  const calls = Array.from({ length: 240 }, (_, i) =>
    fact({
      span_id: hex(`p${i}`, 16),
      trace_id: traceId(`p${i}`),
      input_tokens: i + 1,
      start_time: NOON_NS + (BigInt(i) * HOUR_NS * 167n) / 60n,
    }),
  );
  await derive(own, calls);
  const periods = [
    [90 * 60, 90 * 60 + 86_400 * 2],
    [15 * 60, 86_400 * 3 + 45 * 60],
    [-2 * 3_600 + 60, 86_400 * 12 - 60],
    [7 * 3_600 + 23 * 60, 86_400 * 25 + 5 * 3_600 + 41 * 60],
    [3_600, 3_600],
  ] as const;
  for (const [from, to] of periods) {
    const asked = { org: 'default', from_s: NOON_S + from, to_s: NOON_S + to };
    const [exact] = await inside.rows(
      `SELECT sum(calls) AS calls, sum(input_uncached) AS input FROM usage_minute FINAL
       WHERE time >= toDateTime(${asked.from_s}, 'UTC') AND time < toDateTime(${asked.to_s}, 'UTC')`,
    );
    const expected = [Number(exact!['calls']), Number(exact!['input'])];
    const sum = (rows: readonly UsageRow[]): number[] => [
      rows.reduce((total, row) => total + row.calls, 0),
      rows.reduce((total, row) => total + (row.tokens.input_uncached ?? 0), 0),
    ];
    expect(sum(await own.ask('totals', asked)), `${from} to ${to}`).toEqual(expected);
    for (const step_s of [3_600, 86_400]) {
      const steps = await own.ask('usage_over_time', { ...asked, by: [], step_s });
      expect(sum(steps), `${from} to ${to}, ${step_s}`).toEqual(expected);
    }
    const [coverage] = await own.ask('coverage', asked);
    expect(coverage!.calls).toBe(expected[0]);
  }
}, 180_000);

test('usage over time', async () => {
  const rows = await store.ask('usage_over_time', { ...DAY, by: ['agent_name'], step_s: 3_600 });
  expect(rows.map((row) => [row.time_s - NOON_S, row.group.agent_name, row.calls])).toEqual([
    [0, 'planner', 2],
    [3_600, 'writer', 1],
  ]);
});

test('totals, also of nothing', async () => {
  const [all] = await store.ask('totals', DAY);
  expect(told(all)).toEqual([3, 2, 150, 1_500_000_000n]);
  expect(all!.duration_ns).toBe(5n * SECOND_NS);
  expect(all!.duration_p50_ns! / 1e9).toBeCloseTo(1, 0);
  const [none] = await store.ask('totals', { ...DAY, org: 'nobody' });
  expect(told(none)).toEqual([0, 0, null, null]);
  expect(none!.duration_p95_ns).toBeNull();
});

test('coverage, with reasons', async () => {
  expect(await store.ask('coverage', DAY)).toEqual([
    {
      calls: 3,
      with_usage: 2,
      priced: 2,
      reasons: { 'usage:emitter_reports_no_usage': 1, 'cost:no_usage': 1 },
      doubts: {},
      unclaimed_spans: {},
    },
  ]);
});

test('coverage counts doubts by record or by trace, and leaves out what takes nothing', async () => {
  const org_id = 'doubtful';
  await derive(store, [
    span('h', { org_id, doubts: ['figures_differ', 'matched_without_id'] }),
    span('i', { org_id, doubts: ['figures_differ'] }),
    span('j', { org_id, kind: 'agent', doubts: ['no_call_telemetry'] }),
    span('k', { org_id, kind: 'agent', doubts: ['no_call_telemetry'] }),
  ]);
  const [coverage] = await store.ask('coverage', { ...DAY, org: org_id });
  expect(coverage!.doubts).toEqual({ figures_differ: 2, no_call_telemetry: 1 });
});

test('recent runs and traces', async () => {
  const runs = await store.ask('recent_runs', DAY);
  expect(runs).toMatchObject([{ agent_name: 'planner', start_time: NOON_NS, cost_usd: null }]);
  expect(await store.ask('recent_traces', DAY)).toEqual([
    {
      trace_id: traceId('t1'),
      facts: 5,
      first_ns: NOON_NS,
      last_ns: NOON_NS + HOUR_NS + SECOND_NS,
    },
  ]);
});

test('a trace: its rows, runs and facts', async () => {
  const rows = await store.ask('trace_rows', TRACE);
  expect(rows).toHaveLength(5);
  expect(rows.find((row) => row.span_id === hex('a', 16))).toMatchObject({
    role: 'owner',
    counted: true,
    cost_usd: 1_000_000_000n,
    doubts: [],
    duration_ns: SECOND_NS,
  });
  expect(await store.ask('trace_executions', TRACE)).toHaveLength(1);
  const facts = await store.ask('trace_facts', TRACE);
  expect(facts.map((one) => one.start_time)).toEqual(
    [0n, 0n, 0n, 0n, HOUR_NS].map((after) => NOON_NS + after),
  );
});

test('a trace of another organisation is not there', async () => {
  const theirs = { org: 'default', trace: traceId('theirs') };
  for (const name of ['trace_rows', 'trace_executions', 'trace_facts'] as const) {
    expect(await store.ask(name, theirs)).toEqual([]);
  }
});

test('freshness, step by step', async () => {
  const [row] = await store.ask('freshness', TRACE);
  const { last_span_end_ns, ingested_ns, settled_ns, rolled_up_ns } = row!;
  expect(last_span_end_ns).toBe(NOON_NS + HOUR_NS + SECOND_NS);
  expect(ingested_ns! < settled_ns!).toBe(true);
  expect(settled_ns! < rolled_up_ns!).toBe(true);
  const [none] = await store.ask('freshness', { org: 'default', trace: traceId('never') });
  expect(none).toEqual({
    last_span_end_ns: null,
    ingested_ns: null,
    settled_ns: null,
    rolled_up_ns: null,
  });
});

test.each([
  [{}, 0.5, null],
  [{ '40': 1 }, 0.5, 2 ** (40.5 / 4)],
  [{ '40': 1, '80': 1 }, 0.5, 2 ** (41 / 4)],
  [{ '40': 1, '80': 9 }, 0.95, 2 ** ((80 + 8.5 / 9) / 4)],
])('percentile of %j at %d', (durations, share, expected) => {
  expect(percentile(durations, share)).toBe(expected === null ? null : Math.round(expected));
});
