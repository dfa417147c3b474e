// Records of one call that share no id, in two traces or in a log without any: settled together in
// whatever order they came, at once or long after each other, and verified the same.

import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bundledPriceBook,
  isSum,
  seeksOthers,
  settle,
  type Fact,
  type Mark,
} from '@spanledger/ledger';
import type { Connection } from '../src/clickhouse/connection.ts';
import { UNIT_LIMITS, type Settle, type Store } from '../src/index.ts';
import { verify } from '../src/verify/verify.ts';
import {
  NOON_NS,
  NOON_S,
  SECOND_NS,
  dirtyOf,
  fact,
  insertFacts,
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

const PERIOD = { from_s: NOON_S - 3_600, to_s: NOON_S + 3_600 };
const book = bundledPriceBook();
const settleReally: Settle = (facts) => settle(facts, book);

const call = (trace: string, given: Partial<Fact> = {}): Fact =>
  span(trace, { trace_id: traceId(trace), scope_name: trace, ...given });

const event = (name: string, given: Partial<Fact> = {}): Fact =>
  fact({
    signal: 'log',
    trace_id: '',
    span_id: '',
    event_id: name,
    name,
    start_time: NOON_NS + SECOND_NS,
    duration_ns: 0n,
    input_tokens: 10,
    output_tokens: 5,
    ...given,
  });

const minute_end = NOON_NS + 60n * SECOND_NS;
const CASES: [string, calls: number, facts: Fact[]][] = [
  [
    'a callback’s record and the client’s, in a trace of its own',
    1,
    [call('framework', { marks: ['not_current'] }), call('client', { response_id: 'r1' })],
  ],
  [
    'four equal requests at once, each told in two traces, are four',
    4,
    Array.from({ length: 4 }, (_, i) => [
      call(`outer${i}`, { scope_name: 'framework', marks: ['not_current'] }),
      call(`inner${i}`, { scope_name: 'client' }),
    ]).flat(),
  ],
  ['without a mark they are two', 2, [call('one'), call('two')]],
  [
    'an event and the call of its conversation, which a span above names',
    1,
    [
      call('turn', { kind: 'step', conversation_id: 'c', input_tokens: null, output_tokens: null }),
      call('call', { trace_id: traceId('turn'), parent_span_id: span('turn').span_id }),
      event('completed', { conversation_id: 'c' }),
    ],
  ],
  [
    'an event by the emitter’s own id',
    1,
    [call('agent', { emitter_event_id: 'e' }), event('event', { emitter_event_id: 'e' })],
  ],
  [
    'two events of one call, either side of a minute',
    1,
    [
      event('details', { conversation_id: 'c', start_time: minute_end - 1n }),
      event('response', { conversation_id: 'c', start_time: minute_end + 1n }),
    ],
  ],
  [
    'a sum whose call lies in another trace without an id',
    1,
    [
      call('run', { kind: 'agent', duration_ns: 2n * SECOND_NS, input_tokens: 100 }),
      call('root', { start_time: NOON_NS + SECOND_NS }),
    ],
  ],
  [
    'a sum beside a call that has its place after all',
    2,
    [
      call('run', { kind: 'agent', duration_ns: 2n * SECOND_NS, input_tokens: 100 }),
      call('call', { parent_span_id: span('turn').span_id, start_time: NOON_NS + SECOND_NS }),
      call('turn', {
        trace_id: traceId('call'),
        kind: 'step',
        input_tokens: null,
        output_tokens: null,
      }),
    ],
  ],
  [
    'a sum, the call beneath it that is told in another trace, and what keeps the sum from billing',
    2,
    [
      call('run', { kind: 'agent', duration_ns: 2n * SECOND_NS, input_tokens: 100 }),
      call('silent', {
        trace_id: traceId('run'),
        parent_span_id: span('run').span_id,
        input_tokens: null,
        output_tokens: null,
        response_id: 'r',
      }),
      call('twin', { input_tokens: null, output_tokens: null, response_id: 'r' }),
      event('lost', { start_time: NOON_NS + SECOND_NS, service_name: span('run').service_name }),
    ],
  ],
  [
    'an event of another conversation',
    2,
    [call('agent', { conversation_id: 'c' }), event('other', { conversation_id: 'd' })],
  ],
];

const organisationOf = (name: string, order: number): string => `${name} ${order}`;

/** In each order of arrival, in an organisation of its own: what comes and is settled at once. */
const ARRIVALS: readonly (readonly Fact[])[][] = CASES.flatMap(([name, , facts]) =>
  [facts.map((one) => [one]), facts.toReversed().map((one) => [one]), [facts]].map((order, i) =>
    order.map((some) => some.map((one) => ({ ...one, org_id: organisationOf(name, i) }))),
  ),
);

/** All organisations side by side, as in life; alone, each would cost as much as all do. */
beforeAll(async () => {
  const longest = Math.max(...ARRIVALS.map((order) => order.length));
  for (let step = 0; step < longest; step++) {
    const arrived = ARRIVALS.flatMap((order) => order[step] ?? []);
    await insertFacts(store, arrived);
    await store.settle(dirtyOf(arrived), settleReally);
  }
});

test.each(CASES)(
  '%s',
  async (name, calls) => {
    const ledgers: unknown[] = [];
    for (let order = 0; order < 3; order++) {
      const org_id = organisationOf(name, order);
      const rows = await inside.rows(
        `SELECT * EXCEPT (org_id, settled_at, written_at, fingerprint) FROM ledger FINAL
       WHERE org_id = {org_id:String} ORDER BY trace_id, span_id, event_id`,
        { org_id },
      );
      expect(rows.filter((row) => row['counted'] === true)).toHaveLength(calls);
      ledgers.push(rows);
    }
    expect(ledgers[1]).toEqual(ledgers[0]);
    expect(ledgers[2]).toEqual(ledgers[0]);
    // The same facts with the same ledger: verified in one order, it is in all.
    const period = { ...PERIOD, org_id: organisationOf(name, 0) };
    const { differences } = await verify(inside, period, settleReally);
    expect(differences.filter(({ level }) => level === 'ledger')).toEqual([]);
  },
  180_000,
);

test('more than may be matched is left out, and said', async () => {
  const facts = Array.from({ length: 6 }, (_, i) =>
    call(`t${i}`, {
      scope_name: i === 0 ? 'framework' : 'client',
      marks: i === 0 ? ['not_current'] : [],
    }),
  );
  await insertFacts(store, facts);
  const limits = { ...UNIT_LIMITS, matches_per_record_max: 3 };
  const report = await store.settle(dirtyOf(facts.slice(0, 1)), settleReally, limits);
  expect(report.bounds_reached).toBeGreaterThan(0);
  const [row] = await inside.rows(
    `SELECT doubts FROM ledger FINAL WHERE org_id = 'default' AND trace_id = {trace:String}`,
    { trace: traceId('t0') },
  );
  expect(row!['doubts']).toContain('unit_bounded');
});

test('the table knows which records seek others and which are sums as the ledger does', async () => {
  const marks: (readonly Mark[])[] = [
    [],
    ['not_current'],
    ['written_after'],
    ['stream_end'],
    ['answered'],
    ['aggregate'],
    ['aggregate', 'cumulative'],
  ];
  const shapes: Partial<Fact>[] = [
    {},
    { parent_span_id: 'f'.repeat(16) },
    { response_id: 'r' },
    { input_tokens: null, output_tokens: 0 },
    { input_tokens: null, output_tokens: null, response_id: 'r' },
    { kind: 'embedding', input_tokens: 0, output_tokens: null },
    { kind: 'agent', input_tokens: null, output_tokens: null },
    { kind: 'agent', output_tokens: null },
    { kind: 'agent', input_tokens: 0, output_tokens: 0 },
    { kind: 'step', input_tokens: null, output_tokens: null, cache_read_tokens: 1 },
    { kind: 'tool', input_tokens: null, output_tokens: 0, cache_write_1h_tokens: 1 },
    { kind: 'evaluation' },
    { signal: 'log' },
    { signal: 'log', trace_id: '' },
  ];
  const facts = marks.flatMap((mark, i) =>
    shapes.map((shape, j) =>
      span(`${i} ${j}`, { org_id: 'seeking', event_id: `${i} ${j}`, marks: mark, ...shape }),
    ),
  );
  await insertFacts(store, facts);
  for (const [column, known] of [
    ['seeks_others', seeksOthers],
    ['is_sum', isSum],
  ] as const) {
    const rows = await inside.rows(
      `SELECT event_id FROM genai_facts
       WHERE org_id = 'seeking' AND ${column} ORDER BY event_id`,
    );
    const expected = facts.filter(known).map((one) => one.event_id);
    expect(rows.map((row) => row['event_id'])).toEqual(expected.sort());
  }
});
