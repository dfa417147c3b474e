// Law: ClickHouse answers what a unit asks of the facts as the same facts in memory do, so what is
// proven of units in memory holds for those that are read.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledPriceBook, settle, type Fact } from '@spanledger/ledger';
import { recordKey } from '../src/settle/call-search.ts';
import type { Connection } from '../src/clickhouse/connection.ts';
import { StoredFacts } from '../src/settle/stored-facts.ts';
import type { BesideSearch, EventSearch, Sighting, SpanSearch } from '../src/settle/fact-source.ts';
import type { Store } from '../src/index.ts';
import { FactsInMemory, settleApart } from './facts-in-memory.ts';
import { NOON_S, fact, hex, insertFacts, traceId } from './samples.ts';
import { startServer, type TestServer } from './server.ts';
import { world } from './small-world.ts';

const RUNS = 10;
const book = bundledPriceBook();

let server: TestServer;
let store: Store;
let inside: Connection;
beforeAll(async () => {
  server = await startServer();
  ({ store, inside } = await server.open());
});
afterAll(() => server.stop());

/** In memory, and whatever is asked is asked of ClickHouse as well. */
class Both extends FactsInMemory {
  readonly #stored: StoredFacts;

  constructor(facts: readonly Fact[], stored: StoredFacts) {
    super(facts);
    this.#stored = stored;
  }

  override async spansNear(search: SpanSearch): Promise<Fact[]> {
    const found = await super.spansNear(search);
    expect(keysOf(await this.#stored.spansNear(search))).toEqual(keysOf(found));
    return found;
  }

  override async eventsNear(search: EventSearch): Promise<Fact[]> {
    const found = await super.eventsNear(search);
    expect(keysOf(await this.#stored.eventsNear(search))).toEqual(keysOf(found));
    return found;
  }

  override async sightingsOf(
    ...asked: Parameters<StoredFacts['sightingsOf']>
  ): ReturnType<StoredFacts['sightingsOf']> {
    const found = await super.sightingsOf(...asked);
    const stored = await this.#stored.sightingsOf(...asked);
    expect(stored.map(sightingText).sort()).toEqual([...new Set(found.map(sightingText))].sort());
    return found;
  }

  override async callsBeside(search: BesideSearch): Promise<Fact[]> {
    const found = await super.callsBeside(search);
    expect(keysOf(await this.#stored.callsBeside(search))).toEqual(keysOf(found));
    return found;
  }

  override async sumsBeside(search: BesideSearch): ReturnType<StoredFacts['sumsBeside']> {
    const found = await super.sumsBeside(search);
    expect(keysOf(await this.#stored.sumsBeside(search))).toEqual(keysOf(found));
    return found;
  }
}

function keysOf(facts: readonly Pick<Fact, 'trace_id' | 'span_id' | 'event_id'>[]): string[] {
  return facts.map(recordKey).sort();
}

function sightingText(one: Sighting): string {
  return [one.trace_id, one.response_id, one.start_time, one.service_name, one.event].join();
}

let runs = 0;

test('what lies near a call and beside a sum is found in ClickHouse as in memory', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (facts) => {
      const org_id = `world ${runs++}`;
      // Of a record that was replaced ClickHouse may have forgotten the earlier version.
      const own = [...new Map(facts.map((one) => [recordKey(one), { ...one, org_id }])).values()];
      await insertFacts(store, own);
      const both = new Both(own, new StoredFacts(inside, org_id, false));
      await settleApart(own, (unit) => settle(unit, book), undefined, both);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 120_000);

test('ids are looked for as they are written, however many and whatever is in them', async () => {
  const org_id = 'hostile';
  const hostile = [
    "it's",
    '\\',
    "\\'",
    'a\0b',
    'line\nend\r\t',
    '%27{ids:Array(String)}',
    '€ 🧾',
    "'] OR ['",
  ];
  const ids = [...hostile, ...Array.from({ length: 2_000 }, (_, i) => `resp-${i}`)];
  const own = ids.flatMap((response_id, i) =>
    ['one', 'other'].map((trace) =>
      fact({ org_id, response_id, trace_id: traceId(trace), span_id: hex(`${trace} ${i}`, 16) }),
    ),
  );
  await insertFacts(store, own);
  const source = new StoredFacts(inside, org_id, false);
  const hour_s = NOON_S - (NOON_S % 3_600);
  const seen = await source.sightingsOf([...ids, 'never'], hour_s, hour_s);
  expect(seen.map((one) => one.response_id).sort()).toEqual([...ids, ...ids].sort());
});
