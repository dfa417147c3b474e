// What is summed is summed once: a span that came twice, a failed call that several records tell of, more
// sets of definitions than a list has rows, and records that lie in no trace.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import type { Settle, Store } from '../src/index.ts';
import {
  HOUR_NS,
  NOON_NS,
  NOON_S,
  derive,
  dirtyOf,
  fact,
  hex,
  insertFacts,
  settlePlainly,
  span,
  traceId,
} from './samples.ts';
import { startServer, type TestServer } from './server.ts';

let server: TestServer;
let store: Store;
let inside: Connection;
beforeAll(async () => {
  server = await startServer();
  ({ store, inside } = await server.open());
});
afterAll(() => server.stop());

const asked = (org: string) => ({ org, from_s: NOON_S - 3_600, to_s: NOON_S + 7_200 });

test('a span that came again under another service, or an hour later, is one request and one run', async () => {
  const org_id = 'twice';
  const trace_id = traceId('twice');
  await derive(store, [
    span('call', { org_id, trace_id, tool_definitions: 2, tool_definitions_bytes: 400 }),
    fact({ org_id, trace_id, span_id: hex('tool', 16), kind: 'tool', tool_name: 'search' }),
  ]);
  for (const [service, at] of [
    ['svc', NOON_NS],
    ['renamed', NOON_NS],
    ['svc', NOON_NS + HOUR_NS],
  ]) {
    await inside.command(
      `INSERT INTO otel_traces (OrgId, Timestamp, TraceId, SpanId, ServiceName, SpanAttributes)
       SELECT {org:String}, fromUnixTimestamp64Nano({at:Int64}), {trace:String},
         arrayJoin({spans:Array(String)}), {service:String}, map('spanledger.action_type', 'generate')`,
      { org: org_id, at, trace: trace_id, service, spans: [hex('call', 16), hex('tool', 16)] },
    );
  }
  const sets = await store.ask('tool_sets', asked(org_id));
  expect(sets).toMatchObject([{ action: 'generate', requests: 1, input_total: 10 }]);
  expect(await store.ask('tools_called', asked(org_id))).toMatchObject([{ runs: 1 }]);
  expect(await store.ask('tool_requests', asked(org_id))).toHaveLength(1);
});

test('more sets than have a row of their own lose no request', async () => {
  const org_id = 'sets';
  const calls = [3, 2, 1].flatMap((times, set) =>
    Array.from({ length: times }, (_, index) =>
      span(`${set} ${index}`, {
        ...{ org_id, tool_definitions: 1, tool_definitions_bytes: 100 + set },
        ...(set === 0 && index === 0 ? { input_tokens: null, output_tokens: null } : {}),
      }),
    ),
  );
  await derive(store, calls);
  const told = async (sets_max: number) => {
    const parameters = { ...asked(org_id), sets_max };
    const rows = await store.ask('tool_sets', parameters);
    return rows.map((row) => [
      ...[row.requests, row.requests_with_tools, row.tool_requests_with_usage],
      ...[row.definition_bytes, row.input_total, row.cost_usd],
    ]);
  };
  const [first, second, third] = [
    [3, 3, 2, 100, 20, 200_000_000n],
    [2, 2, 2, 101, 20, 200_000_000n],
    [1, 1, 1, 102, 10, 100_000_000n],
  ];
  expect(await told(3)).toEqual([first, second, third]);
  const rest = [3, 3, 3, null, 30, 300_000_000n];
  expect((await told(1)).toSorted()).toEqual([first, rest].toSorted());
});

/** By span: a failed call with a try within it, a tool told twice, a run that its event tells, too. */
const ROLES: Readonly<Record<string, object>> = {
  [hex('failed', 16)]: { role: 'attempt', counted: false },
  [hex('try', 16)]: { role: 'attempt', counted: false, owner_span_id: hex('failed', 16) },
  [hex('copy', 16)]: { role: 'duplicate', counted: false, owner_span_id: hex('failed', 16) },
  [hex('tool copy', 16)]: { role: 'duplicate', owner_span_id: hex('tool', 16) },
};
const judged: Settle = (facts) => ({
  ...settlePlainly(facts),
  rows: settlePlainly(facts).rows.map((row) => ({
    ...row,
    ...(row.event_id === '' ? ROLES[row.span_id] : {}),
  })),
});

test('errors are those that the roll-ups count, of log records as of spans', async () => {
  const wrong = { org_id: 'wrong', status: 'error' } as const;
  const facts = [
    ...['failed', 'try', 'copy'].map((name) => span(name, { ...wrong, error_type: 'Refused' })),
    ...['tool', 'tool copy'].map((name) => span(name, { ...wrong, kind: 'tool' })),
    span('run', { ...wrong, kind: 'agent' }),
    span('run', { ...wrong, kind: 'agent', event_id: 'end' }),
    fact({ ...wrong, trace_id: '', span_id: '', event_id: 'log', error_type: 'Overloaded' }),
  ];
  await insertFacts(store, facts);
  await store.settle(dirtyOf(facts), judged);
  await store.rollUp('minute');
  const groups = await store.ask('error_groups', asked('wrong'));
  expect(groups.map((one) => [one.kind, one.error_type, one.errors]).toSorted()).toEqual([
    ['agent', '', 1],
    ['llm', 'Overloaded', 1],
    ['llm', 'Refused', 1],
    ['tool', '', 1],
  ]);
  const [totals] = await store.ask('totals', asked('wrong'));
  expect([totals?.call_errors, totals?.tool_errors]).toEqual([2, 1]);
});

test('records without a trace are no run that used all their tools', async () => {
  const org_id = 'loose';
  const loose = (event_id: string, given: Parameters<typeof fact>[0]) =>
    fact({ org_id, trace_id: '', span_id: '', event_id, ...given });
  await derive(store, [
    loose('1', { kind: 'tool', tool_name: 'read' }),
    loose('2', { kind: 'tool', tool_name: 'write' }),
    loose('3', { input_tokens: 10, output_tokens: 5 }),
  ]);
  expect(await store.ask('tool_combinations', asked(org_id))).toEqual([]);
});
