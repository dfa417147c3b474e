// Recomputes the roll-ups of what is dirty: minutes from the ledger, hours from minutes, days from
// hours. Each statement replaces whole keys with a version taken before it reads, and writes them
// whether or not they differ, so two loops at once are wasteful and not wrong: a change after that
// version is a mark of its own, and what it calls for has a later version. Only a key that a slow
// statement still saw in its source, and that was gone and in no roll-up yet when the later one read,
// is written by the slow one alone. That ends with the sweeps: they compute again what was written up
// to IN_FLIGHT_NS before, which is longer than the source's statement and the slow one together.

import type { Connection } from '../clickhouse/connection.ts';
import { groupBy, pieces } from './grouping.ts';
import { PLANS, STATEMENTS, type LevelPlan, type RollUpLevel } from './roll-up-plan.ts';
import { LAST_S } from '../settle/trace-hours.ts';
import { IN_FLIGHT_NS, readWatermark, writeWatermark } from '../settle/watermarks.ts';

export interface UsageKey {
  readonly org_id: string;
  readonly time_s: number;
}

export interface RollUpReport {
  /** Organisations times minutes, hours or days that were computed again. */
  readonly keys: number;
  readonly swept: boolean;
  readonly version: bigint;
}

/** What others wrote, or an earlier process left behind, is looked for this often. */
const SWEEP_EVERY_NS = 30_000_000_000n;
/** What does not fit is found by a sweep. */
export const PENDING_KEYS_MAX = 100_000;
const KEYS_PER_STATEMENT_MAX = 500;
/**
 * Two in a row are below IN_FLIGHT_NS: the version of a source row is the time before its statement,
 * and a statement that did not see the row is over before the last sweep that looks for it begins.
 */
const STATEMENT_LIMIT_S = 25;

export class RollUps {
  readonly #connection: Connection;
  readonly #pending: Record<RollUpLevel, Map<string, UsageKey>> = {
    minute: new Map(),
    hour: new Map(),
    day: new Map(),
  };
  readonly #sweptAt: Record<RollUpLevel, bigint | null> = { minute: null, hour: null, day: null };

  #overflowed = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Whoever changed ledger rows says so; what nobody says is found by the sweep. */
  mark(level: RollUpLevel, keys: Iterable<UsageKey>): void {
    const { length_s } = PLANS[level];
    const pending = this.#pending[level];
    for (const { org_id, time_s } of keys) {
      if (pending.size >= PENDING_KEYS_MAX) {
        this.#overflowed++;
        this.#sweptAt[level] = null;
        return;
      }
      const start_s = time_s - (time_s % length_s);
      pending.set(`${org_id}\n${start_s}`, { org_id, time_s: start_s });
    }
  }

  /** How often marks did not fit and were left to a sweep. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /** The next run of each level looks for what others wrote, however short ago the last one did. */
  sweepNext(): void {
    for (const level of ['minute', 'hour', 'day'] as const) this.#sweptAt[level] = null;
  }

  pending(level: RollUpLevel): number {
    return this.#pending[level].size;
  }

  /** Computes these keys now, exactly as they are named; nothing follows from it by itself. */
  async compute(level: RollUpLevel, keys: readonly UsageKey[]): Promise<void> {
    for (const own of statementsOf(PLANS[level], [...keys])) await this.#compute(level, own);
  }

  async run(level: RollUpLevel): Promise<RollUpReport> {
    const begun = await this.#connection.serverTime();
    const marked = this.#pending[level];
    this.#pending[level] = new Map();
    const sweptAt = this.#sweptAt[level];
    const swept = sweptAt === null || begun - sweptAt >= SWEEP_EVERY_NS;
    const dirty = new Map(marked);
    try {
      if (swept) await this.#sweep(level, dirty);
      for (const keys of statementsOf(PLANS[level], [...dirty.values()])) {
        await this.#compute(level, keys);
      }
    } catch (error) {
      this.mark(level, dirty.values());
      throw error;
    }
    const { next } = PLANS[level];
    if (next !== null) this.mark(next, dirty.values());
    if (swept) {
      await writeWatermark(this.#connection, level, begun - IN_FLIGHT_NS);
      this.#sweptAt[level] = begun;
    }
    return { keys: dirty.size, swept, version: begun };
  }

  async #sweep(level: RollUpLevel, dirty: Map<string, UsageKey>): Promise<void> {
    const since = await readWatermark(this.#connection, level);
    const rows = await this.#connection.rows(PLANS[level].sweep, { since });
    for (const row of rows) {
      const key = { org_id: String(row['org_id']), time_s: Number(row['time_s']) };
      dirty.set(`${key.org_id}\n${key.time_s}`, key);
    }
  }

  async #compute(level: RollUpLevel, keys: readonly UsageKey[]): Promise<void> {
    const times = keys.map(({ time_s }) => time_s);
    const orgs = [...new Set(keys.map(({ org_id }) => org_id))];
    const version = await this.#connection.serverTime();
    await this.#connection.command(
      STATEMENTS[level],
      {
        orgs,
        // Places in the list of organisations, from 1: a name is sent once.
        key_orgs: keys.map(({ org_id }) => orgs.indexOf(org_id) + 1),
        key_times: times,
        first_s: Math.min(...times),
        end_s: Math.min(LAST_S, Math.max(...times) + PLANS[level].length_s),
        version,
      },
      { settings: { max_execution_time: STATEMENT_LIMIT_S } },
    );
  }
}

/** Far-apart times go into statements of their own, so that each reads little. */
function statementsOf(plan: LevelPlan, keys: readonly UsageKey[]): UsageKey[][] {
  const partitions = groupBy(keys, ({ time_s }) => Math.floor(time_s / plan.partition_s));
  return [...partitions.values()].flatMap((own) => {
    own.sort((a, b) => a.time_s - b.time_s);
    return [...pieces(own, KEYS_PER_STATEMENT_MAX)];
  });
}
