// What recosting does to the cost of calls: by model, and by frozen month, whose bill stays as it is.

import type { LedgerRow } from '@spanledger/ledger';
import { compare } from '../usage/grouping.ts';
import { monthOf } from './month.ts';

export interface ModelDifference {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  /** Calls whose cost, or the reason for none, is another. */
  readonly changed: number;
  readonly priced_before: number;
  readonly priced_after: number;
  /** Sums of what is known; null where nothing is. */
  readonly before_usd: bigint | null;
  readonly after_usd: bigint | null;
}

/** Of a month that is frozen: what is booked as an adjustment. */
export interface FrozenDifference {
  /** As in `2026-10`. */
  readonly month: string;
  readonly calls: number;
  readonly changed: number;
  readonly before_usd: bigint | null;
  readonly after_usd: bigint | null;
}

export type CallCost = Pick<
  LedgerRow,
  'start_time' | 'provider' | 'request_model' | 'response_model' | 'cost_usd' | 'cost_reason'
>;

type Sums = { -readonly [Name in keyof ModelDifference]: ModelDifference[Name] };

/** By model, the largest change first. */
export function differencesOf(
  before: ReadonlyMap<string, CallCost>,
  after: ReadonlyMap<string, CallCost>,
): ModelDifference[] {
  const models = new Map<string, Sums>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(key), after.get(key)];
    const { provider, request_model, response_model } = (now ?? old) as CallCost;
    const model = response_model || request_model;
    const name = `${provider}\n${model}`;
    let sums = models.get(name);
    if (sums === undefined) models.set(name, (sums = { ...NOTHING, provider, model }));
    sums.calls++;
    if (isChanged(old, now)) sums.changed++;
    if (known(old)) sums.priced_before++;
    if (known(now)) sums.priced_after++;
    sums.before_usd = plus(sums.before_usd, old?.cost_usd);
    sums.after_usd = plus(sums.after_usd, now?.cost_usd);
  }
  return [...models.values()].sort(
    (a, b) => b.changed - a.changed || compare(a.provider, b.provider) || compare(a.model, b.model),
  );
}

const NOTHING: ModelDifference = {
  provider: '',
  model: '',
  calls: 0,
  changed: 0,
  priced_before: 0,
  priced_after: 0,
  before_usd: null,
  after_usd: null,
};

const NS_PER_S = 1_000_000_000n;

/** In the order of the months; the others can change. */
export function frozenDifferences(
  frozen_months: ReadonlySet<string>,
  before: ReadonlyMap<string, CallCost>,
  after: ReadonlyMap<string, CallCost>,
): FrozenDifference[] {
  if (frozen_months.size === 0) return [];
  const months = new Map<string, FrozenDifference>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(key), after.get(key)];
    const { start_time } = (now ?? old) as CallCost;
    const month = monthOf(Number(start_time / NS_PER_S));
    if (!frozen_months.has(month)) continue;
    const empty = { month, calls: 0, changed: 0, before_usd: null, after_usd: null };
    const sums = months.get(month) ?? empty;
    months.set(month, {
      month,
      calls: sums.calls + 1,
      changed: sums.changed + (isChanged(old, now) ? 1 : 0),
      before_usd: plus(sums.before_usd, old?.cost_usd),
      after_usd: plus(sums.after_usd, now?.cost_usd),
    });
  }
  return [...months.values()].sort((a, b) => compare(a.month, b.month));
}

function isChanged(old: CallCost | undefined, now: CallCost | undefined): boolean {
  return old?.cost_usd !== now?.cost_usd || old?.cost_reason !== now?.cost_reason;
}

function known(call: CallCost | undefined): boolean {
  return call !== undefined && call.cost_usd !== null;
}

function plus(sum: bigint | null, cost: bigint | null | undefined): bigint | null {
  return cost === null || cost === undefined ? sum : (sum ?? 0n) + cost;
}
