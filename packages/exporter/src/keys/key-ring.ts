// Who calls: the keys of the environment and of the table, held in memory. A key that is not known is
// looked up at once, so that a new one works everywhere; a revoked one is gone with the next reading.
// While ClickHouse is away what is known stays valid for a time, and what is not known gets 503:
// senders drop for good what is answered 401, so that is only said of a key that surely is none.

import { timingSafeEqual } from 'node:crypto';
import { SpanledgerError } from '@spanledger/ledger';
import type { KeyTable, StoredKey } from '@spanledger/store';
import { pause, type Clock } from '../clock.ts';
import type { Config } from '../settings/config.ts';
import {
  bearerOf,
  callerOf,
  DEFAULT_ORGANISATION,
  hashOf,
  keyIdOf,
  requireRole,
  type Caller,
  type Keys,
  type Role,
} from './keys.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { Busy } from '../receive/try-later.ts';

/** Requests that wait for a reading because their key is not known; more are answered 503. */
export const WAITING_MAX = 64;
/** Keys that were looked up and are none. */
export const UNKNOWN_MAX = 10_000;
/** Between the beginnings of two readings that requests ask for. */
const READINGS_APART_MS = 100;
const MS_PER_S = 1_000;
const MS_PER_DAY = 86_400_000;
const OPEN: Caller = { org_id: DEFAULT_ORGANISATION, role: 'admin', key_id: '' };

interface KnownKey {
  readonly hash: Buffer;
  readonly caller: Caller;
  /** Milliseconds since 1970; null for a key that does not end by itself. */
  readonly expires_ms: number | null;
  /** Of the environment: valid whatever the table says. */
  readonly bootstrap: boolean;
}

export interface KeyRingOptions {
  readonly bootstrap: Keys;
  readonly limits: Config['keys_cache'];
  readonly table: KeyTable;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly today: () => number;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Called after each reading with the valid keys of the table. */
  readonly onRead?: (keys: readonly StoredKey[]) => Promise<void>;
}

export class KeyRing {
  readonly #options: KeyRingOptions;
  #known = new Map<string, KnownKey>();
  readonly #unknown = new Set<string>();
  #read_at: number | null = null;
  #begun_at = -Infinity;
  #waiting = 0;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  /** The day each key was last used on, as far as this process knows. */
  readonly #used = new Map<string, number>();
  readonly #unrecorded = new Set<string>();
  #callOff: () => void = () => undefined;
  #stopped = false;

