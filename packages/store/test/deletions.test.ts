// Goal: after a deletion everything is as if the deleted part had never come: before and after its rows
// are removed, when it is sent again in other blocks, through another replica, and twice over.
// Method: a feed in one organisation is deleted from, the rest of the feed is derived in another, and a
// third has the same ids and is left alone; a plain walk over the feed says what is to go.

import fc from 'fast-check';
import type { Fact } from '@spanledger/ledger';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import type { Deletion, DeletionRequest, Store } from '../src/index.ts';
import {
  HOUR_NS,
  NOON_NS,
  SECOND_NS,
  derive,
  dirtyOf,
  hex,
  insertFacts,
  settlePlainly,
  span,
  traceId,
} from './samples.ts';
import { startServer, type TestServer } from './server.ts';

const TOMBSTONE_DAYS = 400;
const LEVELS = ['minute', 'hour', 'day'] as const;

let server: TestServer;
let store: Store;
let replica: Store;
let inside: Connection;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  const opened = await server.open();
  ({ store, inside } = opened);
  replica = server.connect(opened.database).store;
});

type Asked = Pick<DeletionRequest, 'kind' | 'subject' | 'from_ns' | 'to_ns'>;

const ALL_TIME = { from_ns: 0n, to_ns: NOON_NS + 100n * HOUR_NS };
const by = (kind: Asked['kind'], subject = ''): Asked => ({ kind, subject, ...ALL_TIME });

/** Up to the state in which totals have followed. */
async function deletes(org_id: string, asked: Asked): Promise<Deletion> {
  const deletion = await store.deletions.ask({ org_id, ...asked }, TOMBSTONE_DAYS);
  const settled = await store.deletions.carryOut(deletion, settlePlainly, () => false);
  for (const level of LEVELS) await store.rollUp(level);
  return store.deletions.followed(settled!);
}

async function removes(org_id: string): Promise<void> {
  for (;;) {
    const open = (await store.deletions.list(org_id)).filter(({ state }) => state === 'removing');
    if (open.length === 0) return;
    await store.deletions.remove(open);
  }
}

async function derived(org: string): Promise<unknown> {
  const read = (table: string, columns: string, order: string): Promise<unknown> =>
    inside.rows(
      `SELECT ${columns} FROM ${table} FINAL WHERE org_id = {org:String} ORDER BY ${order}`,
      { org },
    );
  const keys = 'trace_id, span_id, event_id';
  const usage = 'SELECT time, agent_name, model, calls, runs, tool_calls, input_uncached, cost_usd';
  const sums = (table: string): Promise<unknown> =>
    inside.rows(
      `${usage} FROM ${table} FINAL WHERE org_id = {org:String}
         AND calls + runs + tool_calls > 0 ORDER BY ALL`,
      { org },
    );
  return {
    ledger: await read('ledger', `${keys}, kind, user_id, role, cost_usd`, keys),
    executions: await read('executions', 'execution_id, trace_id, calls', 'ALL'),
    minute: await sums('usage_minute'),
    hour: await sums('usage_hour'),
    day: await sums('usage_day'),
  };
}

async function differences(org_id: string): Promise<readonly unknown[]> {
  const from_s = Number(NOON_NS / SECOND_NS) - 86_400;
  const period = { org_id, from_s, to_s: from_s + 10 * 86_400 };
  return (await store.verify(period, settlePlainly)).differences;
}

/** Raw rows of the same spans and events. */
async function insertRaw(org: string): Promise<void> {
  await inside.command(
    `INSERT INTO otel_traces (OrgId, Timestamp, TraceId, SpanId, ParentSpanId, Version)
     SELECT org_id, start_time, trace_id, span_id, parent_span_id, version FROM genai_facts
     WHERE org_id = {org:String} AND signal = 'span'`,
    { org },
  );
  await inside.command(
    `INSERT INTO otel_logs (OrgId, Timestamp, TraceId, SpanId, EventId, Version)
     SELECT org_id, start_time, trace_id, span_id, event_id, version FROM genai_facts
     WHERE org_id = {org:String} AND signal = 'log'`,
    { org },
  );
}

async function stored(org: string): Promise<Record<string, number>> {
  const [row] = await inside.rows(
    `SELECT (SELECT uniqExact(trace_id, span_id, event_id) FROM genai_facts WHERE org_id = {org:String}) AS facts,
       (SELECT uniqExact(TraceId, SpanId) FROM otel_traces WHERE OrgId = {org:String}) AS spans,
       (SELECT uniqExact(TraceId, SpanId, EventId) FROM otel_logs WHERE OrgId = {org:String}) AS logs`,
    { org },
  );
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, n]) => [name, Number(n)]));
}

