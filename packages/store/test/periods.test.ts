// Frozen months: what was billed stays, what changes later is booked on the day it is seen, and all
// bills together are what the ledger says.

import fc from 'fast-check';
import type { Fact } from '@spanledger/ledger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Adjustments } from '../src/bills/adjustments.ts';
import { readBill, readMonths, type Bill } from '../src/bills/bill.ts';
import { addBill, isSomething, negate } from '../src/bills/bill-row.ts';
import type { Sums } from '../src/usage/sums-row.ts';
import { Connection, type StoreOptions } from '../src/clickhouse/connection.ts';
import { freezeMonth } from '../src/bills/freeze.ts';
import { RollUps } from '../src/usage/roll-up.ts';
import { settleTraces, type Settle } from '../src/settle/settle-traces.ts';
import type { Store } from '../src/store.ts';
import { UNIT_LIMITS } from '../src/settle/units.ts';
import { dirtyOf, fact, hex, insertFacts, settlePlainly, traceId } from './samples.ts';
import { startServer, type TestServer } from './server.ts';
import { stepped } from './steps.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const DAY_S = 86_400;
const NS_PER_S = 1_000_000_000n;
const ALL = { from_s: 0, to_s: 0xffff_ffff };
const LEVELS = ['minute', 'hour', 'day'] as const;

/** 2026-01-01, 2026-02-01 and 2026-03-01, all of them over. */
const JANUARY_S = 1_767_225_600;
const FEBRUARY_S = JANUARY_S + 31 * DAY_S;
const MARCH_S = FEBRUARY_S + 28 * DAY_S;

const call = (seed: string, time_s: number, given: Partial<Fact> = {}): Fact =>
  fact({
    trace_id: traceId(seed),
    span_id: hex(seed, 16),
    start_time: BigInt(time_s) * NS_PER_S,
    input_tokens: 10,
    output_tokens: 5,
    ...given,
  });

/** ClickHouse, as if it were some days later there. */
class LaterConnection extends Connection {
  days = 0;
  override async serverTime(): Promise<bigint> {
    return (await super.serverTime()) + BigInt(this.days * DAY_S) * NS_PER_S;
  }
}

/** Settling, summing, freezing and booking over one connection, whose day a test sets. */
class Books {
  readonly connection: LaterConnection;
  readonly org = 'default';
  readonly #rollUps: RollUps;
  readonly #adjustments: Adjustments;

  constructor(options: StoreOptions) {
    this.connection = new LaterConnection(options);
    this.#rollUps = new RollUps(this.connection);
    this.#adjustments = new Adjustments(this.connection);
  }

  async settle(facts: readonly Fact[], settle: Settle = settlePlainly): Promise<void> {
    const { minutes } = await settleTraces(this.connection, dirtyOf(facts), settle);
    this.#rollUps.mark('minute', minutes);
  }

  async rollUp(): Promise<void> {
    for (const level of LEVELS) await this.#rollUps.run(level);
  }