  constructor(options: KeyRingOptions) {
    this.#options = options;
    this.#known = this.#bootstrap();
    const { metrics } = options;
    metrics.source('spanledger_keys', () => this.#known.size);
    metrics.source('spanledger_keys_age_seconds', () => (this.#age_ms() ?? 0) / MS_PER_S);
  }

  /** False where everybody who can connect may do everything. */
  get asked(): boolean {
    return this.#options.bootstrap.size > 0;
  }

  /** Reads the keys and goes on reading them. Rejects when the first reading fails. */
  async start(): Promise<void> {
    if (!this.asked) return;
    await this.read();
    this.#plan();
  }

  stop(): void {
    this.#stopped = true;
    this.#callOff();
  }

  /** Throws `unauthorized`, `forbidden`, or what can pass later; at once where the key is known. */
  authenticate(authorization: string | undefined, needed: Role): Caller | Promise<Caller> {
    if (!this.asked) return OPEN;
    const hash = hashOf(bearerOf(authorization));
    const known = this.#find(hash);
    if (known !== undefined) return requireRole(this.#admit(known), needed);
    const digits = hash.toString('hex');
    if (this.#unknown.has(digits)) throw new SpanledgerError('unauthorized');
    return this.#lookUp(hash, digits, needed);
  }

  /** Reads the table after now; readings that are asked for together are one. */
  read(): Promise<void> {
    this.#next ??= this.#readNext();
    return this.#next;
  }

  #find(hash: Buffer): KnownKey | undefined {
    const known = this.#known.get(keyIdOf(hash.toString('hex')));
    return known !== undefined && timingSafeEqual(known.hash, hash) ? known : undefined;
  }

  #admit({ caller, expires_ms, bootstrap }: KnownKey): Caller {
    const now_ms = this.#options.today();
    if (expires_ms !== null && expires_ms <= now_ms) {
      throw new SpanledgerError('unauthorized', 'the key has expired');
    }
    const { valid_ms } = this.#options.limits;
    if (!bootstrap && (this.#age_ms() ?? Infinity) > valid_ms) {
      throw new SpanledgerError('store_unavailable', `keys not read for ${valid_ms} ms`);
    }
    const day = Math.floor(now_ms / MS_PER_DAY);
    if (this.#used.get(caller.key_id) !== day) {
      this.#used.set(caller.key_id, day);
      this.#unrecorded.add(caller.key_id);
    }
    return caller;
  }

  async #lookUp(hash: Buffer, digits: string, needed: Role): Promise<Caller> {
    const { metrics } = this.#options;
    const count = (outcome: 'found' | 'unknown' | 'failed' | 'busy'): void =>
      metrics.count('spanledger_key_lookups_total', { outcome });
    if (this.#waiting >= WAITING_MAX) {
      count('busy');
      throw new Busy('key_lookups', `unknown keys at once; limit: ${WAITING_MAX}`);
    }
    this.#waiting++;
    try {
      await this.read();
    } catch (error) {
      count('failed');
      throw error;
    } finally {
      this.#waiting--;
    }
    const known = this.#find(hash);
    count(known === undefined ? 'unknown' : 'found');
    if (known !== undefined) return requireRole(this.#admit(known), needed);
    if (this.#unknown.size >= UNKNOWN_MAX) this.#unknown.clear();
    this.#unknown.add(digits);
    throw new SpanledgerError('unauthorized');
  }

  async #readNext(): Promise<void> {
    const { clock } = this.#options;
    await this.#running?.catch(() => undefined);
    const wait_ms = this.#begun_at + READINGS_APART_MS - clock.now();
    if (wait_ms > 0) await pause(clock, wait_ms);
    this.#begun_at = clock.now();
    // Who asks from here on may know of a key that this reading does not see.
    this.#next = null;
    this.#running = this.#readTable();
    return this.#running;
  }

  async #readTable(): Promise<void> {
    const { table, clock, metrics, onRead } = this.#options;
    const begun = clock.now();
    const outcome = (one: 'done' | 'failed'): void =>
      metrics.count('spanledger_key_readings_total', { outcome: one });
    let keys: readonly StoredKey[];
    try {
      keys = await table.valid();
      this.#known = new Map([...this.#tableKeys(keys), ...this.#bootstrap()]);
      this.#read_at = begun;
    } catch (error) {
      outcome('failed');
      throw error;
    }
    outcome('done');
    const { log } = this.#options;
    // A server that reads and does not write must keep nobody out.
    await this.#recordUses().catch((error: unknown) =>
      log.warn({ reason: (error as Error).message }, 'last use of keys cannot be written'),
    );
    await onRead?.(keys).catch((error: unknown) =>
      log.warn({ reason: (error as Error).message }, 'SQL users cannot be made anew'),
    );
  }

  *#tableKeys(keys: readonly StoredKey[]): Iterable<[string, KnownKey]> {
    for (const key of keys) {
      const caller = callerOf(key);
      if (caller === null) continue;
      const expires_ms = key.expires_s === null ? null : key.expires_s * MS_PER_S;
      const hash = Buffer.from(key.hash, 'hex');
      yield [caller.key_id, { hash, caller, expires_ms, bootstrap: false }];
      this.#unknown.delete(key.hash);
    }
  }

  #bootstrap(): Map<string, KnownKey> {
    const known = new Map<string, KnownKey>();
    for (const [hash, caller] of this.#options.bootstrap) {
      const key = { hash: Buffer.from(hash, 'hex'), caller, expires_ms: null, bootstrap: true };
      known.set(caller.key_id, key);
    }
    return known;
  }

  /** Once a day for each key; a day that cannot be written is written with a later reading. */
  async #recordUses(): Promise<void> {
    const day = Math.floor(this.#options.today() / MS_PER_DAY);
    const used = [...this.#unrecorded];
    await this.#options.table.recordUses(used, day);
    for (const key_id of used) this.#unrecorded.delete(key_id);
    for (const key_id of this.#used.keys()) {
      if (!this.#known.has(key_id)) this.#used.delete(key_id);
    }
  }

  #age_ms(): number | null {
    return this.#read_at === null ? null : this.#options.clock.now() - this.#read_at;
  }

  #plan(): void {
    const { clock, limits, log } = this.#options;
    if (this.#stopped) return;
    this.#callOff = clock.after(limits.refresh_ms, () => {
      void this.read()
        .catch((error: unknown) =>
          log.warn({ reason: (error as Error).message }, 'keys cannot be read; known ones stay'),
        )
        .then(() => this.#plan());
    });
  }
}