const USERS = ['', '', 'ann', 'bob'] as const;

/** Traces of trees: each span hangs beneath an earlier one of its trace, or is a root. */
const feed = fc
  .array(
    fc.record({
      trace: fc.integer({ min: 0, max: 3 }),
      above: fc.option(fc.nat({ max: 6 }), { nil: null, freq: 6 }),
      kind: fc.constantFrom('llm' as const, 'agent' as const, 'tool' as const),
      user_id: fc.constantFrom(...USERS),
      conversation_id: fc.constantFrom('', '', 'c1', 'c2'),
      minute: fc.integer({ min: 0, max: 90 }),
      signal: fc.constantFrom('span' as const, 'span' as const, 'log' as const),
      loose: fc.boolean(),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((drawn) => {
    const facts: Fact[] = [];
    for (const [at, one] of drawn.entries()) {
      const { kind, user_id, conversation_id } = one;
      const trace_id = traceId(`trace ${one.trace}`);
      const spans = facts.filter((fact) => fact.trace_id === trace_id && fact.signal === 'span');
      const above = one.above === null ? undefined : spans[one.above % Math.max(1, spans.length)];
      const start_time = NOON_NS + BigInt(one.minute) * 60n * SECOND_NS;
      const said = { kind, user_id, conversation_id, start_time, agent_name: `agent ${at % 2}` };
      if (one.signal === 'span') {
        facts.push(span(`${at}`, { ...said, trace_id, parent_span_id: above?.span_id ?? '' }));
      } else {
        const place = one.loose
          ? { trace_id: '', span_id: '' }
          : { trace_id, span_id: above?.span_id ?? '', parent_span_id: '' };
        const own = { ...said, kind: 'llm' as const, signal: 'log' as const };
        facts.push(span(`${at}`, { ...own, ...place, event_id: hex(`event ${at}`, 32) }));
      }
    }
    return facts;
  });

const ASKED: readonly Asked[] = [
  by('user', 'ann'),
  by('user', 'nobody'),
  by('conversation', 'c1'),
  by('organisation'),
  {
    kind: 'range',
    subject: '',
    from_ns: NOON_NS + 20n * 60n * SECOND_NS,
    to_ns: NOON_NS + 70n * 60n * SECOND_NS,
  },
];

/** The model: what names the subject and all beneath it, or began in the time. */
function goes(facts: readonly Fact[], { kind, subject, from_ns, to_ns }: Asked): Set<Fact> {
  if (kind === 'organisation') return new Set(facts);
  if (kind === 'range') {
    return new Set(facts.filter((one) => one.start_time >= from_ns && one.start_time < to_ns));
  }
  const names = (fact: Fact): boolean =>
    (kind === 'user' ? fact.user_id : fact.conversation_id) === subject;
  const gone = new Set(facts.filter(names));
  for (let size = -1; size !== gone.size;) {
    size = gone.size;
    for (const fact of facts) {
      const on = fact.signal === 'log' ? fact.span_id : fact.parent_span_id;
      const above = (other: Fact): boolean =>
        other.signal === 'span' && other.trace_id === fact.trace_id && other.span_id === on;
      if (on !== '' && fact.trace_id !== '' && [...gone].some(above)) gone.add(fact);
    }
  }
  return gone;
}

const inOrg = (facts: readonly Fact[], org_id: string): Fact[] =>
  facts.map((fact) => ({ ...fact, org_id }));

let runs = 0;

test(
  'the rest of the feed, whatever was in it and whatever is deleted',
  { timeout: 900_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(feed, fc.constantFrom(...ASKED), async (facts, asked) => {
        const run = ++runs;
        const [mine, rest, twin] = [`mine ${run}`, `rest ${run}`, `twin ${run}`];
        const gone = goes(facts, asked);
        const kept = facts.filter((fact) => !gone.has(fact));
        await derive(store, [...inOrg(facts, mine), ...inOrg(kept, rest), ...inOrg(facts, twin)]);
        await insertRaw(mine);
        const twins = await derived(twin);
        const counts = await store.deletions.count({ org_id: mine, ...asked });
        expect(counts['genai_facts']).toBe(gone.size);
        expect(counts['ledger']).toBe(gone.size);

        await deletes(mine, asked);
        const expected = await derived(rest);
        expect(await derived(mine)).toEqual(expected);
        expect(await differences(mine)).toEqual([]);

        const late = inOrg(facts, mine).reverse();
        await insertFacts(replica, late.slice(0, 3));
        await insertFacts(replica, late.slice(3));
        await replica.settle(dirtyOf(late), settlePlainly);
        for (const level of LEVELS) await replica.rollUp(level);
        expect(await derived(mine)).toEqual(expected);

        await removes(mine);
        expect(await derived(mine)).toEqual(expected);
        expect(await differences(mine)).toEqual([]);
        const spans = kept.filter(({ signal }) => signal === 'span').length;
        expect(await stored(mine)).toEqual({
          facts: kept.length,
          spans,
          logs: kept.length - spans,
        });

        await deletes(mine, asked);
        expect(await derived(mine)).toEqual(expected);
        expect(await derived(twin)).toEqual(twins);
        expect((await stored(twin))['facts']).toBe(facts.length);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  },
);

test(
  'stopped after any of its steps it is finished by another service',
  { timeout: 300_000 },
  async () => {
    const facts = [
      ...['a', 'b', 'c'].map((name) =>
        span(name, { trace_id: traceId(name), user_id: 'ann', start_time: NOON_NS }),
      ),
      span('d', { trace_id: traceId('d'), user_id: 'ann', start_time: NOON_NS + 2n * HOUR_NS }),
      span('kept', { trace_id: traceId('a'), user_id: 'bob' }),
    ];
    for (let steps = 0; ; steps++) {
      const org = `stopped ${steps}`;
      const rest = `rest ${steps}`;
      await derive(store, [...inOrg(facts, org), ...inOrg(facts.slice(4), rest)]);
      const asked = { org_id: org, ...by('user', 'ann') };
      const deletion = await store.deletions.ask(asked, TOMBSTONE_DAYS);
      let left = steps;
      const settled = await store.deletions.carryOut(deletion, settlePlainly, () => left-- === 0);
      const [found] = await replica.deletions.list(org);
      const again = await replica.deletions.carryOut(found!, settlePlainly, () => false);
      for (const level of LEVELS) await replica.rollUp(level);
      await replica.deletions.followed(again!);
      expect(await derived(org)).toEqual(await derived(rest));
      expect(await differences(org)).toEqual([]);
      if (settled !== null) break;
    }
  },
);

test('growth that a deleted time holds is no growth after it', { timeout: 120_000 }, async () => {
  const at = (minute: number): string => String(NOON_NS + BigInt(minute * 60) * SECOND_NS);
  for (const [temporality, series] of [
    ['cumulative', 'c'],
    ['delta', 'd'],
  ]) {
    await inside.command(
      `INSERT INTO genai_metric_points (org_id, service_name, quantity, temporality, series, start_time, time, value)
       SELECT 'metrics', {series:String}, 'input', {temporality:String}, {series:String},
         fromUnixTimestamp64Nano(if({series:String} = 'c', toInt64(${at(0)}), toInt64(${at(0)}) + number)),
         fromUnixTimestamp64Nano(toInt64(${at(0)}) + toInt64(number + 1) * 60000000000),
         if({series:String} = 'c', (number + 1) * 10, 10) FROM numbers(6)`,
      { temporality, series },
    );
  }
  const grown = async (): Promise<unknown> =>
    inside.rows(
      `SELECT service_name, groupArray((toMinute(time), tokens)) AS told FROM (
         SELECT * FROM metric_usage WHERE org_id = 'metrics' ORDER BY service_name, time)
       GROUP BY service_name ORDER BY service_name`,
    );
  const asked = {
    kind: 'range' as const,
    subject: '',
    from_ns: BigInt(at(2)),
    to_ns: BigInt(at(4)),
  };
  await deletes('metrics', asked);
  // The fourth minute's growth ends at the first point after the range, and reaches into it.
  const expected = [
    {
      service_name: 'c',
      told: [
        [1, '10'],
        [5, '10'],
        [6, '10'],
      ],
    },
    {
      service_name: 'd',
      told: [
        [1, '10'],
        [4, '10'],
        [5, '10'],
        [6, '10'],
      ],
    },
  ];
  expect(await grown()).toEqual(expected);
  await removes('metrics');
  expect(await grown()).toEqual(expected);
  const [left] = await inside.rows(
    `SELECT count() AS rows FROM genai_metric_points WHERE org_id = 'metrics'`,
  );
  expect(left).toEqual({ rows: '8' });
});
