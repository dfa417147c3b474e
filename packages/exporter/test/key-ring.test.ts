// Goal: who may call is known at once, a new key works everywhere, a revoked one ends in a bounded time,
// and an outage of ClickHouse turns nobody away for good. Method: key rings over one table in memory
// that can fail, on a simulated clock.

import { SpanledgerError } from '@spanledger/ledger';
import type { KeyTable, StoredKey } from '@spanledger/store';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { KeyRing } from '../src/keys/key-ring.ts';
import { hashOf, keyIdOf, newKey, parseKeys, type Role } from '../src/keys/keys.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { SimulatedClock } from './simulation.ts';

const LIMITS = { refresh_ms: 5_000, valid_ms: 60_000 };
const DAY_MS = 86_400_000;
const OPERATOR = 'the-operator';

/** The table that all replicas share. */
class SharedTable implements KeyTable {
  readonly keys = new Map<string, StoredKey>();
  readonly days = new Map<string, number>();
  away = false;
  readOnly = false;
  readings = 0;
  writes = 0;

  add(key: string, change: Partial<StoredKey> = {}): string {
    const hash = hashOf(key).toString('hex');
    this.keys.set(hash, {
      ...{ hash, org_id: 'acme', role: 'read', name: 'test', spans: false, created_by: '' },
      ...{ created_s: 0, expires_s: null, revoked_s: null },
      ...change,
    });
    return key;
  }

  end(key: string): void {
    this.keys.delete(hashOf(key).toString('hex'));
  }

  valid = async (): Promise<StoredKey[]> => {
    this.readings++;
    if (this.away) throw new SpanledgerError('store_unavailable');
    return Promise.resolve([...this.keys.values()]);
  };
  recordUses = async (ids: readonly string[], day: number): Promise<void> => {
    if (this.away || this.readOnly) throw new SpanledgerError('store_unavailable');
    if (ids.length > 0) this.writes++;
    for (const id of ids) this.days.set(id, day);
    return Promise.resolve();
  };
  list = (): Promise<StoredKey[]> => Promise.resolve([]);
  find = (): Promise<StoredKey | null> => Promise.resolve(null);
  create = (): Promise<void> => Promise.resolve();
  revoke = (): Promise<void> => Promise.resolve();
  uses = (): Promise<Map<string, number>> => Promise.resolve(this.days);
}

class World {
  readonly clock = new SimulatedClock();
  readonly table = new SharedTable();
  readonly metrics = new Metrics();

  async replica(entries = `admin:*:${hashOf(OPERATOR).toString('hex')}`): Promise<KeyRing> {
    const ring = new KeyRing({
      bootstrap: parseKeys(entries),
      limits: LIMITS,
      table: this.table,
      clock: this.clock,
      today: () => this.clock.now(),
      metrics: this.metrics,
      log: pino({ level: 'silent' }),
    });
    await this.clock.until(ring.start());
    return ring;
  }

  /** What a request is told: the organisation, or the code of the error. */
  ask(ring: KeyRing, key: string | undefined, role: Role = 'read'): Promise<string> {
    const header = key === undefined ? undefined : `Bearer ${key}`;
    const asked = async (): Promise<string> => (await ring.authenticate(header, role)).org_id;
    return this.clock.until(
      asked().catch((error: unknown) => (error as { code: string }).code ?? String(error)),
    );
  }

  pass(wait_ms: number): Promise<void> {
    return this.clock.until(this.clock.sleep(wait_ms));
  }
}

describe('a key at several replicas', () => {
  test('works at once where it was never seen', async () => {
    const world = new World();
    const rings = [await world.replica(), await world.replica()];
    const key = world.table.add(newKey('read'));
    for (const ring of rings) expect(await world.ask(ring, key)).toBe('acme');
    expect(world.clock.now()).toBeLessThan(LIMITS.refresh_ms);
  });

  test('rotates without a gap: both work, until the old one is revoked', async () => {
    const world = new World();
    const rings = [await world.replica(), await world.replica()];
    const old = world.table.add(newKey('ingest'), { role: 'ingest' });
    for (const ring of rings) expect(await world.ask(ring, old, 'ingest')).toBe('acme');
    const key = world.table.add(newKey('ingest'), { role: 'ingest' });
    for (const ring of rings) {
      expect(await world.ask(ring, key, 'ingest')).toBe('acme');
      expect(await world.ask(ring, old, 'ingest')).toBe('acme');
    }
    world.table.end(old);
    await world.pass(LIMITS.refresh_ms + 1);
    for (const ring of rings) {
      expect(await world.ask(ring, old, 'ingest')).toBe('unauthorized');
      expect(await world.ask(ring, key, 'ingest')).toBe('acme');
    }
  });

  test('ends at its time, without another reading', async () => {
    const world = new World();
    const ring = await world.replica();
    const key = world.table.add(newKey('read'), { expires_s: 2 });
    expect(await world.ask(ring, key)).toBe('acme');
    const { readings } = world.table;
    await world.pass(2_000);
    expect(await world.ask(ring, key)).toBe('unauthorized');
    expect(world.table.readings).toBe(readings);
  });
});

