// Two loops at once are wasteful and not wrong: one that reads early and writes late leaves nothing
// stale behind, at whichever step the other overtakes it.

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { FACT_COLUMNS, bundledPriceBook, encodeRows, settle, type Fact } from '@spanledger/ledger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../src/clickhouse/connection.ts';
import { BLOCK_COLUMNS } from '../src/index.ts';
import { RollUps } from '../src/usage/roll-up.ts';
import { settleTraces, type Settle } from '../src/settle/settle-traces.ts';
import type { Difference } from '../src/usage/findings.ts';
import { verify } from '../src/verify/verify.ts';
import {
  HOUR_NS,
  MINUTE_NS,
  NOON_NS,
  NOON_S,
  derive,
  dirtyOf,
  fact,
  hex,
  insertFacts,
  span,
  settlePlainly,
  traceId,
} from './samples.ts';
import { startServer, type TestServer } from './server.ts';
import { stepped, type Stepped } from './steps.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const PERIOD = { org_id: 'default', from_s: NOON_S - 3 * 86_400, to_s: NOON_S + 3 * 86_400 };
const LEVELS = ['minute', 'hour', 'day'] as const;
const LATER = { start_time: NOON_NS + MINUTE_NS };

/** What a span says, one version after the other: before, to the slow loop, and at last. */
const OVERTAKEN: readonly [string, ...Partial<Fact>[]][] = [
  [
    'the last version is what is stored',
    { input_tokens: 10 },
    { input_tokens: 20 },
    { input_tokens: 10 },
  ],
  ['the last version is another', { input_tokens: 10 }, { input_tokens: 20 }, { input_tokens: 30 }],
  ['the row moved, as it was stored', LATER, {}, LATER],
  [
    'the row moved from where only the slow loop saw it',
    LATER,
    {},
    { start_time: NOON_NS + HOUR_NS },
  ],
  [
    'the run has another id',
    { kind: 'agent', execution_id: 'x' },
    { kind: 'agent', execution_id: 'y' },
    { kind: 'agent', execution_id: 'z' },
  ],
  [
    'the run is none',
    { kind: 'llm', input_tokens: 1 },
    { kind: 'agent', execution_id: 'y' },
    { kind: 'llm', input_tokens: 1 },
  ],
];

interface Race {
  settling(facts: readonly Fact[]): Stepped;
  /** Settles the first versions of all cases; then the facts of the second are there. */
  begin(seed: string): Promise<[early: Fact[], last: Fact[]]>;
  insert(facts: readonly Fact[]): Promise<void>;
  /** Nothing rolls up or settles here but what was begun before. */
  differences(): Promise<readonly Difference[]>;
}

/** The cases run side by side, each in traces of its own. */
async function raceOf(cases: typeof OVERTAKEN): Promise<Race> {
  const { store, inside, database } = await server.open();
  const settling = (facts: readonly Fact[]): Stepped =>
    stepped({ url: server.url, database }, async (connection) => {
      await settleTraces(connection, dirtyOf(facts), settlePlainly);
    });
  return {
    settling,
    async begin(seed) {
      const versions = [0, 1, 2].map((i) =>
        cases.map(([name, ...said]) =>
          fact({ trace_id: traceId(`${seed} ${name}`), version: BigInt(i + 1), ...said[i] }),
        ),
      );
      const [before, early, last] = versions as [Fact[], Fact[], Fact[]];
      await insertFacts(store, before);
      await settling(before).end();
      await insertFacts(store, early);
      return [early, last];
    },
    insert: (facts) => insertFacts(store, facts),
    async differences() {
      const { differences } = await verify(inside, PERIOD, settlePlainly);
      return differences.filter(({ level }) => level === 'ledger' || level === 'executions');
    },
  };
}

/** False when it ended before. */
async function goTo(one: Stepped, steps: number): Promise<boolean> {
  let halted = true;
  for (let i = 0; i < steps && halted; i++) halted = await one.step();
  return halted;
}