  /** Run by run: one of them ends early on a busy machine, and the next goes on. */
  async book(): Promise<void> {
    do await this.#adjustments.run();
    while (this.#adjustments.waiting > 0);
  }

  freeze(month: string, org_id = this.org, dry_run = false) {
    const request = { org_id, month, dry_run, frozen_by: 'me' };
    return freezeMonth(this.connection, this.#rollUps, request, settlePlainly, UNIT_LIMITS);
  }

  bill(from_s: number, to_s: number, by: Parameters<typeof readBill>[1]['by'] = []): Promise<Bill> {
    return readBill(this.connection, { org: this.org, from_s, to_s, by });
  }
}

async function openBooks() {
  const { store, database } = await server.open();
  const options = { url: server.url, database };
  const books = new Books(options);
  return { store, books, options };
}

test('a frozen month keeps its bill, and what changes is booked today and shown apart', async () => {
  const { store, books } = await openBooks();
  const first = [call('a', JANUARY_S + 3 * DAY_S), call('b', FEBRUARY_S + DAY_S)];
  await insertFacts(store, first);
  await books.settle(first);
  await books.rollUp();
  expect(await books.freeze('2026-01')).toMatchObject({ already: false });
  const late = [call('c', JANUARY_S + 9 * DAY_S, { request_model: 'other', input_tokens: 7 })];
  await insertFacts(store, late);
  await books.settle(late);
  await books.rollUp();
  await books.book();
  const january = await books.bill(JANUARY_S, FEBRUARY_S, ['model']);
  expect(january.rows).toMatchObject([
    { group: { model: 'gpt-x' }, calls: 1, cost_usd: 100_000_000n },
  ]);
  expect(january.adjustments).toEqual([]);
  const all = await books.bill(ALL.from_s, ALL.to_s, ['model']);
  const today = new Date().toISOString().slice(0, 10);
  expect(all.adjustments).toMatchObject([
    {
      month: '2026-01',
      booked_on: today,
      group: { model: 'other' },
      calls: 1,
      cost_usd: 70_000_000n,
    },
  ]);
  expect(all.billed).toMatchObject({ calls: 3, cost_usd: 270_000_000n });
  const months = await readMonths(books.connection, 'default');
  expect(months.map(({ month, unbooked }) => [month, unbooked])).toEqual([
    ['2026-01', null],
    ['2026-02', null],
    [today.slice(0, 7), null],
  ]);
  await books.connection.close();
});

const CLASSES = ['input_uncached', 'output'] as const;

/** Every figure of two sums; null counts as nothing, and where `bill` is null `now` must be. */
function expectSame(bill: Sums, now: Sums): void {
  expect(isSomething(addBill(bill, negate(now)))).toBe(false);
  for (const name of CLASSES) expect(bill.tokens[name] === null).toBe(now.tokens[name] === null);
}

test('one day is booked once, however often and by how many it is booked; then it is final', async () => {
  const { store, books, options } = await openBooks();
  const other = new Books(options);
  const times = [JANUARY_S, JANUARY_S + DAY_S, FEBRUARY_S];
  const first = times.map((time_s, at) => call(`a${at}`, time_s));
  await insertFacts(store, first);
  await books.settle(first);
  await books.rollUp();
  await books.freeze('2026-01');
  const late = call('late', JANUARY_S + DAY_S, { request_model: 'other' });
  await insertFacts(store, [late]);
  await books.settle([late]);
  await books.rollUp();
  for (let i = 0; i < 3; i++) await Promise.all([books.book(), other.book()]);
  const whole = () => books.bill(ALL.from_s, ALL.to_s);
  const booked = (await whole()).adjustments;
  expect(booked).toMatchObject([{ calls: 1, tokens: { input_uncached: 10 } }]);
  const changed = call('late', JANUARY_S + DAY_S, { version: 2n, input_tokens: 30 });
  await insertFacts(store, [changed]);
  await books.settle([changed]);
  await books.rollUp();
  await books.book();
  expect((await whole()).adjustments).toMatchObject([{ calls: 1, tokens: { input_uncached: 30 } }]);
  other.connection.days = books.connection.days = 1;
  const gone = call('late', JANUARY_S + DAY_S, { version: 3n, kind: 'step' });
  await insertFacts(store, [gone]);
  await other.settle([gone]);
  await other.rollUp();
  await Promise.all([books.book(), other.book()]);
  const { adjustments, adjusted } = await whole();
  expect(adjustments.map(({ calls, cost_usd }) => [calls, cost_usd])).toEqual([
    [1, 300_000_000n],
    [-1, -300_000_000n],
  ]);
  expect(adjusted).toMatchObject({ calls: 0, cost_usd: 0n });
  await Promise.all([books.connection.close(), other.connection.close()]);
});

test('a freeze that ended before its record leaves the month open; of two at once one counts', async () => {
  const { store, books, options } = await openBooks();
  const first = [call('a', JANUARY_S)];
  await insertFacts(store, first);
  await books.settle(first);
  await books.rollUp();
  const freezing = () =>
    stepped(options, async (connection) => {
      const request = { org_id: 'default', month: '2026-01', dry_run: false, frozen_by: '' };
      await freezeMonth(connection, new RollUps(connection), request, settlePlainly, UNIT_LIMITS);
    });
  const killed = freezing();
  const snapshots = async (): Promise<number> => {
    const [row] = await books.connection.rows('SELECT count() AS n FROM frozen_usage');
    return Number(row?.['n']);
  };
  while ((await snapshots()) === 0) await killed.step();
  expect(await readMonths(books.connection, 'default')).toMatchObject([{ frozen_ns: null }]);
  const late = [call('b', JANUARY_S + DAY_S)];
  await insertFacts(store, late);
  await books.settle(late);
  await books.rollUp();
  const { frozen_ns } = await books.freeze('2026-01');
  const sums = await books.bill(JANUARY_S, FEBRUARY_S);
  expect(sums.used.calls).toBe(2);
  await killed.end();
  expect(await readMonths(books.connection, 'default')).toMatchObject([{ frozen_ns }]);
  expect(await books.bill(JANUARY_S, FEBRUARY_S)).toEqual(sums);
  expect(await books.freeze('2026-01')).toMatchObject({ already: true, frozen_ns });
  await books.connection.close();
});

test('what is open is settled by the freeze itself; a month is frozen only when it is over', async () => {
  const { store, books } = await openBooks();
  await insertFacts(store, [call('a', JANUARY_S), call('b', FEBRUARY_S)]);
  expect(await books.freeze('2026-01', 'default', true)).toMatchObject({ open: { traces: 1 } });
  await books.settle([call('b', FEBRUARY_S)]);
  expect(await books.freeze('2026-02', 'default', true)).toMatchObject({
    open: { traces: 0, minutes: 1 },
  });
  await books.freeze('2026-01');
  expect((await books.bill(JANUARY_S, FEBRUARY_S)).used.calls).toBe(1);
  const current = new Date().toISOString().slice(0, 7);
  await expect(books.freeze(current)).rejects.toMatchObject({ code: 'month_not_over' });
  await expect(books.freeze('2026-1')).rejects.toMatchObject({ code: 'invalid_parameter' });
  expect(await books.freeze('2026-01', 'other')).toMatchObject({ already: false });
  const none = await readMonths(books.connection, 'other');
  expect(none).toMatchObject([{ month: '2026-01', used: { calls: 0, cost_usd: null } }]);
  await books.connection.close();
});

test('a minute that all moved away from before it was summed keeps no month open', async () => {
  const { store, books } = await openBooks();
  for (const [at, version] of [1n, 2n].entries()) {
    const moving = call('a', JANUARY_S + at * DAY_S, { version });
    await insertFacts(store, [moving]);
    await books.settle([moving]);
  }
  expect(await books.freeze('2026-01')).toMatchObject({ already: false });
  expect((await books.bill(JANUARY_S, FEBRUARY_S)).used.calls).toBe(1);
  await books.connection.close();
});

type Step =
  | {
      readonly do: 'send';
      readonly who: number;
      readonly at: number;
      readonly tokens: number | null;
    }
  | { readonly do: 'recost'; readonly factor: number }
  | { readonly do: 'freeze'; readonly month: '2026-01' | '2026-02' }
  | { readonly do: 'book'; readonly killed: number }
  | { readonly do: 'sleep' };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      who: fc.nat(5),
      at: fc.nat(58),
      tokens: fc.option(fc.nat(50)),
    }),
  },
  fc.record({ do: fc.constant('recost' as const), factor: fc.nat(3) }),
  fc.record({
    do: fc.constant('freeze' as const),
    month: fc.constantFrom('2026-01' as const, '2026-02' as const),
  }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('book' as const), killed: fc.nat(12) }) },
  fc.record({ do: fc.constant('sleep' as const) }),
);

