// Frozen months: what was billed stays, what changes later is booked on the day it is seen, and all
// bills together are what the ledger says.

import fc from 'fast-check';
import type { Fact } from '@spanledger/ledger';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Adjustments } from '../src/adjustments.ts';
import { readBill, readMonths, type Bill } from '../src/bill.ts';
import { addBill, isSomething, negate, type BillSums } from '../src/bill-row.ts';
import { Connection, type StoreOptions } from '../src/connection.ts';
import { freezeMonth } from '../src/freeze.ts';
import { RollUps } from '../src/roll-up.ts';
import { settleTraces, type Settle } from '../src/settle-traces.ts';
import { UNIT_LIMITS } from '../src/units.ts';
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

  book(): Promise<unknown> {
    return this.#adjustments.run();
  }

  freeze(month: string, org_id = 'default', dry_run = false) {
    const request = { org_id, month, dry_run, frozen_by: 'me' };
    return freezeMonth(this.connection, this.#rollUps, request, settlePlainly, UNIT_LIMITS);
  }

  bill(from_s: number, to_s: number, by: Parameters<typeof readBill>[1]['by'] = []): Promise<Bill> {
    return readBill(this.connection, { org: 'default', from_s, to_s, by });
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
