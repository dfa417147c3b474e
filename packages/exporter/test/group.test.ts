// Goal: what is acknowledged is stored, whatever fails; what is not can be sent again.
// Method: the grouping loop on a simulated clock over a store in memory whose Nth insert fails.

import { SpanledgerError } from '@spanledger/ledger';
import { describe, expect, test } from 'vitest';
import {
  Grouper,
  TooManyDays,
  type Added,
  type RowBlock,
  type Table,
} from '../src/receive/group.ts';
import { chance, SimulatedClock } from './simulation.ts';

/** A request is in all of them or is not acknowledged. */
const STORED: ReadonlySet<Table> = new Set(['otel_traces', 'genai_content', 'genai_facts']);

class MemoryBlock implements RowBlock<number> {
  rows: string[] = [];
  get spans(): number {
    return this.rows.length;
  }
  get facts(): number {
    return this.rows.length;
  }
  get logs(): number {
    return 0;
  }
  get points(): number {
    return 0;
  }
  get size_bytes(): number {
    return this.rows.join().length;
  }
  mark(): number {
    return this.rows.length;
  }
  /** Rows named `…@7` lie on day 7, all others on day 0. */
  days(since: number): ReadonlySet<number> {
    return new Set(this.rows.slice(since).map((row) => Number(row.split('@')[1] ?? 0)));
  }
  rollback(mark: number): void {
    this.rows.length = mark;
  }
  reset(): void {
    this.rows = [];
  }
  parts(table: Table): Uint8Array[] {
    return !STORED.has(table) || this.rows.length === 0 ? [] : [Buffer.from(this.rows.join())];
  }
}

const LIMITS = {
  block_rows: 100,
  block_bytes: 1_000_000,
  block_days_max: 3,
  block_wait_ms: 100,
  block_rest_ms: 0,
  blocks_max: 3,
  insert_attempts_max: 2,
};

type Failure = 'refused' | 'applied, then broken';

/** Three tables in memory; insert number `failing` (and the `times - 1` after it) fails. */
class MemoryStore {
  readonly tables = new Map<Table, Set<string>>();
  readonly tokens = new Map<string, string>();
  readonly sizes: number[] = [];
  inserts = 0;
  readonly clock: SimulatedClock;
  readonly failing: number;
  readonly times: number;
  readonly failure: Failure;

  constructor(clock: SimulatedClock, failing = 0, times = 1, failure: Failure = 'refused') {
    this.clock = clock;
    this.failing = failing;
    this.times = times;
    this.failure = failure;
  }

  insert = async (table: Table, parts: Uint8Array[], token: string): Promise<void> => {
    const number = ++this.inserts;
    const content = Buffer.concat(parts).toString();
    const known = this.tokens.get(table + token);
    if (known !== undefined) expect(content, 'one token means one content').toBe(known);
    this.tokens.set(table + token, content);
    await this.clock.sleep(20);
    const fails = number >= this.failing && number < this.failing + this.times;
    if (fails && this.failure === 'refused') throw new Error('connection refused');
    const rows = content.split(',');
    this.sizes.push(rows.length);
    const stored = this.tables.get(table) ?? new Set();
    for (const row of rows) stored.add(row);
    this.tables.set(table, stored);
    if (fails) throw new Error('connection reset');
  };

  has(row: string): boolean {
    return [...STORED].every((table) => this.tables.get(table)?.has(row));
  }
}

type MemoryGrouper = Grouper<number, MemoryBlock>;

function grouper(
  clock: SimulatedClock,
  store: MemoryStore,
  limits: Partial<typeof LIMITS> = {},
): MemoryGrouper {
  let tokens = 0;
  return new Grouper<number, MemoryBlock>({
    limits: { ...LIMITS, ...limits },
    clock,
    newBlock: () => new MemoryBlock(),
    newToken: () => `token-${++tokens}`,
    insert: store.insert,
  });
}

