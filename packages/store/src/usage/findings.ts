// What a verification found: the differences, bounded and counted, and what has to be settled or
// computed again to mend them.

import type { DirtyTrace } from '../settle/dirty-traces.ts';
import type { UsageKey } from './roll-up.ts';
import type { RollUpLevel } from './roll-up-plan.ts';
import { MINUTE_S, keyOf, startOf } from '../settle/trace-hours.ts';

/** From facts to answers: each level is held against the one before it. */
export const VERIFY_LEVELS = [
  'ledger',
  'executions',
  'usage_minute',
  'usage_hour',
  'usage_day',
  'view',
  'rest',
] as const;
export type VerifyLevel = (typeof VERIFY_LEVELS)[number];

export interface Difference {
  readonly level: VerifyLevel;
  readonly org_id: string;
  /** The row or key, as a person can look it up. */
  readonly where: string;
  /** The column, or `missing` or `surplus` for a whole row. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  /** Why it may be so, in words. */
  readonly cause: string;
}

/** One look's difference is the other's, whatever was known of its cause. */
export function identityOf(difference: Difference): string {
  return JSON.stringify({ ...difference, cause: '' });
}

/** Named once each; as many as one step of a verification can find. */
export class Targets {
  readonly traces = new Map<string, DirtyTrace>();
  readonly usage: Readonly<Record<RollUpLevel, Map<string, UsageKey>>> = {
    minute: new Map(),
    hour: new Map(),
    day: new Map(),
  };
  readonly views = new Set<string>();

  get size(): number {
    const { minute, hour, day } = this.usage;
    return this.traces.size + minute.size + hour.size + day.size + this.views.size;
  }

  addTrace(trace: DirtyTrace): void {
    const minute_s = trace.trace_id === '' ? startOf(trace.first_ns, MINUTE_S) : 0;
    const key = `${trace.org_id}\n${keyOf({ trace_id: trace.trace_id, minute_s })}`;
    const known = this.traces.get(key);
    const first_ns = known && known.first_ns < trace.first_ns ? known.first_ns : trace.first_ns;
    const last_ns = known && known.last_ns > trace.last_ns ? known.last_ns : trace.last_ns;
    this.traces.set(key, { ...trace, first_ns, last_ns });
  }

  addUsage(level: RollUpLevel, key: UsageKey): void {
    this.usage[level].set(`${key.org_id}\n${key.time_s}`, key);
  }
}

export const DIFFERENCES_MAX = 1_000;

/** Collects differences up to a bound and counts the rest; one that is found twice is one. */
export class Findings {
  readonly list: Difference[] = [];
  readonly targets = new Targets();
  total = 0;
  rows_of_other_books = 0;
  readonly #seen = new Set<string>();

  add(difference: Difference): void {
    const identity = identityOf(difference);
    if (this.#seen.has(identity)) return;
    this.total++;
    if (this.list.length >= DIFFERENCES_MAX) return;
    this.#seen.add(identity);
    this.list.push(difference);
  }
}
