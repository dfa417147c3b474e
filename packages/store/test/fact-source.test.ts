// Law: ClickHouse answers what a unit asks of the facts as the same facts in memory do, so what is
// proven of units in memory holds for those that are read.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundledPriceBook, settle, type Fact } from '@spanledger/ledger';
import { recordKey } from '../src/call-search.ts';
import type { Connection } from '../src/connection.ts';
import { StoredFacts } from '../src/stored-facts.ts';
import type { BesideSearch, Search } from '../src/fact-source.ts';
import type { Store } from '../src/index.ts';
import { FactsInMemory, settleApart } from './facts-in-memory.ts';
import { insertFacts } from './samples.ts';
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

  override async callsNear(search: Search): Promise<Fact[]> {
    const found = await super.callsNear(search);
    expect(keysOf(await this.#stored.callsNear(search))).toEqual(keysOf(found));
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

let runs = 0;

test('what lies near a call and beside a sum is found in ClickHouse as in memory', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (facts) => {
      const org_id = `world ${runs++}`;
      // Of a record that was replaced ClickHouse may have forgotten the earlier version.
      const own = [...new Map(facts.map((one) => [recordKey(one), { ...one, org_id }])).values()];
      await insertFacts(store, own);
      const both = new Both(own, new StoredFacts(inside, org_id));
      await settleApart(own, (unit) => settle(unit, book), undefined, both);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 120_000);