/** So many times the plain price, so that a new book changes what is stored. */
const times =
  (factor: number): Settle =>
  (facts) => {
    const { rows, executions } = settlePlainly(facts);
    const dearer = rows.map((row) => ({
      ...row,
      cost_usd: row.cost_usd === null ? null : row.cost_usd * BigInt(factor),
    }));
    return { rows: dearer, executions };
  };

test('the law: all bills together are what the ledger says, whatever came late or was priced anew', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { minLength: 4, maxLength: 14 }), async (steps) => {
      // A database of its own: days that pass in one history must not have passed in the next.
      const { store, books, options } = await openBooks();
      await play(store, options, books, steps);
      await books.rollUp();
      await books.book();
      const { billed } = await books.bill(ALL.from_s, ALL.to_s);
      const [live] = await store.ask('usage', { org: books.org, by: [], ...ALL });
      const none = addBill(billed, negate(billed));
      expectSame(billed, live ?? none);
      const parts = [
        await books.bill(ALL.from_s, FEBRUARY_S),
        await books.bill(FEBRUARY_S, MARCH_S),
        await books.bill(MARCH_S, ALL.to_s),
      ].map((bill) => bill.billed);
      expectSame(billed, parts.reduce(addBill));
      const months = await readMonths(books.connection, books.org);
      expect(months.filter(({ unbooked }) => unbooked !== null)).toEqual([]);
      await books.connection.close();
    }),
    { numRuns: 5, endOnFailure: true },
  );
}, 600_000);

/** A history of late spans, new prices, freezes, bookings that die halfway, and days that pass. */
async function play(
  store: Store,
  options: StoreOptions,
  books: Books,
  steps: readonly Step[],
): Promise<void> {
  const sent = new Map<number, Fact>();
  const frozen = new Map<string, Sums>();
  let [settle, version] = [times(1), 1n];
  for (const step of steps) {
    if (step.do === 'send') {
      const given = { org_id: books.org, version: version++, input_tokens: step.tokens };
      const one = call(`span ${step.who}`, JANUARY_S + step.at * DAY_S, given);
      sent.set(step.who, one);
      await insertFacts(store, [one]);
      await books.settle([one], settle);
    } else if (step.do === 'recost') {
      settle = times(step.factor);
      await books.settle([...sent.values()], settle);
    } else if (step.do === 'freeze') {
      await books.rollUp();
      await books.freeze(step.month);
      const [from_s, to_s] = RANGES[step.month];
      const { used } = await books.bill(from_s, to_s);
      expect(used, 'what was frozen never changes').toEqual(frozen.get(step.month) ?? used);
      frozen.set(step.month, used);
    } else if (step.do === 'book') {
      await books.rollUp();
      await bookAndDie(options, books.connection.days, step.killed);
    } else books.connection.days++;
  }
}

const RANGES = {
  '2026-01': [JANUARY_S, FEBRUARY_S],
  '2026-02': [FEBRUARY_S, MARCH_S],
} as const;

/** Another replica that books, and is gone after so many of its steps. */
async function bookAndDie(options: StoreOptions, days: number, steps: number): Promise<void> {
  const replica = stepped(options, async (connection) => {
    const later = Object.assign(connection, { serverTime: laterBy(connection, days) });
    await new Adjustments(later).run();
  });
  for (let i = 0; i < steps && (await replica.step()); i++);
}

function laterBy(connection: Connection, days: number): () => Promise<bigint> {
  const real = connection.serverTime.bind(connection);
  return async () => (await real()) + BigInt(days * DAY_S) * NS_PER_S;
}