test('a settlement that is overtaken at any step', async () => {
  const race = await raceOf(OVERTAKEN);
  for (let steps = 1, halted = true; halted; steps++) {
    const [early, last] = await race.begin(String(steps));
    const slow = race.settling(early);
    halted = await goTo(slow, steps);
    await race.insert(last);
    await race.settling(last).end();
    await slow.end();
  }
  expect(await race.differences()).toEqual([]);
}, 180_000);

test('a settlement that writes while the other is at any step', async () => {
  const race = await raceOf(OVERTAKEN.slice(3, 4));
  const [alone] = await race.begin('alone');
  let steps = 0;
  for (const one = race.settling(alone); await one.step();) steps++;
  for (let pause = 1, paused = true; paused; pause++) {
    const [early, last] = await race.begin(String(pause));
    const slow = race.settling(early);
    // Before it writes: its last step looks for announcements.
    expect(await goTo(slow, steps - 1)).toBe(true);
    await race.insert(last);
    const fast = race.settling(last);
    paused = await goTo(fast, pause);
    await slow.end();
    await fast.end();
  }
  expect(await race.differences()).toEqual([]);
}, 180_000);

test('what was settled before is settled again without a write, whoever does it', async () => {
  const { store, database, inside } = await server.open();
  const facts = [fact({ kind: 'agent' }), fact({ span_id: hex('s2', 16), input_tokens: 1 })];
  await insertFacts(store, facts);
  await store.settle(dirtyOf(facts), settlePlainly);
  const other = server.connect(database).store;
  const both = [store, other, store].map((one) => one.settle(dirtyOf(facts), settlePlainly));
  for (const report of await Promise.all(both)) {
    expect(report).toMatchObject({ traces: 1, changed: 0, deleted: 0 });
  }
  const [row] = await inside.rows('SELECT count() AS stored FROM ledger');
  expect(Number(row!['stored'])).toBe(2);
});

test('a roll-up written late for a key that is gone is mended by the next sweep', async () => {
  const { store, inside, database } = await server.open();
  await derive(store, [fact({ ...LATER, input_tokens: 10 })]);
  for (const level of LEVELS) {
    await inside.command(`INSERT INTO usage_${level}
      SELECT * REPLACE ('gone' AS model, version - 1 AS version) FROM usage_${level}`);
  }
  const next = server.connect(database);
  for (const level of LEVELS) await next.store.rollUp(level);
  expect((await verify(inside, PERIOD, settlePlainly)).differences).toEqual([]);
});

const arbitraryFact = fc.record({
  span: fc.integer({ min: 0, max: 1 }),
  version: fc.integer({ min: 1, max: 3 }),
  minute: fc.integer({ min: 0, max: 2 }),
  far: fc.boolean(),
  model: fc.constantFrom('m1', 'm2'),
  kind: fc.constantFrom('llm' as const, 'tool' as const, 'agent' as const),
  input_tokens: fc.option(fc.integer({ min: 0, max: 4_000_000_000 })),
  status: fc.constantFrom('ok' as const, 'error' as const),
});

type Job = readonly Fact[] | (typeof LEVELS)[number];

const arbitraryFacts = fc.array(arbitraryFact, { minLength: 1, maxLength: 2 }).map(factsOf);
/** One settlement each: a later one of the same trace would mend what these leave behind. */
const arbitraryJobs: fc.Arbitrary<Job[]> = fc
  .tuple(arbitraryFacts, fc.subarray([...LEVELS]))
  .map(([facts, levels]) => [facts, ...levels]);

function factsOf(
  given: readonly (typeof arbitraryFact extends fc.Arbitrary<infer One> ? One : never)[],
): Fact[] {
  const facts = given.map(({ span, minute, far, model, version, ...rest }) =>
    fact({
      ...rest,
      span_id: hex(`s${span}`, 16),
      trace_id: traceId('t'),
      // As in life, equal versions are equal facts.
      version: BigInt(`0x${version}${hex(JSON.stringify([minute, far, model, rest]), 12)}`),
      request_model: model,
      start_time: NOON_NS + BigInt(minute) * MINUTE_NS + (far ? 30n * HOUR_NS : 0n),
    }),
  );
  const byVersion = facts.map((one) => [[one.span_id, one.version].join(), one]);
  return [...new Map(byVersion as [string, Fact][]).values()];
}