function rows(count: number, name = 'row'): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

function add(group: MemoryGrouper, list: readonly string[]): Added<number> {
  return group.add((block) => block.rows.push(...list));
}

describe('a block is sent', () => {
  test.each([
    ['one row below the limit waits for its time', 99, 0, 1],
    ['at the limit it is sent at once', 100, 1, 1],
    ['above the limit it is sent whole: a request lies in one block', 250, 1, 1],
  ])('%s', async (_, count, atOnce, inTheEnd) => {
    const clock = new SimulatedClock();
    const store = new MemoryStore(clock);
    const group = grouper(clock, store);
    const { stored } = add(group, rows(count));
    expect(store.tokens.size / STORED.size).toBe(atOnce);
    await clock.until(stored);
    expect(store.tokens.size / STORED.size).toBe(inTheEnd);
    expect(store.sizes).toEqual([count, count, count]);
    expect(clock.now()).toBe(atOnce ? 20 : 120);
  });

  test('when it has the bytes', async () => {
    const clock = new SimulatedClock();
    const store = new MemoryStore(clock);
    const { stored } = add(grouper(clock, store, { block_bytes: 10 }), ['0123456789']);
    expect(store.inserts).toBe(3);
    await clock.until(stored);
  });

  test('when another is free to follow it: until then it takes more, and nobody is refused', async () => {
    const clock = new SimulatedClock();
    const store = new MemoryStore(clock);
    const group = grouper(clock, store, { blocks_max: 2, block_wait_ms: 5 });
    const first = add(group, rows(100, 'first'));
    const second = add(group, rows(1, 'second'));
    await clock.until(clock.sleep(15));
    const third = add(group, rows(1, 'third'));
    await clock.until(Promise.all([first.stored, second.stored, third.stored]));
    expect(store.sizes).toEqual([100, 100, 100, 2, 2, 2]);
    expect(clock.now()).toBe(40);
  });

  test.each([
    ['after four times the time that the one before took', 400, 1, 120],
    ['at the latest when it has rested long enough', 30, 1, 55],
    ['at once when it is full', 400, 100, 20],
  ])('while ClickHouse is busy %s', async (_, block_rest_ms, count, stored_ms) => {
    const clock = new SimulatedClock();
    const group = grouper(clock, new MemoryStore(clock), { block_wait_ms: 5, block_rest_ms });
    void add(group, rows(100, 'first'));
    await clock.until(add(group, rows(count, 'second')).stored);
    expect(clock.now()).toBe(stored_ms);
  });

  test('together: requests within the wait share it', async () => {
    const clock = new SimulatedClock();
    const store = new MemoryStore(clock);
    const group = grouper(clock, store);
    const all = [1, 2, 3].map((number) => add(group, rows(5, `request-${number}`)).stored);
    await clock.until(Promise.all(all));
    expect(store.sizes).toEqual([15, 15, 15]);
  });
});

test('without a free block a request is busy, and the next one after an insert is not', async () => {
  const clock = new SimulatedClock();
  const store = new MemoryStore(clock);
  const group = grouper(clock, store);
  const full = [1, 2, 3].map((number) => add(group, rows(100, `full-${number}`)).stored);
  expect(() => add(group, ['one'])).toThrow(SpanledgerError);
  await clock.until(Promise.all(full));
  const { stored } = add(group, ['one']);
  await clock.until(stored);
  expect(store.has('one')).toBe(true);
});

test('a request that cannot be decoded leaves the block as it was', async () => {
  const clock = new SimulatedClock();
  const store = new MemoryStore(clock);
  const group = grouper(clock, store);
  const bad = (): unknown =>
    group.add((block) => {
      block.rows.push('half');
      throw new SpanledgerError('malformed_protobuf');
    });
  expect(bad).toThrow(SpanledgerError);
  expect(group.free, 'nothing was begun').toBe(3);
  const { stored } = add(group, ['good']);
  expect(bad).toThrow(SpanledgerError);
  await clock.until(stored);
  expect(store.has('good')).toBe(true);
  expect(store.has('half')).toBe(false);
});