describe('while ClickHouse is away', () => {
  test('known keys stay valid for their time, unknown ones are told to come again', async () => {
    const world = new World();
    const ring = await world.replica();
    const key = world.table.add(newKey('read'));
    expect(await world.ask(ring, key)).toBe('acme');
    world.table.away = true;
    await world.pass(LIMITS.valid_ms - LIMITS.refresh_ms);
    expect(await world.ask(ring, key)).toBe('acme');
    expect(await world.ask(ring, newKey('read'))).toBe('store_unavailable');
    await world.pass(2 * LIMITS.refresh_ms);
    expect(await world.ask(ring, key)).toBe('store_unavailable');
    expect(await world.ask(ring, OPERATOR, 'admin')).toBe('*');
    world.table.away = false;
    await world.pass(LIMITS.refresh_ms + 1);
    expect(await world.ask(ring, key)).toBe('acme');
  });

  test('a server that does not write keeps nobody out', async () => {
    const world = new World();
    const ring = await world.replica();
    world.table.readOnly = true;
    const keys = [newKey('read'), newKey('read')].map((key) => world.table.add(key));
    for (const key of keys) expect(await world.ask(ring, key)).toBe('acme');
  });
});

describe('keys that are none', () => {
  test('are looked up once', async () => {
    const world = new World();
    const ring = await world.replica();
    expect(await world.ask(ring, 'wrong')).toBe('unauthorized');
    const { readings } = world.table;
    for (let times = 0; times < 5; times++) {
      expect(await world.ask(ring, 'wrong')).toBe('unauthorized');
    }
    expect(world.table.readings).toBe(readings);
  });

  test('in a flood cost few readings, and the rest is told to come again', async () => {
    const world = new World();
    const ring = await world.replica();
    const before = world.table.readings;
    const codes = Array.from({ length: 500 }, async (_, number) => {
      try {
        return (await ring.authenticate(`Bearer wrong-${number}`, 'read')).org_id;
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
    const told = await world.clock.until(Promise.all(codes));
    expect(told.filter((code) => code === 'unauthorized')).toHaveLength(64);
    expect(told.filter((code) => code === 'busy')).toHaveLength(500 - 64);
    expect(world.table.readings - before).toBeLessThanOrEqual(2);
    expect(world.metrics.value('spanledger_key_lookups_total', { outcome: 'busy' })).toBe(436);
  });
});

test('the day of the last use is written once a day, whatever the number of requests', async () => {
  const world = new World();
  const ring = await world.replica();
  const key = world.table.add(newKey('read'));
  const id = keyIdOf(hashOf(key).toString('hex'));
  for (let times = 0; times < 50; times++) {
    await world.ask(ring, key);
    await world.pass(60_000);
  }
  expect(world.table.days.get(id)).toBe(0);
  expect(world.table.writes).toBe(1);
  await world.pass(DAY_MS);
  await world.ask(ring, key);
  await world.pass(LIMITS.refresh_ms + 1);
  expect(world.table.days.get(id)).toBe(1);
  expect(world.table.writes).toBe(2);
});

const ENTRIES = ['ingest:acme:i', 'read:acme:r', 'admin:acme:a', 'read:other:o', 'admin:*:A']
  .concat('forwarder:*:f')
  .map((entry) => entry.replace(/[^:]$/, (key) => hashOf(key).toString('hex')));

test.each([
  ['ingest', 'i', 'acme'],
  ['ingest', 'a', 'acme'],
  ['ingest', 'f', '*'],
  ['ingest', 'A', 'forbidden'],
  ['ingest', 'r', 'forbidden'],
  ['read', 'a', 'acme'],
  ['read', 'o', 'other'],
  ['read', 'A', '*'],
  ['read', 'i', 'forbidden'],
  ['read', 'f', 'forbidden'],
  ['admin', 'A', '*'],
  ['admin', 'r', 'forbidden'],
  ['admin', 'f', 'forbidden'],
  ['forwarder', 'i', 'forbidden'],
  ['read', 'x', 'unauthorized'],
  ['read', '', 'unauthorized'],
  ['read', undefined, 'unauthorized'],
  ['read', hashOf('r').toString('hex'), 'unauthorized'],
  ['read', 'x'.repeat(513), 'unauthorized'],
] as const)('role %s with "%s" gives %s', async (role, key, outcome) => {
  const world = new World();
  const ring = await world.replica(ENTRIES.join());
  expect(await world.ask(ring, key, role)).toBe(outcome);
});

test.each(['Basic r', 'Bearer', 'Bearer ', 'r', 'bearer\tr'])('"%s" is no key', async (header) => {
  const ring = await new World().replica(ENTRIES.join());
  expect(() => ring.authenticate(header, 'read')).toThrow(/no valid key/);
});

test('without keys everyone is the default organisation, and the table is not read', async () => {
  const world = new World();
  const ring = await world.replica('');
  expect(await world.ask(ring, undefined, 'admin')).toBe('default');
  expect(world.table.readings).toBe(0);
});
