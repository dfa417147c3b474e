// ClickHouse as the loops of the service see it, in memory: tables that keep the newest version of each
// key, one clock, and calls that can fail, lose their answer, or be the last of the process that made
// them. Which, the simulation decides by the number of the call.

import type { SimulatedClock } from '../../packages/exporter/test/simulation.ts';
import type { UsageKey } from '../../packages/store/src/usage/roll-up.ts';
import {
  PLANS,
  STATEMENTS,
  type RollUpLevel,
} from '../../packages/store/src/usage/roll-up-plan.ts';

/** What becomes of a call; null lets it pass. */
export type Failure = 'not done' | 'answer lost' | 'dies before' | 'dies after' | null;

/** A process that calls: nothing of it goes on after its death. */
export interface Caller {
  dead: boolean;
  die(): void;
}

interface Fact {
  readonly trace_id: string;
  readonly arrived_ns: bigint;
}

interface Versioned {
  readonly version: bigint;
  readonly value: number;
}

interface LedgerRow extends Versioned {
  readonly trace_id: string;
  readonly written_ns: bigint;
}

/** Distance of the traces in time, so that they lie in several minutes, hours and days. */
const TRACE_EVERY_S = 2_400;
const CALL_MS = 3;
const NS_PER_MS = 1_000_000n;
/** The clock of ClickHouse does not begin at nothing. */
const EPOCH_NS = 1_700_000_000_000_000_000n;
const LEVELS = ['minute', 'hour', 'day'] as const;

export class StoreInMemory {
  readonly clock: SimulatedClock;
  readonly raw = new Set<string>();
  /** By span, the first arrival: the loops must not need a second one. */
  readonly facts = new Map<string, Fact>();
  readonly ledger = new Map<string, LedgerRow>();
  readonly usage: Readonly<Record<RollUpLevel, Map<number, Versioned>>> = {
    minute: new Map(),
    hour: new Map(),
    day: new Map(),
  };
  readonly watermarks = new Map<string, bigint>();
  readonly announced = new Map<string, bigint>();
  calls = 0;
  readonly #fails: (call: number) => Failure;
  #ticks = 0n;

  constructor(clock: SimulatedClock, fails: (call: number) => Failure) {
    this.clock = clock;
    this.#fails = fails;
  }

  /** Grows with every look, as a clock in nanoseconds does. */
  now(): bigint {
    return EPOCH_NS + BigInt(Math.floor(this.clock.now())) * NS_PER_MS + ++this.#ticks;
  }

  async call<T>(caller: Caller, apply: () => T): Promise<T> {
    const failure = this.#fails(++this.calls);
    await this.clock.sleep(CALL_MS);
    if (failure === 'dies before') caller.die();
    if (caller.dead) return never();
    if (failure === 'not done') throw new Error('ClickHouse does not answer');
    const result = apply();
    if (failure === 'dies after') caller.die();
    await this.clock.sleep(CALL_MS);
    if (caller.dead) return never();
    if (failure === 'answer lost') throw new Error('the answer is lost');
    return result;
  }

  insert(table: string, spans: readonly string[]): void {
    for (const span of spans) {
      const [trace_id = ''] = span.split('/');
      if (table === 'otel_traces') this.raw.add(span);
      else if (!this.facts.has(span)) this.facts.set(span, { trace_id, arrived_ns: this.now() });
    }
  }

  spansOf(trace_id: string): string[] {
    return [...this.facts].filter(([, fact]) => fact.trace_id === trace_id).map(([span]) => span);
  }

  save(trace_id: string, rows: ReadonlyMap<string, number>, version: bigint): void {
    for (const [span, value] of rows) {
      const known = this.ledger.get(span);
      if (known !== undefined && known.version > version) continue;
      this.ledger.set(span, { trace_id, value, version, written_ns: this.now() });
    }
  }

  /** What the roll-ups of the product ask of their connection, told by the statement itself. */
  connectionOf(caller: Caller) {
    return {
      serverTime: () => this.call(caller, () => this.now()),
      rows: (query: string, asked: { level?: string; since?: bigint }) =>
        this.call(caller, () => {
          const level = LEVELS.find((one) => PLANS[one].sweep === query);
          if (level === undefined) return [{ watermark: this.watermark(asked.level ?? '') }];
          return this.#changed(level, asked.since ?? 0n);
        }),
      command: (query: string, given: Record<string, unknown>) =>
        this.call(caller, () => {
          const level = LEVELS.find((one) => STATEMENTS[one] === query);
          if (level !== undefined) this.#rollUp(level, given['key_times'], given['version']);
          else this.raise(String(given['level']), BigInt(String(given['watermark'])));
        }),
    };
  }

  watermark(level: string): bigint {
    return this.watermarks.get(level) ?? 0n;
  }

  raise(level: string, watermark: bigint): void {
    if (watermark > this.watermark(level)) this.watermarks.set(level, watermark);
  }

  #changed(level: RollUpLevel, since: bigint): UsageKey[] {
    const rows =
      level === 'minute'
        ? [...this.ledger.values()].map((row) => [timeOf(row.trace_id), row.written_ns] as const)
        : [...this.usage[finer(level)]].map(([time_s, { version }]) => [time_s, version] as const);
    const { length_s } = PLANS[level];
    return rows
      .filter(([, written]) => written >= since)
      .map(([time_s]) => ({ org_id: 'default', time_s: time_s - (time_s % length_s) }));
  }

  #rollUp(level: RollUpLevel, times: unknown, version: unknown): void {
    const { length_s } = PLANS[level];
    for (const time_s of times as readonly number[]) {
      const within = (at_s: number): boolean => at_s - (at_s % length_s) === time_s;
      let value = 0;
      if (level === 'minute') {
        for (const row of this.ledger.values())
          if (within(timeOf(row.trace_id))) value += row.value;
      } else {
        for (const [at_s, row] of this.usage[finer(level)]) if (within(at_s)) value += row.value;
      }
      const known = this.usage[level].get(time_s);
      if (known !== undefined && known.version > (version as bigint)) continue;
      this.usage[level].set(time_s, { version: version as bigint, value });
    }
  }
}

export function timeOf(trace_id: string): number {
  return Number(trace_id.split('-')[1]) * TRACE_EVERY_S;
}

function finer(level: 'hour' | 'day'): 'minute' | 'hour' {
  return level === 'hour' ? 'minute' : 'hour';
}

/** What a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