/** A loop as it lives: it takes facts, settles what it took, and rolls up now and then. */
const loopOf =
  (jobs: readonly Job[], settlement: Settle = settlePlainly) =>
  async (connection: Connection): Promise<void> => {
    const rollUps = new RollUps(connection);
    for (const job of [...jobs, ...LEVELS]) {
      if (typeof job === 'string') await rollUps.run(job);
      else {
        const { inserter } = connection;
        const rows = encodeRows(FACT_COLUMNS, job);
        await inserter.insert('genai_facts', BLOCK_COLUMNS.genai_facts, rows, randomUUID());
        const report = await settleTraces(connection, dirtyOf(job), settlement);
        rollUps.mark('minute', report.minutes);
      }
    }
  };

test('two loops that take their steps in any order, and settle no more than they took', async () => {
  /** How many steps each takes before the other's turn. */
  const turns = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      arbitraryFacts,
      arbitraryJobs,
      arbitraryJobs,
      turns,
      async (before, one, two, order) => {
        const { inside, database } = await server.open();
        const options = { url: server.url, database };
        await stepped(options, loopOf([before])).end();
        const loops = [stepped(options, loopOf(one)), stepped(options, loopOf(two))] as const;
        for (const [i, steps] of order.entries()) await goTo(loops[i % 2]!, steps);
        for (const loop of loops) await loop.end();
        expect((await verify(inside, PERIOD, settlePlainly)).differences).toEqual([]);
      },
    ),
    { numRuns: 6, endOnFailure: true },
  );
}, 180_000);

const book = bundledPriceBook();
const settleReally: Settle = (facts) => settle(facts, book);

const record = (trace: string, given: Partial<Fact> = {}): Fact =>
  span(trace, { trace_id: traceId(trace), scope_name: trace, ...given });

const loose = (name: string): Fact =>
  record('', {
    signal: 'log',
    trace_id: '',
    span_id: '',
    event_id: name,
    name,
    conversation_id: 'c',
    start_time: NOON_NS + MINUTE_NS,
    duration_ns: 0n,
  });

/** Records that settle each other's traces: pairs without an id, events without a trace, a sum. */
const AROUND: readonly Fact[] = [
  record('outer', { marks: ['not_current'] }),
  record('inner', { response_id: 'r' }),
  record('third', { response_id: 'r', input_tokens: 140 }),
  record('turn', { conversation_id: 'c', start_time: NOON_NS + MINUTE_NS }),
  loose('request'),
  loose('details'),
  record('run', { kind: 'agent', start_time: NOON_NS + HOUR_NS, duration_ns: MINUTE_NS }),
  record('beside', { start_time: NOON_NS + HOUR_NS, parent_span_id: hex('above', 16) }),
  record('above', {
    trace_id: traceId('beside'),
    span_id: hex('above', 16),
    kind: 'step',
    start_time: NOON_NS + HOUR_NS,
    input_tokens: null,
    output_tokens: null,
  }),
];

test('two loops that take records of the same calls in several traces', async () => {
  const turns = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 8 });
  const places = fc.array(fc.nat(2), { minLength: AROUND.length, maxLength: AROUND.length });
  await fc.assert(
    fc.asyncProperty(places, turns, async (place, order) => {
      const { inside, database } = await server.open();
      const options = { url: server.url, database };
      const [before, one, two] = [0, 1, 2].map((at) => AROUND.filter((_, i) => place[i] === at));
      const jobsOf = (facts: readonly Fact[]): Job[] => facts.map((fact) => [fact]);
      await stepped(options, loopOf(jobsOf(before!), settleReally)).end();
      const loops = [one!, two!].map((some) =>
        stepped(options, loopOf(jobsOf(some), settleReally)),
      );
      for (const [i, steps] of order.entries()) await goTo(loops[i % 2]!, steps);
      for (const loop of loops) await loop.end();
      expect((await verify(inside, PERIOD, settleReally)).differences).toEqual([]);
    }),
    { numRuns: 2, endOnFailure: true },
  );
}, 600_000);