test('a block holds few days: another day goes into the next block', async () => {
  const clock = new SimulatedClock();
  const store = new MemoryStore(clock);
  const group = grouper(clock, store);
  const first = add(group, ['a@1', 'b@2', 'c@3']);
  const same = add(group, ['d@3']);
  const other = add(group, ['e@4']);
  await clock.until(Promise.all([first.stored, same.stored, other.stored]));
  expect([...new Set(store.sizes)]).toEqual([4, 1]);
  expect(['a@1', 'd@3', 'e@4'].every((row) => store.has(row))).toBe(true);
});

test('a request of more days than a block holds does not go in, and the block stays as it was', async () => {
  const clock = new SimulatedClock();
  const store = new MemoryStore(clock);
  const group = grouper(clock, store);
  const good = add(group, ['good@1']);
  expect(() => add(group, ['a@1', 'b@2', 'c@3', 'd@4'])).toThrow(TooManyDays);
  await clock.until(good.stored);
  expect([store.has('good@1'), store.has('a@1')]).toEqual([true, false]);
});

test('a request without rows is answered without an insert', async () => {
  const clock = new SimulatedClock();
  const store = new MemoryStore(clock);
  const group = grouper(clock, store);
  await add(group, []).stored;
  expect(store.inserts).toBe(0);
  expect(group.free).toBe(3);
});

test('a block that keeps failing fails all its requests and is free again', async () => {
  const clock = new SimulatedClock();
  const store = new MemoryStore(clock, 1, 1_000);
  const group = grouper(clock, store);
  const all = [1, 2].map((number) => add(group, rows(2, `request-${number}`)).stored);
  const outcomes = await clock.until(Promise.allSettled(all));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(store.inserts, 'three tables, two attempts each').toBe(6);
  expect(group.free).toBe(3);
});

test('draining sends what waits and ends when nothing is on its way', async () => {
  const clock = new SimulatedClock();
  const store = new MemoryStore(clock);
  const group = grouper(clock, store, { block_wait_ms: 10_000 });
  add(group, ['waiting']);
  await clock.until(group.drain());
  expect(store.has('waiting')).toBe(true);
  expect(clock.now()).toBeLessThan(10_000);
});

/** A careful sender: sends until acknowledged, and checks the promise when it is. */
async function load(seed: number, store: MemoryStore, clock: SimulatedClock): Promise<number> {
  const below = chance(seed);
  const group = grouper(clock, store, { block_rows: 20, block_wait_ms: 30 });
  const senders = Array.from({ length: 6 }, async (_, sender) => {
    for (let request = 0; request < 5; request++) {
      const list = rows(1 + below(12), `${sender}-${request}`);
      for (;;) {
        await clock.sleep(below(40));
        try {
          await add(group, list).stored;
          break;
        } catch {
          await clock.sleep(10 + below(100));
        }
      }
      for (const row of list) expect(store.has(row), `acknowledged ${row}`).toBe(true);
    }
  });
  await clock.until(Promise.all(senders));
  await clock.until(group.drain());
  expect(group.free).toBe(LIMITS.blocks_max);
  return store.inserts;
}

describe.each<Failure>(['refused', 'applied, then broken'])('an insert that is %s', (failure) => {
  test.each([1, 3, 10])(
    'fails %i times: for every N nothing acknowledged is lost',
    async (times) => {
      const clock = new SimulatedClock();
      const inserts = await load(1, new MemoryStore(clock), clock);
      expect(inserts).toBeGreaterThan(10);
      for (let nth = 1; nth <= inserts; nth++) {
        const world = new SimulatedClock();
        await load(nth, new MemoryStore(world, nth, times, failure), world);
      }
    },
  );
});
